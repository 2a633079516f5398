use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// Whose bucket it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Spender {
    /// A customer of an internet provider: an IPv4 address, or the IPv6 network that one is given (RFC 6177).
    Address(IpAddr),
    /// The holder of the key with this id.
    Key(i64),
}

impl Spender {
    pub(super) fn at(address: IpAddr) -> Self {
        Self::Address(match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
        })
    }
}

impl fmt::Display for Spender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Key(id) => write!(f, "key:{id}"),
        }
    }
}
