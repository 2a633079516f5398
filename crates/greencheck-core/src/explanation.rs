//! How a verdict was reached: every step tried, what it found and how long it took.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{Asn, Host, ProviderId};

mod words;

pub use words::{Told, printable, took};

/// The account of one full look-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// One sentence: the verdict and why.
    pub because: String,
    pub steps: Vec<Step>,
    /// How long the whole look-up took, in microseconds.
    pub took_us: u64,
}

/// One step of a look-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    #[serde(flatten)]
    pub finding: Finding,
    /// How long it took, in microseconds. Steps overlap where they do not depend on each other.
    pub took_us: u64,
}

/// What a step found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Finding {
    /// The name among the providers' approved linked domains.
    LinkedDomain { provider: Option<ProviderRef> },
    /// The carbon.txt that the name points to, and whether its provider agrees.
    CarbonTxt(CarbonTxtFinding),
    /// The A and AAAA records of the name.
    Addresses { addresses: Vec<IpAddr>, problem: Option<String> },
    /// The ranges that cover an address, from narrowest to widest.
    Ranges { address: IpAddr, ranges: Vec<RangeFinding> },
    /// The autonomous systems that announce an address.
    Origin { address: IpAddr, asns: Vec<Asn>, provider: Option<ProviderRef>, problem: Option<String> },
}

/// A provider as an explanation names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderRef {
    pub id: ProviderId,
    pub name: String,
    pub archived: bool,
}

/// A range that covers an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeFinding {
    pub id: i64,
    pub start: IpAddr,
    pub end: IpAddr,
    pub provider: ProviderRef,
}

/// What became of the carbon.txt step.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CarbonTxtFinding {
    /// Where the carbon.txt is, if the name has one.
    pub location: Option<String>,
    /// The name whose record, file or header gave the location.
    pub found_at: Option<Host>,
    /// The provider whose carbon.txt it is.
    pub provider: Option<ProviderRef>,
    pub proof: Option<Proof>,
    /// Why the step was not taken or did not end.
    pub problem: Option<String>,
}

/// What shows that a provider agrees to host the name that points to its carbon.txt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The carbon.txt lies on the name itself.
    OwnHost,
    /// The name carries a valid domain hash.
    DomainHash,
    /// None was asked for: `carbon_txt.trust = delegation`.
    Delegation,
    /// None was found: the delegation does not count.
    Missing,
}
