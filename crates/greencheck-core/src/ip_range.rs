use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// The addresses from a first to a last one, both included; of one family.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "StartEnd", into = "StartEnd")]
pub struct IpRange(Bounds);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Bounds {
    V4(Ipv4Addr, Ipv4Addr),
    V6(Ipv6Addr, Ipv6Addr),
}

/// Why there is no such range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRange {
    #[error("{start} and {end} are of different families: write two IPv4 or two IPv6 addresses")]
    Families { start: IpAddr, end: IpAddr },
    #[error("{start} comes after {end}: write the lower address first")]
    Reversed { start: IpAddr, end: IpAddr },
    #[error("{net} has bits set behind its prefix: write {}", net.trunc())]
    HostBits { net: IpNet },
    #[error("{0:?} is not a range: write 192.0.2.0/24, 192.0.2.0-192.0.2.9 or one address")]
    Syntax(String),
}

impl IpRange {
    pub fn new(start: IpAddr, end: IpAddr) -> Result<Self, InvalidRange> {
        let bounds = match (start, end) {
            (IpAddr::V4(start), IpAddr::V4(end)) => Bounds::V4(start, end),
            (IpAddr::V6(start), IpAddr::V6(end)) => Bounds::V6(start, end),
            _ => return Err(InvalidRange::Families { start, end }),
        };
        if start > end { Err(InvalidRange::Reversed { start, end }) } else { Ok(Self(bounds)) }
    }

    /// Takes a network (`192.0.2.0/24`), two addresses (`192.0.2.0-192.0.2.9`) or one.
    pub fn parse(input: &str) -> Result<Self, InvalidRange> {
        let syntax = || InvalidRange::Syntax(input.chars().take(100).collect());
        let address = |text: &str| text.trim_ascii().parse::<IpAddr>().map_err(|_| syntax());
        if let Some((start, end)) = input.split_once('-') {
            return Self::new(address(start)?, address(end)?);
        }
        if !input.contains('/') {
            let address = address(input)?;
            return Self::new(address, address);
        }
        let net: IpNet = input.trim_ascii().parse().map_err(|_| syntax())?;
        if net.trunc() == net { Ok(net.into()) } else { Err(InvalidRange::HostBits { net }) }
    }

    /// The first address.
    pub fn start(&self) -> IpAddr {
        match self.0 {
            Bounds::V4(start, _) => start.into(),
            Bounds::V6(start, _) => start.into(),
        }
    }

    /// The last address.
    pub fn end(&self) -> IpAddr {
        match self.0 {
            Bounds::V4(_, end) => end.into(),
            Bounds::V6(_, end) => end.into(),
        }
    }

    /// An address of the other family is never contained, not even mapped.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.0, address) {
            (Bounds::V4(start, end), IpAddr::V4(address)) => (start..=end).contains(&address),
            (Bounds::V6(start, end), IpAddr::V6(address)) => (start..=end).contains(&address),
            _ => false,
        }
    }

    /// How many addresses; `u128::MAX` for all of IPv6, which has one more.
    #[expect(clippy::len_without_is_empty, reason = "a range has at least one address")]
    pub fn len(&self) -> u128 {
        match self.0 {
            Bounds::V4(start, end) => u128::from(end.to_bits() - start.to_bits()) + 1,
            Bounds::V6(start, end) => (end.to_bits() - start.to_bits()).saturating_add(1),
        }
    }

    pub fn is_v4(&self) -> bool {
        matches!(self.0, Bounds::V4(..))
    }

    pub(crate) fn bounds(&self) -> Bounds {
        self.0
    }
}

impl FromStr for IpRange {
    type Err = InvalidRange;

    fn from_str(input: &str) -> Result<Self, InvalidRange> {
        Self::parse(input)
    }
}

impl From<IpNet> for IpRange {
    /// All addresses of the network, whatever bits are set behind the prefix.
    fn from(net: IpNet) -> Self {
        match net {
            IpNet::V4(net) => Self(Bounds::V4(net.network(), net.broadcast())),
            IpNet::V6(net) => Self(Bounds::V6(net.network(), net.broadcast())),
        }
    }
}

impl fmt::Display for IpRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.start(), self.end())
    }
}

impl fmt::Debug for IpRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[derive(Serialize, Deserialize)]
struct StartEnd {
    start: IpAddr,
    end: IpAddr,
}

impl TryFrom<StartEnd> for IpRange {
    type Error = InvalidRange;

    fn try_from(StartEnd { start, end }: StartEnd) -> Result<Self, InvalidRange> {
        Self::new(start, end)
    }
}

impl From<IpRange> for StartEnd {
    fn from(range: IpRange) -> Self {
        Self { start: range.start(), end: range.end() }
    }
}
