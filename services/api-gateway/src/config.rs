use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Section `api`: what the public API allows and promises.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ApiConfig {
    /// For how long clients may use the answer to a check without asking whether it has changed.
    #[serde(with = "greencheck_core::serde_duration")]
    pub check_max_age: Duration,
    /// Bytes of an uploaded file of names at most.
    pub upload_max_bytes: usize,
}

impl Default for ApiConfig {
    fn default() -> Self {
        Self { check_max_age: Duration::ZERO, upload_max_bytes: 10_000_000 }
    }
}
