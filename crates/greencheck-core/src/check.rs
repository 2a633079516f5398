//! Checks as the log keeps them.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Answer, Host, Match, ProviderId, Usage, Verdict, VerdictKind};

/// One answered check. It says nothing of who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub checked_at: DateTime<Utc>,
    pub host: Host,
    pub verdict: VerdictKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderId>,
    /// The entry that made it green; its kind says in which table its id is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<Match>,
    /// The address that decided; `None` when the verdict came from a cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// Whether a stored or cached verdict answered.
    pub cached: bool,
    pub source: Source,
    /// The id that the caller gave the request, for log lines only: it is in no row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<Box<str>>,
}

impl Check {
    /// The log entry for `answer`, given at `checked_at`.
    pub fn new(answer: &Answer, checked_at: DateTime<Utc>, cached: bool, source: Source) -> Self {
        Self::of(
            answer.host.clone(),
            &answer.verdict,
            answer.address.filter(|_| !cached),
            checked_at,
            cached,
            source,
        )
    }

    /// The log entry for a verdict on `host`.
    pub fn of(
        host: Host,
        verdict: &Verdict,
        address: Option<IpAddr>,
        checked_at: DateTime<Utc>,
        cached: bool,
        source: Source,
    ) -> Self {
        Self {
            checked_at,
            host,
            verdict: verdict.kind(),
            provider: verdict.provider(),
            matched: verdict.matched(),
            address,
            cached,
            source,
            request_id: None,
        }
    }

    /// With the id that the caller gave the request.
    #[must_use]
    pub fn for_request(self, id: Option<&str>) -> Self {
        Self { request_id: id.map(Box::from), ..self }
    }
}

/// Who caused a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Api,
    Badge,
    Page,
    Scan,
    /// A question about many names at once.
    Bulk,
}

impl Source {
    pub const ALL: [Self; 5] = [Self::Api, Self::Badge, Self::Page, Self::Scan, Self::Bulk];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Badge => "badge",
            Self::Page => "page",
            Self::Scan => "scan",
            Self::Bulk => "bulk",
        }
    }

    /// The source that [`as_str`](Self::as_str) spells as `text`.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == text)
    }
}

/// Checks, and what callers with keys asked, that are published, stored and acknowledged together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckBatch {
    /// Given once, by the publisher (UUIDv7): a batch that arrives again is recognised by it.
    pub id: Uuid,
    pub checks: Vec<Check>,
    /// Each key, day and route once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub usage: Vec<Usage>,
}

impl CheckBatch {
    /// A batch of nothing, with room for so many checks.
    pub fn with_capacity(id: Uuid, checks: usize) -> Self {
        Self { id, checks: Vec::with_capacity(checks), usage: Vec::new() }
    }

    /// How much there is to store.
    pub fn len(&self) -> usize {
        self.checks.len() + self.usage.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds to what the batch says of the key, day and route.
    pub fn count(&mut self, usage: Usage) {
        // The same caller asks again and again: it is found near the end.
        if !self.usage.iter_mut().rev().any(|counted| counted.absorb(&usage)) {
            self.usage.push(usage);
        }
    }
}
