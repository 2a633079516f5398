use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::{Answer, Host, Verdict};

/// Longer names of providers are cut: no badge has room for more, and what is drawn is kept in memory by what it says.
const LONGEST_PROVIDER: usize = 300;

/// What a badge says of a name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "claim", rename_all = "snake_case", deny_unknown_fields)]
pub enum Claim {
    /// The name is hosted green; by whom, if the provider has a name.
    Green { host: Host, provider: Option<SmolStr> },
    /// The name was looked up and nothing says that its hosting is green.
    Grey { host: Host },
    /// The check goes on: who looks again in a moment sees more.
    Pending { host: Host },
    /// The name could not be looked up.
    Unknown { host: Host },
    /// What was asked for is no name of a site. It is not shown: anybody can write anything there.
    Invalid,
    /// Whatever draws badges is away; of no name in particular, so that it can be drawn beforehand.
    Unavailable,
}

impl Claim {
    /// What a badge says of `answer`.
    pub fn of(answer: &Answer) -> Self {
        let host = answer.host.clone();
        match &answer.verdict {
            Verdict::Green { .. } => {
                let name = answer.hosted_by.as_ref().map(|provider| provider.name.trim());
                let name = name.filter(|name| !name.is_empty());
                Self::Green { host, provider: name.map(|name| SmolStr::new(shortened(name))) }
            }
            Verdict::Grey { .. } => Self::Grey { host },
            Verdict::Unknown { reason } if reason.is_momentary() => Self::Pending { host },
            Verdict::Unknown { .. } => Self::Unknown { host },
        }
    }

    /// The claim as the platform's older routes make it: a name that could not be looked up is grey.
    #[must_use]
    pub fn without_unknown(self) -> Self {
        match self {
            Self::Unknown { host } => Self::Grey { host },
            other => other,
        }
    }

    /// The name that the claim is about.
    pub fn host(&self) -> Option<&Host> {
        match self {
            Self::Green { host, .. }
            | Self::Grey { host }
            | Self::Pending { host }
            | Self::Unknown { host } => Some(host),
            Self::Invalid | Self::Unavailable => None,
        }
    }

    /// The provider, if the claim names one. A name of nothing but spaces is none.
    pub fn provider(&self) -> Option<&str> {
        match self {
            Self::Green { provider, .. } => {
                provider.as_deref().map(str::trim).filter(|name| !name.is_empty())
            }
            _ => None,
        }
    }

    /// The left half of a one-line badge: what it is about.
    pub fn label(&self) -> Cow<'_, str> {
        self.host().map_or(Cow::Borrowed("green hosting"), Host::readable)
    }

    /// The right half of a one-line badge: what it says.
    pub fn message(&self) -> &'static str {
        match self {
            Self::Green { .. } => "hosted green",
            Self::Grey { .. } => "no evidence found",
            Self::Pending { .. } => "no result yet",
            Self::Unknown { .. } => "no result",
            Self::Invalid => "name can't be checked",
            Self::Unavailable => "unavailable",
        }
    }

    /// The badge in a sentence, for whoever does not see it.
    pub fn alternative(&self) -> String {
        let label = self.label();
        match (self, self.provider()) {
            (Self::Green { .. }, Some(provider)) => format!("{label} is hosted green. Hosted by {provider}"),
            (Self::Green { .. }, None) => format!("{label} is hosted green"),
            (Self::Grey { .. }, _) => format!("{label}: No evidence found for green hosting"),
            (Self::Pending { .. }, _) => format!("{label}: This check has no result yet"),
            (Self::Unknown { .. }, _) => format!("{label}: This name could not be looked up"),
            (Self::Invalid, _) => "This name can't be checked".to_owned(),
            (Self::Unavailable, _) => "This check has no result at the moment".to_owned(),
        }
    }
}

/// `name`, or as much of it as a badge may take.
fn shortened(name: &str) -> &str {
    // Most are not even that long in bytes.
    if name.len() <= LONGEST_PROVIDER {
        return name;
    }
    name.char_indices().nth(LONGEST_PROVIDER).map_or(name, |(end, _)| &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_of_spaces_is_not_named() {
        let host = Host::parse("example.com").unwrap();
        let green = |provider: &str| Claim::Green { host: host.clone(), provider: Some(provider.into()) };
        assert_eq!(green(" \t").alternative(), "example.com is hosted green");
        assert_eq!(green(" Acme ").alternative(), "example.com is hosted green. Hosted by Acme");
    }

    #[test]
    fn a_long_name_is_cut_between_two_characters() {
        let name = "ö".repeat(LONGEST_PROVIDER);
        assert_eq!(shortened(&name), name);
        assert_eq!(shortened(&format!("{name}ö")), name);
        assert_eq!(shortened("Acme"), "Acme");
    }

    #[test]
    fn a_claim_travels_as_it_is() {
        let claims = [
            Claim::Green { host: Host::parse("a.example.com").unwrap(), provider: None },
            Claim::Green { host: Host::parse("b.example.com").unwrap(), provider: Some("Acme".into()) },
            Claim::Pending { host: Host::parse("192.0.2.1").unwrap() },
            Claim::Invalid,
        ];
        for claim in claims {
            let text = serde_json::to_string(&claim).unwrap();
            assert_eq!(serde_json::from_str::<Claim>(&text).unwrap(), claim, "{text}");
        }
    }
}
