//! What a look-up answers and what is stored of it.

use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Explanation, Generation, Host, HostedBy, Match, ProviderId, Verdict};

/// The answer to one check, as it travels between processes and lies in caches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub host: Host,
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The provider of a green verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hosted_by: Option<Arc<HostedBy>>,
    /// When the full look-up behind the verdict ended.
    pub modified: DateTime<Utc>,
    /// The address that decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// The catalog that decided.
    pub generation: Generation,
    /// How the verdict was reached; only a full look-up has one, and no cache keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Arc<Explanation>>,
}

/// A verdict in the table of green domains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVerdict {
    pub host: Host,
    /// `false` only for rows that an import brought along; a grey result is cached, not stored.
    pub green: bool,
    pub provider: ProviderId,
    /// The provider's name, website, partner text and listing as they were when the verdict was stored.
    pub hosted_by: String,
    pub hosted_by_website: String,
    pub partner: String,
    pub listed: bool,
    pub by: Match,
    /// The address that decided, so that a later catalog can judge it again without the network.
    pub address: Option<IpAddr>,
    pub created: DateTime<Utc>,
    /// When the full look-up behind the verdict ended.
    pub modified: DateTime<Utc>,
}
