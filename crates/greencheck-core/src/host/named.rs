use std::borrow::Cow;

use super::{Host, InvalidHost, parse};

/// A host and the form in which its caller wrote it, so that answers can show the name in that form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedHost {
    pub host: Host,
    unicode: bool,
}

impl NamedHost {
    /// Takes what [`Host::parse`] takes.
    pub fn parse(input: &str) -> Result<Self, InvalidHost> {
        parse::parse(input).map(|parsed| Self { host: parsed.host, unicode: parsed.unicode })
    }

    /// The name in Unicode if it was written so, else the canonical text.
    pub fn shown(&self) -> Cow<'_, str> {
        if self.unicode { Cow::Owned(self.host.to_unicode()) } else { Cow::Borrowed(self.host.as_str()) }
    }
}

impl From<Host> for NamedHost {
    fn from(host: Host) -> Self {
        Self { host, unicode: false }
    }
}
