use greencheck_core::Host;

/// The families of values that this cache keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// The answer for a name. Lives as long as its verdict allows; ends early when the catalog moves on (its generation is
    /// old then) or the name changes (it is overwritten by a mark).
    Answer,
    /// The debt of a caller's token bucket, as the time at which it is full again (µs since 1970 by the clock of Redis).
    /// Lives until then.
    Bucket,
    /// The picture of a badge, under the digest of what it says. Lives a day; it is never overtaken.
    Badge,
}

impl Family {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Bucket => "bucket",
            Self::Badge => "badge",
        }
    }

    /// The version of the values' form. A release that writes another form counts it up, and never reads the old ones.
    fn version(self) -> u32 {
        match self {
            Self::Answer | Self::Bucket | Self::Badge => 1,
        }
    }
}

/// A key and what it is made of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key<'a> {
    Answer(&'a Host),
    Bucket(&'a str),
    Badge(&'a str),
}

impl Key<'_> {
    fn family(self) -> Family {
        match self {
            Self::Answer(_) => Family::Answer,
            Self::Bucket(_) => Family::Bucket,
            Self::Badge(_) => Family::Badge,
        }
    }

    pub(super) fn render(self, prefix: &str) -> String {
        let family = self.family();
        let (name, version) = (family.as_str(), family.version());
        match self {
            Self::Answer(host) => format!("{prefix}:v{version}:{name}:{host}"),
            Self::Bucket(text) | Self::Badge(text) => format!("{prefix}:v{version}:{name}:{text}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_family_and_version() {
        let host = Host::parse("www.example.org").unwrap();
        assert_eq!(Key::Answer(&host).render("greencheck"), "greencheck:v1:answer:www.example.org");
    }
}
