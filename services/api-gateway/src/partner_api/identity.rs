use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, HeaderName};
use greencheck_core::partner::{ApiKey, KeyProof};

use super::{PartnerApi, api};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The usable key that a caller shows as `Authorization: Api-Key …` or `X-Api-Key: …`. `None` for everybody else: a key
/// that does not count makes nobody worse off than without one.
///
/// A key costs one question within ten seconds; whoever shows none, none.
pub async fn caller_identity(request: &HttpRequest) -> Option<Arc<ApiKey>> {
    let proof = KeyProof::of(shown(request)?)?;
    let api = api(request)?;
    let key = api.key(&proof).await?;
    key.is_usable(api.now()).then_some(key)
}

impl PartnerApi {
    async fn key(&self, proof: &KeyProof) -> Option<Arc<ApiKey>> {
        let ask = async { self.partners.api_key(proof).await.map(|key| key.map(Arc::new)) };
        match self.keys.try_get_with_by_ref(proof.stored(), ask).await {
            Ok(key) => key,
            Err(error) => {
                tracing::warn!(error = &*error as &dyn std::error::Error, "a key could not be looked up");
                None
            }
        }
    }
}

fn shown(request: &HttpRequest) -> Option<&str> {
    let text = |name| request.headers().get(name)?.to_str().ok();
    text(API_KEY).map(str::trim).or_else(|| {
        let (scheme, key) = text(AUTHORIZATION)?.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("api-key").then(|| key.trim())
    })
}
