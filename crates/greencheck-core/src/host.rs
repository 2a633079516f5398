//! Host names and address literals in canonical form: the only form in which they travel and are stored.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::net::IpAddr;
use std::str::FromStr;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smol_str::SmolStr;

mod invalid;
mod named;
mod parse;
mod readable;
#[cfg(test)]
mod tests;

pub use invalid::InvalidHost;
pub use named::NamedHost;

/// A host in canonical form. Cheap to clone; equal, ordered and hashed as its text. Up to 23 bytes, which most names have, need
/// no place of their own in memory.
///
/// A name is in lower case, its labels in ASCII (IDNA A-labels, UTS 46 non-transitional), without a dot at the end; it ends in a
/// public suffix or is one. An address is in its canonical text (RFC 5952), without brackets; an IPv4 address mapped to
/// IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
#[derive(Clone)]
pub struct Host {
    text: SmolStr,
    kind: Kind,
}

/// What the text is, so that its parts need not be looked for again. A name has at most 253 bytes: a byte holds a position.
#[derive(Clone, Copy)]
enum Kind {
    Address,
    Name { suffix: u8, registrable: Option<u8> },
}

impl Host {
    /// Takes what people paste: a name or address, with or without scheme (`http`, `https`), user info, port and path.
    pub fn parse(input: &str) -> Result<Self, InvalidHost> {
        parse::parse(input).map(|parsed| parsed.host)
    }

    /// Takes the text of a host, as [`as_str`](Self::as_str) gives it, and nothing else.
    pub fn from_canonical(text: &str) -> Result<Self, InvalidHost> {
        let host = Self::parse(text)?;
        if host.as_str() == text { Ok(host) } else { Err(invalid::of(text, InvalidHost::NotCanonical)) }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address, if the host is one.
    pub fn ip(&self) -> Option<IpAddr> {
        match self.kind {
            Kind::Address => self.text.parse().ok(),
            Kind::Name { .. } => None,
        }
    }

    /// The registrable domain: the public suffix and one label more. `None` for addresses and bare suffixes.
    pub fn registrable(&self) -> Option<&str> {
        match self.kind {
            Kind::Name { registrable: Some(at), .. } => self.text.get(usize::from(at)..),
            Kind::Name { registrable: None, .. } | Kind::Address => None,
        }
    }

    /// The public suffix (publicsuffix.org, private section included). `None` for addresses.
    pub fn suffix(&self) -> Option<&str> {
        match self.kind {
            Kind::Name { suffix, .. } => self.text.get(usize::from(suffix)..),
            Kind::Address => None,
        }
    }

    /// The name for people to read: A-labels as Unicode where they are valid.
    pub fn to_unicode(&self) -> String {
        match idna::domain_to_unicode(&self.text) {
            (unicode, Ok(())) => unicode,
            (_, Err(_)) => self.text.to_string(),
        }
    }

    /// The other name of the same site: `www.` before a registrable domain, or the registrable domain of such a name.
    pub fn www_alternate(&self) -> Option<Self> {
        let registrable = self.registrable()?;
        match self.text.strip_suffix(registrable)? {
            "" => parse::name(&format!("www.{registrable}")).ok(),
            "www." => parse::name(registrable).ok(),
            _ => None,
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.text, f)
    }
}

impl PartialEq for Host {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Host {}

impl PartialOrd for Host {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Host {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Hash for Host {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl Borrow<str> for Host {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl AsRef<str> for Host {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl FromStr for Host {
    type Err = InvalidHost;

    fn from_str(input: &str) -> Result<Self, InvalidHost> {
        Self::parse(input)
    }
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Self {
        Self { text: address.to_canonical().to_string().into(), kind: Kind::Address }
    }
}

impl Serialize for Host {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Host {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(CanonicalText)
    }
}

struct CanonicalText;

impl Visitor<'_> for CanonicalText {
    type Value = Host;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a host name or address in canonical form")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Host, E> {
        Host::from_canonical(text).map_err(E::custom)
    }
}
