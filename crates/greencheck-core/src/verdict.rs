//! The verdict on a name and what it rests on.

use serde::{Deserialize, Serialize};

use crate::ProviderId;

/// The answer to "is this name hosted on green energy?".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// A provider of the catalog hosts the name.
    Green { provider: ProviderId, by: Match },
    /// The name was looked up and no provider of the catalog hosts it.
    Grey { reason: GreyReason },
    /// The name could not be looked up. The platform's older shapes show it as grey.
    Unknown { reason: UnknownReason },
}

impl Verdict {
    pub fn is_green(&self) -> bool {
        matches!(self, Self::Green { .. })
    }

    pub fn kind(&self) -> VerdictKind {
        match self {
            Self::Green { .. } => VerdictKind::Green,
            Self::Grey { .. } => VerdictKind::Grey,
            Self::Unknown { .. } => VerdictKind::Unknown,
        }
    }

    pub fn provider(&self) -> Option<ProviderId> {
        match self {
            Self::Green { provider, .. } => Some(*provider),
            Self::Grey { .. } | Self::Unknown { .. } => None,
        }
    }

    /// What the verdict rests on; only a green one rests on a match.
    pub fn matched(&self) -> Option<Match> {
        match self {
            Self::Green { by, .. } => Some(*by),
            Self::Grey { .. } | Self::Unknown { .. } => None,
        }
    }

    /// One word for headers, logs and metrics: the kind of match, or why there is none.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Green { by, .. } => by.kind.as_str(),
            Self::Grey { reason } => reason.as_str(),
            Self::Unknown { reason } => reason.as_str(),
        }
    }
}

/// The three verdicts without what they rest on: a log column, a metric label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    Green,
    Grey,
    Unknown,
}

impl VerdictKind {
    pub const ALL: [Self; 3] = [Self::Green, Self::Grey, Self::Unknown];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Grey => "grey",
            Self::Unknown => "unknown",
        }
    }

    /// The kind that [`as_str`](Self::as_str) spells as `text`.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The catalog entry that made a name green.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Match {
    pub kind: MatchKind,
    /// The id of the entry within its kind (range, ASN, linked domain or carbon.txt record); `None` for a snapshot.
    pub id: Option<i64>,
}

/// The kinds of catalog entries that make a name green, in the order in which they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchKind {
    LinkedDomain,
    CarbonTxt,
    Range,
    Asn,
    /// Taken over from a published snapshot of green domains; nothing in the catalog has confirmed it yet.
    Snapshot,
}

impl MatchKind {
    pub const ALL: [Self; 5] = [Self::LinkedDomain, Self::CarbonTxt, Self::Range, Self::Asn, Self::Snapshot];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::LinkedDomain => "linked_domain",
            Self::CarbonTxt => "carbon_txt",
            Self::Range => "range",
            Self::Asn => "asn",
            Self::Snapshot => "snapshot",
        }
    }

    /// The kind that [`as_str`](Self::as_str) spells as `text`.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The word for it in the `type` column of the platform's snapshots.
    pub fn platform_type(self) -> &'static str {
        match self {
            Self::LinkedDomain => "url",
            Self::CarbonTxt => "carbontxt",
            Self::Range => "ip",
            Self::Asn => "as",
            Self::Snapshot => "none",
        }
    }
}

/// Why a name that was looked up is not green.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GreyReason {
    /// No entry of the catalog matches.
    NoMatch,
    /// Only entries of archived providers match.
    ProviderArchived,
    /// `lookup.addresses` asks for more green addresses than there are.
    NotAllAddresses,
}

impl GreyReason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoMatch => "no_match",
            Self::ProviderArchived => "provider_archived",
            Self::NotAllAddresses => "not_all_addresses",
        }
    }
}

/// Why a name could not be looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownReason {
    /// The name does not exist (RFC 8020).
    NxDomain,
    /// The name exists and has neither an A nor an AAAA record.
    NoAddress,
    /// The name server answered with a failure (SERVFAIL, REFUSED, a malformed message).
    ServFail,
    /// No name server answered in time.
    Timeout,
    /// This process asks no name server, and its local files do not have the name.
    Offline,
    /// The addresses match no range, and their origin AS could not be found out.
    OriginUnavailable,
    /// The look-up goes on after `lookup.fast_deadline`; ask again in a moment.
    Deadline,
    /// `lookup.max_in_flight` look-ups are under way.
    Overload,
    /// The process that decides could not be reached.
    Unavailable,
}

impl UnknownReason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NxDomain => "nxdomain",
            Self::NoAddress => "no_address",
            Self::ServFail => "servfail",
            Self::Timeout => "timeout",
            Self::Offline => "offline",
            Self::OriginUnavailable => "origin_unavailable",
            Self::Deadline => "deadline",
            Self::Overload => "overload",
            Self::Unavailable => "unavailable",
        }
    }

    /// Whether this says something of the moment and nothing of the name: such an answer is never cached.
    pub fn is_momentary(self) -> bool {
        matches!(self, Self::Deadline | Self::Overload | Self::Unavailable)
    }
}
