use std::time::Duration;

use greencheck_core::serde_duration;
use serde::{Deserialize, Serialize};

/// Section `jobs`: recurring work of `greencheck serve` and `greencheck jobs serve`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct JobsConfig {
    /// Whether `greencheck serve` runs them.
    pub(crate) enabled: bool,
    /// How often verdicts that nobody asks for are dropped; zero, here and below: never.
    #[serde(with = "serde_duration")]
    pub(crate) expiry_every: Duration,
    /// How often evidence that ends soon is looked for.
    #[serde(with = "serde_duration")]
    pub(crate) evidence_every: Duration,
    /// Whose published networks are imported: `PUBLISHER=PROVIDER`, such as `amazon=696`, or `csv=12=https://…`.
    pub(crate) networks: Vec<String>,
    /// How often they are.
    #[serde(with = "serde_duration")]
    pub(crate) networks_every: Duration,
    /// How often room is made in the log for the days to come, and old days are dropped.
    #[serde(with = "serde_duration")]
    pub(crate) partitions_every: Duration,
    /// How often a snapshot is published.
    #[serde(with = "serde_duration")]
    pub(crate) snapshot_every: Duration,
    /// A run that takes longer has failed.
    #[serde(with = "serde_duration")]
    pub(crate) timeout: Duration,
}

impl Default for JobsConfig {
    fn default() -> Self {
        const HOUR: Duration = Duration::from_secs(3600);
        Self {
            enabled: true,
            expiry_every: HOUR,
            evidence_every: 12 * HOUR,
            networks: Vec::new(),
            networks_every: 24 * HOUR,
            partitions_every: HOUR,
            snapshot_every: Duration::ZERO,
            timeout: 2 * HOUR,
        }
    }
}
