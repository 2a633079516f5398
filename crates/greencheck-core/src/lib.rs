//! The domain of greencheck: names, verdicts, the decision, the range index, and the ports to everything else.
//!
//! It does no I/O and knows no runtime, no server, no driver. Adapters implement its [`ports`]; services connect them.

mod answer;
mod asn;
pub mod badge;
pub mod carbon_txt;
pub mod catalog;
mod check;
mod clock;
mod country;
pub mod directory;
mod entity_tag;
mod explanation;
mod full_lookup;
mod generation;
mod global;
pub mod history;
mod host;
mod ip_range;
mod lookup_config;
pub mod networks;
pub mod partner;
pub mod ports;
mod provider;
mod range_index;
pub mod serde_duration;
mod server_url;
mod usage;
mod verdict;

pub use answer::{Answer, StoredVerdict};
pub use asn::{Asn, InvalidAsn};
pub use check::{Check, CheckBatch, Source};
pub use clock::{Clock, SystemClock};
pub use country::Country;
pub use entity_tag::entity_tag;
pub use explanation::{
    CarbonTxtFinding, Explanation, Finding, Proof, ProviderRef, RangeFinding, Step, Told, printable, took,
};
pub use full_lookup::{AddressRule, FullLookup, Outcome, Rules, Trust};
pub use generation::{CurrentGeneration, Generation};
pub use global::is_global;
pub use host::{Host, InvalidHost, NamedHost};
pub use ip_range::{InvalidRange, IpRange};
pub use lookup_config::{CONFIG_SECTIONS, LookupConfig};
pub use provider::{Document, HostedBy, Provider, ProviderId};
pub use range_index::{CoveringIndex, RangeIndex};
pub use server_url::ServerUrl;
pub use usage::Usage;
pub use verdict::{GreyReason, Match, MatchKind, UnknownReason, Verdict, VerdictKind};
