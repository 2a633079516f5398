use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// Section `limits`: how much a caller may ask.
///
/// A caller is the holder of an API key, or else an address (of IPv6 its /64 network). A request costs 1, a slow check (`nocache=true`) more, a name among many less.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    pub enabled: bool,
    /// What an address may spend a second in the long run.
    pub rate: u32,
    /// What an address may spend at once.
    pub burst: u32,
    /// What the holder of a key may spend a second in the long run, from wherever.
    pub key_rate: u32,
    /// What the holder of a key may spend at once.
    pub key_burst: u32,
    /// What a slow check costs.
    pub full_cost: f64,
    /// What a name costs in a question about many.
    pub bulk_name_cost: f64,
    /// Networks that may ask without limit.
    pub allow: Vec<IpNet>,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        let loopback = ["127.0.0.0/8", "::1/128"].map(|net| net.parse().expect("a network"));
        Self {
            enabled: true,
            rate: 20,
            burst: 200,
            key_rate: 100,
            key_burst: 1_000,
            full_cost: 10.0,
            bulk_name_cost: 0.2,
            allow: loopback.into(),
        }
    }
}
