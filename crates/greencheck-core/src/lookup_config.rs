use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{AddressRule, Host, serde_duration};

/// The sections of the configuration that processes of the project have between them, beside those of every process. A
/// process passes over sections that it does not have, and refuses those that nobody has.
pub const CONFIG_SECTIONS: [&str; 22] = [
    "api",
    "asn",
    "badge",
    "cache",
    "cache_ttl",
    "carbon_txt",
    "dns",
    "forwarder",
    "geo",
    "http",
    "jobs",
    "limits",
    "log",
    "lookup",
    "net",
    "notices",
    "partners",
    "queue",
    "rdap",
    "site",
    "snapshots",
    "store",
];

/// Section `lookup` of the configuration. Two services read it: the one that looks up and the gateway that asks it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LookupConfig {
    /// Where this process answers other services; used by the lookup-service binary only.
    pub listen: SocketAddr,
    /// Where gateways find the lookup-service; used by api-gateway only.
    pub url: String,
    /// How many addresses of a name must be green: `any`, `all` or `first`.
    pub addresses: AddressRule,
    /// How old a stored verdict may grow before a check of it has it looked up again in the background; ±10 % by name.
    #[serde(with = "serde_duration")]
    pub refresh_after: Duration,
    /// How many background refreshes this process starts a second, at most.
    pub refresh_rate: u32,
    /// How long a fast check waits for the full look-up of a name never seen.
    #[serde(with = "serde_duration")]
    pub fast_deadline: Duration,
    /// A slow check (`nocache=true`) takes a verdict that was looked up no longer ago than this.
    #[serde(with = "serde_duration")]
    pub nocache_min_age: Duration,
    /// How long a full look-up may take in all.
    #[serde(with = "serde_duration")]
    pub timeout: Duration,
    /// How many full look-ups are under way at once.
    pub max_in_flight: usize,
    /// How many more may wait for their turn before new ones are turned away. Callers take turns; when no more may wait,
    /// one who waits for many look-ups gives way to one who waits for few.
    pub max_waiting: usize,
    /// How long a slow check waits for its turn.
    #[serde(with = "serde_duration")]
    pub max_wait: Duration,
}

impl Default for LookupConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8081)),
            url: "http://127.0.0.1:8081".to_owned(),
            addresses: AddressRule::Any,
            refresh_after: Duration::from_secs(24 * 3600),
            refresh_rate: 50,
            fast_deadline: Duration::from_secs(2),
            nocache_min_age: Duration::from_secs(10),
            timeout: Duration::from_secs(2),
            max_in_flight: 2_000,
            max_waiting: 20_000,
            max_wait: Duration::from_secs(2),
        }
    }
}

impl LookupConfig {
    /// When a stored verdict on `host` is due for a refresh: `refresh_after`, moved by up to 10 % either way by the name,
    /// so that verdicts of one import do not fall due together.
    pub fn refresh_after_for(&self, host: &Host) -> Duration {
        // FNV-1a (RFC 9923): the same in every process and release, unlike the standard hasher.
        let hash = host.as_str().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let per_mille = u32::try_from(hash % 201).unwrap_or(0) + 900;
        self.refresh_after * per_mille / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refreshes_of_different_names_spread_over_a_fifth_of_the_interval() {
        let config = LookupConfig::default();
        let due: std::collections::BTreeSet<_> = (0..500)
            .map(|n| config.refresh_after_for(&Host::parse(&format!("name{n}.com")).unwrap()))
            .collect();
        let hours = |due: &Duration| due.as_secs_f64() / 3600.0;
        assert!(due.len() > 100);
        assert!((21.6..22.0).contains(&hours(due.first().unwrap())));
        assert!((26.0..=26.4).contains(&hours(due.last().unwrap())));
    }
}
