//! What partners do over the API, and who calls.

mod config;
mod identity;
mod login;

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::web::Data;
use chrono::{DateTime, Utc};
pub use config::{InvalidPartnersConfig, PartnersConfig};
use greencheck_core::Clock;
use greencheck_core::partner::ApiKey;
use greencheck_core::ports::Partners;
pub use identity::caller_identity;
pub(crate) use identity::{API_KEY, Identity};
pub(crate) use login::{LoginError, admit_password, bad_basic};
use moka::future::Cache;
use moka::sync;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Answers partners. One per process, shared by all HTTP workers.
pub struct PartnerApi {
    partners: Arc<dyn Partners>,
    clock: Arc<dyn Clock>,
    /// The SHA-256 of the secret that introspection asks for: of one length, whatever is shown.
    introspection_secret: Option<[u8; 32]>,
    /// Keys that were shown, by their hash; `None` for those that nobody has.
    keys: Cache<String, Option<Arc<ApiKey>>>,
    /// Keys that were usable lately, by their hash.
    good_keys: sync::Cache<String, Arc<ApiKey>>,
}

impl PartnerApi {
    /// For how long a key that was taken back may still count where it was shown just before.
    const KEYS_LIVE: Duration = Duration::from_secs(5);
    /// For how long a key that was usable counts while nobody can say whether it still is.
    const GOOD_KEYS_LIVE: Duration = Duration::from_secs(3_600);
    const KEYS: u64 = 10_000;

    pub fn new(partners: Arc<dyn Partners>, clock: Arc<dyn Clock>, config: &PartnersConfig) -> Self {
        let secret = config.introspection_secret.expose();
        Self {
            partners,
            clock,
            introspection_secret: (!secret.is_empty()).then(|| Sha256::digest(secret).into()),
            keys: Cache::builder().max_capacity(Self::KEYS).time_to_live(Self::KEYS_LIVE).build(),
            good_keys: sync::Cache::builder()
                .max_capacity(Self::KEYS)
                .time_to_live(Self::GOOD_KEYS_LIVE)
                .build(),
        }
    }

    pub(crate) fn partners(&self) -> &dyn Partners {
        &*self.partners
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Whether `shown` is the secret for introspection. Nothing is while there is none.
    pub(crate) fn may_introspect(&self, shown: &[u8]) -> bool {
        let shown: [u8; 32] = Sha256::digest(shown).into();
        self.introspection_secret.is_some_and(|secret| secret.ct_eq(&shown).into())
    }
}

/// Where the process has partners.
fn api(request: &HttpRequest) -> Option<&PartnerApi> {
    request.app_data::<Data<PartnerApi>>().map(|api| &***api)
}
