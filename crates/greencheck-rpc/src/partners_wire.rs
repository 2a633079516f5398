//! What goes over the wire for partners: one path, since every question is rare.

use chrono::NaiveDate;
use greencheck_core::ProviderId;
use greencheck_core::partner::{KeyProof, Network, NetworkKind, Scope, Sensitive, TokenHash, UserId};
use greencheck_core::ports::Refusal;
use serde::{Deserialize, Serialize};

pub(crate) const PARTNERS: &str = "/partners";
/// Bytes of a question at most: a scope of thousands of providers.
pub(crate) const PARTNERS_BYTES_MAX: usize = 256 << 10;

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum PartnerQuestion {
    Authenticate { username: String, password: Sensitive },
    IssueToken { user: UserId },
    TokenOwner { token: TokenHash },
    Networks { scope: Scope, kind: NetworkKind },
    Network { scope: Scope, kind: NetworkKind, id: i64 },
    AddNetwork { scope: Scope, provider: ProviderId, network: Network },
    RemoveNetwork { scope: Scope, kind: NetworkKind, id: i64 },
    SharedSecret { scope: Scope },
    RotateSharedSecret { scope: Scope },
    ApiKey { proof: KeyProof },
    KeyUsage { key: i64, since: NaiveDate },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PartnerReply<T> {
    Answer(T),
    Refused(Refusal),
}
