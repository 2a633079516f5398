use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use greencheck_core::{Trust, serde_duration};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// Section `dns`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DnsConfig {
    /// Name servers as `address:port`; none means those of the system.
    pub servers: Vec<SocketAddr>,
    /// How long a question may take in all, repeats included.
    #[serde(with = "serde_duration")]
    pub timeout: Duration,
    /// How often a question is sent before it is given up.
    pub attempts: usize,
    /// A file in the format of `/etc/hosts`: its names have its addresses, whatever name servers say. Read once, at start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosts_file: Option<PathBuf>,
    /// A master file (RFC 1035, section 5): its names have its A, AAAA and TXT records, whatever name servers say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone_file: Option<PathBuf>,
    /// If not empty, no name server is asked: names in neither file are unknown, and this says why.
    pub offline_notice: String,
    /// Questions under way at once; further ones wait for their turn, within `timeout`.
    pub max_in_flight: usize,
    /// Questions a second to each name server, on average; zero means no limit.
    pub per_server_rate: u32,
    /// Answers kept for their time to live.
    pub cache_size: u64,
}

impl Default for DnsConfig {
    fn default() -> Self {
        Self {
            servers: Vec::new(),
            timeout: Duration::from_millis(1_500),
            attempts: 2,
            hosts_file: None,
            zone_file: None,
            offline_notice: String::new(),
            max_in_flight: 10_000,
            per_server_rate: 0,
            cache_size: 10_000,
        }
    }
}

/// Section `net`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetConfig {
    /// Networks that count as global although the registries say otherwise, for tests and demos.
    pub allow_networks: Vec<IpNet>,
}

/// Section `carbon_txt`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CarbonTxtConfig {
    /// Whether names are asked for a carbon.txt.
    pub enabled: bool,
    /// Whether hosts are asked over HTTPS; if not, only TXT records point to a carbon.txt.
    pub https: bool,
    /// What a delegation needs to count: `proof` or `delegation`.
    pub trust: Trust,
    /// A PEM file with certificates of authorities that are believed beside the public ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// How long one HTTPS request may take.
    #[serde(with = "serde_duration")]
    pub timeout: Duration,
    /// How long a resolved location is used again, found or not.
    #[serde(with = "serde_duration")]
    pub ttl: Duration,
    /// What requests say of themselves.
    pub user_agent: String,
}

impl Default for CarbonTxtConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            https: true,
            trust: Trust::Proof,
            ca_file: None,
            timeout: Duration::from_secs(1),
            ttl: Duration::from_secs(24 * 3600),
            user_agent: concat!("greencheck/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// Section `rdap`: what registries say of addresses, for the extended check.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RdapConfig {
    /// Whether registries are asked; each then learns which addresses somebody is interested in.
    pub enabled: bool,
    /// Where: the address is put behind it. Servers may redirect.
    pub base_url: String,
    /// How long an answer may take in all, redirects included.
    #[serde(with = "serde_duration")]
    pub timeout: Duration,
    /// How long an answer is used again.
    #[serde(with = "serde_duration")]
    pub ttl: Duration,
}

impl Default for RdapConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            base_url: "https://rdap.org/ip/".to_owned(),
            timeout: Duration::from_secs(3),
            ttl: Duration::from_secs(3600),
        }
    }
}

/// Section `asn`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AsnConfig {
    /// A table of address ranges and their origin AS numbers, CSV or MMDB; `greencheck import asn` makes it. Read again
    /// when it changes. While it does not exist, the zones below are asked.
    pub table: PathBuf,
    /// Where origins of IPv4 addresses are asked for when there is no table; empty means nowhere.
    pub origin_zone_v4: String,
    /// The same for IPv6.
    pub origin_zone_v6: String,
}

impl Default for AsnConfig {
    fn default() -> Self {
        Self {
            table: PathBuf::from("data/asn.csv"),
            origin_zone_v4: "origin.asn.cymru.com".to_owned(),
            origin_zone_v6: "origin6.asn.cymru.com".to_owned(),
        }
    }
}
