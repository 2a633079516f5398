use std::net::IpAddr;

use crate::{Asn, InvalidAsn, InvalidRange, IpRange};

/// No provider has wider IPv4 networks than a /8; a wider one would make strangers green.
const WIDEST_V4: u128 = 1 << 24;
/// The same for IPv6: registries hand out nothing wider than a /16.
const WIDEST_V6: u128 = 1 << 112;

/// Why an entry of a list is no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEntry {
    #[error(transparent)]
    Range(#[from] InvalidRange),
    #[error(transparent)]
    Asn(#[from] InvalidAsn),
    #[error("{0} is wider than the network of any provider: the limits are a /8, in IPv6 a /16")]
    TooWide(IpRange),
}

/// A network in CIDR form, or an address. Bits behind the prefix are an error.
pub(super) fn network(text: &str) -> Result<IpRange, InvalidEntry> {
    plausible(IpRange::parse(text)?)
}

pub(super) fn range(start: IpAddr, end: IpAddr) -> Result<IpRange, InvalidEntry> {
    plausible(IpRange::new(start, end)?)
}

pub(super) fn asn(text: &str) -> Result<Asn, InvalidEntry> {
    Ok(Asn::parse(text)?)
}

/// Whether a text begins with `AS` in any case: the rest ought to be a number.
pub(super) fn names_asn(text: &str) -> bool {
    text.get(..2).is_some_and(|prefix| prefix.eq_ignore_ascii_case("as"))
}

/// IPv4 addresses in the clothes of IPv6 ones (RFC 4291, section 2.5.5.2) are IPv4 addresses, as everywhere else.
fn plausible(range: IpRange) -> Result<IpRange, InvalidEntry> {
    let (start, end) = (range.start().to_canonical(), range.end().to_canonical());
    let range = if start.is_ipv4() == end.is_ipv4() { IpRange::new(start, end)? } else { range };
    let widest = if range.is_v4() { WIDEST_V4 } else { WIDEST_V6 };
    if range.len() > widest { Err(InvalidEntry::TooWide(range)) } else { Ok(range) }
}
