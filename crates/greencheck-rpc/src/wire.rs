//! What goes over the wire: the names and shapes that both halves use.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use greencheck_core::directory::{HostedDomain, ProviderDetail, ProviderProfile};
use greencheck_core::history::{CatalogChange, Grounds};
use greencheck_core::ports::{Asker, Mode};
use greencheck_core::{Answer, Check, Generation, Host, ProviderId, Step};
use serde::{Deserialize, Serialize};

/// Counted up when an older release could misread a newer one.
pub(crate) const VERSION: &str = "1";
pub(crate) const VERSION_HEADER: &str = "x-greencheck-rpc-version";
pub(crate) const SECRET_HEADER: &str = "x-greencheck-forwarder";
pub(crate) const REQUEST_ID_HEADER: &str = "x-request-id";

/// W3C Trace Context.
pub(crate) const TRACE_PARENT_HEADER: &str = "traceparent";

pub(crate) const SCOPE: &str = "/internal/v1";
pub(crate) const CHECK: &str = "/check";
pub(crate) const FOLLOW: &str = "/follow";
pub(crate) const STORED: &str = "/stored";
pub(crate) const GENERATION: &str = "/generation";
pub(crate) const LISTING: &str = "/directory";
pub(crate) const PROVIDER: &str = "/provider";
pub(crate) const PROVIDERS: &str = "/providers";
pub(crate) const DOMAINS: &str = "/domains";
pub(crate) const CO2: &str = "/co2";
pub(crate) const REGISTRY: &str = "/registry";
pub(crate) const RECENT_CHECKS: &str = "/recent-checks";
pub(crate) const CATALOG_CHANGES: &str = "/catalog-changes";
pub(crate) const BADGE: &str = "/badge";

/// Longer than this nobody is kept waiting for a generation.
pub(crate) const GENERATION_WAIT_MAX: Duration = Duration::from_secs(30);
/// Names in one question at most.
pub(crate) const HOSTS_MAX: usize = 10_000;
/// Bytes of a question for one name at most.
pub(crate) const CHECK_BYTES_MAX: usize = 4 << 10;
/// Bytes of a question that holds one name or number at most.
pub(crate) const SMALL_BYTES_MAX: usize = CHECK_BYTES_MAX;
/// Bytes of a question for what touches a verdict at most: the grounds of a name with hundreds of addresses.
pub(crate) const GROUNDS_BYTES_MAX: usize = 64 << 10;
/// Bytes of a question for a badge at most: the longest name of a host and of a provider, escaped.
pub(crate) const BADGE_BYTES_MAX: usize = 4 << 10;
/// Bytes of a question for many names at most: `HOSTS_MAX` of the longest names.
pub(crate) const STORED_BYTES_MAX: usize = HOSTS_MAX * 260;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckQuestion {
    pub(crate) host: Host,
    pub(crate) mode: Mode,
    #[serde(default, skip_serializing_if = "Asker::is_nobody")]
    pub(crate) asker: Asker,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FollowQuestion {
    pub(crate) host: Host,
    #[serde(default, skip_serializing_if = "Asker::is_nobody")]
    pub(crate) asker: Asker,
}

/// A line of the answer to a [`FollowQuestion`]: steps, then an answer or a failure.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum News {
    Step(Step),
    Answer(Box<Answer>),
    Failure(Failure),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoredQuestion {
    pub(crate) hosts: Vec<Host>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredReply {
    pub(crate) answers: Vec<Option<Answer>>,
}

/// In the query: `GET /generation` may wait for a newer one than `after`, for so long.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct GenerationQuestion {
    #[serde(default)]
    pub(crate) after: Generation,
    #[serde(default)]
    pub(crate) wait_ms: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct GenerationReply {
    pub(crate) generation: Generation,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderQuestion {
    pub(crate) id: ProviderId,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ProviderReply {
    pub(crate) provider: Option<ProviderDetail>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProvidersQuestion {
    pub(crate) after: Option<ProviderId>,
    pub(crate) limit: u16,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ProvidersReply {
    pub(crate) providers: Vec<ProviderProfile>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DomainsQuestion {
    pub(crate) provider: ProviderId,
    pub(crate) after: Option<Host>,
    pub(crate) limit: u16,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DomainsReply {
    pub(crate) domains: Option<Vec<HostedDomain>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegistryQuestion {
    pub(crate) address: IpAddr,
}

/// The body of every answer that is not a success.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    pub(crate) message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Code {
    /// 503: too many look-ups are under way.
    Overloaded,
    /// 503: what decides cannot be reached.
    Unavailable,
    /// 403: no secret that is accepted.
    Forbidden,
    /// 400: the caller is of another release.
    Version,
    /// 400: the question cannot be read.
    BadRequest,
    /// 413.
    TooLarge,
    /// 404: this path is none of the protocol's.
    NotFound,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecentChecksQuestion {
    pub(crate) host: Host,
    pub(crate) limit: u16,
    pub(crate) now: DateTime<Utc>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RecentChecksReply {
    pub(crate) checks: Vec<Check>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CatalogChangesQuestion {
    pub(crate) grounds: Grounds,
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
    pub(crate) limit: u16,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CatalogChangesReply {
    pub(crate) changes: Vec<CatalogChange>,
}
