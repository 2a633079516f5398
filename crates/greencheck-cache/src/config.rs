//! The configuration section `cache`.

use std::time::Duration;

use greencheck_core::ServerUrl;
use serde::{Deserialize, Serialize};

/// Where answers are cached, and how many.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct CacheConfig {
    /// `memory:` (in this process only), or `redis://user:password@host:6379/0` or `rediss://…` (TLS) behind it, shared
    /// with other processes.
    pub url: ServerUrl,
    /// Answers kept in this process at most.
    pub max_entries: u64,
    /// Bytes that they take at most, approximately.
    pub max_bytes: u64,
    /// How long an answer stays in this process at most, whatever happens elsewhere.
    #[serde(with = "greencheck_core::serde_duration")]
    pub local_ttl: Duration,
    /// How long Redis may take to answer before it counts as a miss.
    #[serde(with = "greencheck_core::serde_duration")]
    pub timeout: Duration,
    /// Start of all keys in Redis. Change it when the database is replaced by an older one: what the cache knows is then
    /// of a future that never came.
    pub prefix: String,
    /// By how many percent life times are shortened at random, so that what was kept together does not expire together.
    pub jitter_percent: u8,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self {
            url: ServerUrl::new("memory:"),
            max_entries: 1_000_000,
            max_bytes: 256 << 20,
            local_ttl: Duration::from_secs(60),
            timeout: Duration::from_millis(75),
            prefix: "greencheck".to_owned(),
            jitter_percent: 10,
        }
    }
}

impl CacheConfig {
    /// `ttl`, shortened at random.
    pub(crate) fn jittered(&self, ttl: Duration) -> Duration {
        let most = f64::from(self.jitter_percent.min(100)) / 100.0;
        ttl.mul_f64(1.0 - most * rand::random::<f64>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_are_errors_and_defaults_fill_in() {
        let config: CacheConfig = serde_json::from_str(r#"{"timeout":"50ms","url":"redis://host"}"#).unwrap();
        assert_eq!(config.timeout, Duration::from_millis(50));
        assert_eq!(config.max_entries, 1_000_000);
        let error = serde_json::from_str::<CacheConfig>(r#"{"uri":"memory:"}"#).unwrap_err().to_string();
        assert!(error.contains("unknown field `uri`"), "{error}");
    }

    #[test]
    fn jitter_only_shortens() {
        let config = CacheConfig::default();
        let ttl = Duration::from_secs(100);
        for _ in 0..1000 {
            let jittered = config.jittered(ttl);
            assert!(jittered <= ttl && jittered >= Duration::from_secs(90), "{jittered:?}");
        }
        let steady = CacheConfig { jitter_percent: 0, ..config };
        assert_eq!(steady.jittered(ttl), ttl);
    }
}
