use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{VerdictKind, serde_duration};

/// Section `badge` of the configuration. Two services read it: the one that draws and the gateway that asks it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BadgeConfig {
    /// Where this process answers other services; used by the badge-renderer binary only.
    pub listen: SocketAddr,
    /// Where gateways find the badge-renderer; used by api-gateway only.
    pub url: String,
    /// How many badges are drawn at once; 0: one per core.
    pub threads: usize,
    /// How many more may wait for their turn before new ones are turned away.
    pub max_waiting: usize,
    /// A folder with fonts for the scripts that the embedded one lacks. Read once, at start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fonts: Option<PathBuf>,
    /// Bytes of drawn badges that this process keeps at most.
    pub cache_bytes: u64,
    /// How old a green verdict on a badge may be before the name is checked in full.
    #[serde(with = "serde_duration")]
    pub max_age_green: Duration,
    /// How old any other verdict may be.
    #[serde(with = "serde_duration")]
    pub max_age_other: Duration,
    /// How long a badge waits for a full check.
    #[serde(with = "serde_duration")]
    pub check_timeout: Duration,
    /// How long browsers and proxies keep a green badge.
    #[serde(with = "serde_duration")]
    pub http_max_age_green: Duration,
    /// How much longer they may show it while they ask for a new one.
    #[serde(with = "serde_duration")]
    pub http_stale_green: Duration,
    /// How long they keep any other badge.
    #[serde(with = "serde_duration")]
    pub http_max_age_other: Duration,
}

impl Default for BadgeConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8082)),
            url: "http://127.0.0.1:8082".to_owned(),
            threads: 0,
            max_waiting: 1_000,
            fonts: None,
            cache_bytes: 8 << 20,
            max_age_green: Duration::from_secs(3600),
            max_age_other: Duration::from_secs(300),
            check_timeout: Duration::from_secs(2),
            http_max_age_green: Duration::from_secs(3600),
            http_stale_green: Duration::from_secs(300),
            http_max_age_other: Duration::from_secs(60),
        }
    }
}

impl BadgeConfig {
    /// How old a verdict on a badge may be.
    pub fn max_age(&self, verdict: VerdictKind) -> Duration {
        match verdict {
            VerdictKind::Green => self.max_age_green,
            VerdictKind::Grey | VerdictKind::Unknown => self.max_age_other,
        }
    }
}
