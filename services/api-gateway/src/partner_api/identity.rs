use std::sync::Arc;

use actix_web::http::header::{AUTHORIZATION, HeaderName};
use actix_web::{HttpMessage, HttpRequest};
use greencheck_core::partner::{ApiKey, KeyProof};

use super::{PartnerApi, api};

pub(crate) const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Who calls, as far as a key says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Identity {
    /// Shows no key of ours, or one that nobody can verify at the moment.
    #[default]
    Nobody,
    Key(Arc<ApiKey>),
    /// Shows a key that does not count.
    BadKey,
}

impl Identity {
    /// Finds out who calls, by `Authorization: Api-Key …`, `Authorization: Bearer …` or `X-Api-Key: …`. Costs nothing
    /// for whoever shows none.
    ///
    /// A key costs one question within [`PartnerApi::KEYS_LIVE`]. Before one that has not been good lately is asked about,
    /// `may_ask` is.
    pub(crate) async fn find<E>(
        request: &HttpRequest,
        may_ask: impl FnOnce() -> Result<(), E>,
    ) -> Result<Self, E> {
        let Some(shown) = shown(request) else { return Ok(Self::Nobody) };
        if let Some(known) = request.extensions().get::<Self>() {
            return Ok(known.clone());
        }
        let (Some(api), Some(proof)) = (api(request), KeyProof::of(shown.key)) else {
            let found = if shown.is_ours { Self::BadKey } else { Self::Nobody };
            request.extensions_mut().insert(found.clone());
            return Ok(found);
        };
        if !api.knows(&proof) {
            may_ask()?;
        }
        let found = api.identity(&proof).await;
        request.extensions_mut().insert(found.clone());
        Ok(found)
    }

    /// What [`find`](Self::find) has found.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or_default()
    }
}

/// The usable key that a caller shows. `None` for everybody else.
pub async fn caller_identity(request: &HttpRequest) -> Option<Arc<ApiKey>> {
    let free = || Ok::<_, std::convert::Infallible>(());
    match Identity::find(request, free).await {
        Ok(Identity::Key(key)) => Some(key),
        Ok(Identity::Nobody | Identity::BadKey) => None,
        Err(never) => match never {},
    }
}

impl PartnerApi {
    /// Whether the key was asked about just now, or was good within the last hour.
    fn knows(&self, proof: &KeyProof) -> bool {
        self.keys.contains_key(proof.stored()) || self.good_keys.contains_key(proof.stored())
    }

    async fn identity(&self, proof: &KeyProof) -> Identity {
        let ask = async { self.partners.api_key(proof).await.map(|key| key.map(Arc::new)) };
        let found = match self.keys.try_get_with_by_ref(proof.stored(), ask).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(error = &*error as &dyn std::error::Error, "a key could not be looked up");
                // While accounts are away, a key that was good is.
                match self.good_keys.get(proof.stored()) {
                    Some(good) => Some(good),
                    None => return Identity::Nobody,
                }
            }
        };
        let Some(key) = found.filter(|key| key.is_usable(self.now())) else {
            self.good_keys.invalidate(proof.stored());
            return Identity::BadKey;
        };
        if !self.good_keys.contains_key(proof.stored()) {
            self.good_keys.insert(proof.stored().to_owned(), Arc::clone(&key));
        }
        Identity::Key(key)
    }
}

struct ShownKey<'a> {
    key: &'a str,
    /// Whether it can be nothing else than a key of ours. Bearer tokens of other systems come along with requests that
    /// pass their proxies.
    is_ours: bool,
}

fn shown(request: &HttpRequest) -> Option<ShownKey<'_>> {
    let text = |name| request.headers().get(name)?.to_str().ok();
    if let Some(key) = text(API_KEY) {
        return Some(ShownKey { key: key.trim(), is_ours: true });
    }
    let (scheme, key) = text(AUTHORIZATION)?.trim().split_once(' ')?;
    let is_ours = scheme.eq_ignore_ascii_case("api-key");
    (is_ours || scheme.eq_ignore_ascii_case("bearer")).then(|| ShownKey { key: key.trim(), is_ours })
}
