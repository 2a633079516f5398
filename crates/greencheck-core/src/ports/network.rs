use std::collections::BTreeMap;
use std::net::IpAddr;

use async_trait::async_trait;
use url::Url;

use super::Source;
use crate::{Asn, Host, UnknownReason};

/// Names to addresses and texts.
#[async_trait]
pub trait Dns: Send + Sync {
    /// All IPv4 and IPv6 addresses of `host`, IPv4 first, each family in the order of the answer. Never empty.
    /// One family is enough: the failure of the other is no error.
    async fn addresses(&self, host: &Host) -> Result<Vec<IpAddr>, DnsError>;

    /// The TXT records of `host`, each with its strings joined (RFC 7208, section 3.3); empty when there are none.
    async fn txt(&self, host: &Host) -> Result<Vec<String>, DnsError>;
}

/// Why a name has no addresses.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DnsError {
    #[error("the name does not exist")]
    NxDomain,
    #[error("the name has neither an A nor an AAAA record")]
    NoAddress,
    #[error("the name server failed: {0}")]
    ServFail(NameServerFault),
    #[error("no name server answered in time")]
    Timeout,
    /// Holds the notice of `dns.offline_notice`.
    #[error("{0}")]
    Offline(String),
}

/// What a name server said, for people; bounded and printable.
pub type NameServerFault = String;

impl DnsError {
    /// The reason that the verdict carries.
    pub fn reason(&self) -> UnknownReason {
        match self {
            Self::NxDomain => UnknownReason::NxDomain,
            Self::NoAddress => UnknownReason::NoAddress,
            Self::ServFail(_) => UnknownReason::ServFail,
            Self::Timeout => UnknownReason::Timeout,
            Self::Offline(_) => UnknownReason::Offline,
        }
    }
}

/// HTTPS requests to hosts that anybody may name. Goes to global addresses and port 443 only, follows no redirect.
#[async_trait]
pub trait Web: Send + Sync {
    /// Sends HEAD. `wanted` names the response headers, in lower case, that are handed back.
    async fn head(&self, url: &Url, wanted: &[&str]) -> Result<Head, WebError>;
}

/// The answer to HEAD.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    pub status: u16,
    /// The wanted headers that came, by lower-case name; of repeated ones the first.
    pub headers: BTreeMap<String, String>,
}

/// Why a HEAD got no answer.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The guard refused: address not global, port, scheme or an IP literal that is none of ours.
    #[error("not allowed: {0}")]
    Refused(String),
    #[error("no answer in time")]
    Timeout,
    #[error("no connection")]
    Unreachable(#[source] Source),
}

/// Which autonomous systems announce an address.
#[async_trait]
pub trait OriginAsns: Send + Sync {
    /// The origin ASes of `address`, in the order of the source; empty when nobody announces it or the address is not
    /// global (those are never sent out).
    async fn origins(&self, address: IpAddr) -> Result<Vec<Asn>, OriginError>;
}

/// The source of origin ASes did not answer.
#[derive(Debug, thiserror::Error)]
#[error("the origin AS could not be found out: {0}")]
pub struct OriginError(pub String);

/// Addresses to countries, at hand: never leaves the process.
pub trait Countries: Send + Sync {
    /// The country that `address` is used in, ISO 3166-1 alpha-2 in upper case. `None` when nobody knows.
    fn country(&self, address: IpAddr) -> Option<String>;
}
