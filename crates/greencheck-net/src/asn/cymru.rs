use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use greencheck_core::Asn;
use greencheck_core::ports::{DnsError, OriginAsns, OriginError};
use hickory_resolver::proto::rr::{Name, RecordType};
use moka::sync::Cache;

use crate::dns::texts;
use crate::{AsnConfig, Guard, HickoryDns, Metrics};

/// Announcements change slowly.
const KEPT_FOR: Duration = Duration::from_secs(4 * 3600);
const KEPT: u64 = 100_000;

/// Origins by DNS, from zones of the kind that Team Cymru publishes
/// (<https://www.team-cymru.com/ip-asn-mapping>, "DNS").
pub struct CymruOrigins {
    dns: Arc<HickoryDns>,
    zone_v4: String,
    zone_v6: String,
    guard: Guard,
    kept: Cache<IpAddr, Vec<Asn>>,
    metrics: Metrics,
}

impl CymruOrigins {
    pub fn new(config: &AsnConfig, dns: Arc<HickoryDns>, guard: Guard, metrics: Metrics) -> Self {
        Self {
            dns,
            zone_v4: config.origin_zone_v4.clone(),
            zone_v6: config.origin_zone_v6.clone(),
            guard,
            kept: Cache::builder().max_capacity(KEPT).time_to_live(KEPT_FOR).build(),
            metrics,
        }
    }

    fn question(&self, address: IpAddr) -> Option<Name> {
        let (reversed, zone) = match address {
            IpAddr::V4(address) => {
                let [a, b, c, d] = address.octets();
                (format!("{d}.{c}.{b}.{a}."), &self.zone_v4)
            }
            IpAddr::V6(address) => (nibbles(&address.octets()), &self.zone_v6),
        };
        if zone.is_empty() {
            return None;
        }
        let mut name = Name::from_ascii(format!("{reversed}{zone}")).ok()?;
        name.set_fqdn(true);
        Some(name)
    }
}

#[async_trait]
impl OriginAsns for CymruOrigins {
    async fn origins(&self, address: IpAddr) -> Result<Vec<Asn>, OriginError> {
        let address = address.to_canonical();
        // Addresses that are not on the internet are nobody else's business.
        if !self.guard.allows(address) {
            return Ok(Vec::new());
        }
        let Some(question) = self.question(address) else { return Ok(Vec::new()) };
        if let Some(kept) = self.kept.get(&address) {
            return Ok(kept);
        }
        let asns = match self.dns.ask(question, RecordType::TXT).await {
            Ok(found) => most_specific(texts(&found)),
            Err(DnsError::NxDomain | DnsError::NoAddress | DnsError::Offline(_)) => Vec::new(),
            Err(error) => {
                self.metrics.origin("dns", "failed");
                return Err(OriginError(error.to_string()));
            }
        };
        self.metrics.origin("dns", if asns.is_empty() { "none" } else { "found" });
        self.kept.insert(address, asns.clone());
        Ok(asns)
    }
}

/// The nibbles of an IPv6 address from last to first, each with a dot (RFC 3596, section 2.5).
fn nibbles(octets: &[u8; 16]) -> String {
    let mut reversed = String::with_capacity(64);
    for octet in octets.iter().rev() {
        write!(reversed, "{:x}.{:x}.", octet & 0xf, octet >> 4).expect("writing to a string cannot fail");
    }
    reversed
}

/// The AS numbers of answers such as `13335 | 1.1.1.0/24 | AU | apnic | 2011-08-11`, longest prefix first.
fn most_specific(answers: impl IntoIterator<Item = String>) -> Vec<Asn> {
    let mut found: Vec<(u8, Vec<Asn>)> = answers
        .into_iter()
        .filter_map(|answer| {
            let mut fields = answer.split('|').map(str::trim);
            let asns = fields.next()?.split_whitespace().filter_map(|asn| Asn::parse(asn).ok()).collect();
            let length =
                fields.next().and_then(|prefix| prefix.rsplit('/').next()?.parse().ok()).unwrap_or(0);
            Some((length, asns))
        })
        .collect();
    found.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
    let mut asns = Vec::new();
    for asn in found.into_iter().flat_map(|(_, asns)| asns) {
        if !asns.contains(&asn) {
            asns.push(asn);
        }
    }
    asns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_comes_first_and_several_systems_stay_in_order() {
        let answers = [
            "64500 | 192.0.2.0/23 | ZZ | registry | 2020-01-01",
            "64501 64502 | 192.0.2.0/24 | ZZ | registry | 2020-01-01",
            "NA | 192.0.0.0/8 | ZZ | registry |",
        ];
        let asns: Vec<_> = most_specific(answers.map(str::to_owned)).into_iter().map(Asn::get).collect();
        assert_eq!(asns, [64_501, 64_502, 64_500]);
    }

    #[test]
    fn v6_addresses_are_reversed_by_nibbles() {
        let address: std::net::Ipv6Addr = "2001:db8::567:89ab".parse().unwrap();
        assert_eq!(
            nibbles(&address.octets()),
            "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2."
        );
    }
}
