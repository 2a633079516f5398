//! What was answered about a name and what changed in the catalog: for whoever asks why a verdict is not what it was.

use std::collections::BTreeSet;
use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{Answer, Asn, Check, Explanation, Finding, Host, IpRange, ProviderId, VerdictKind};

#[cfg(test)]
mod tests;

/// An entry of the catalog that counts from a moment on, or no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogChange {
    pub changed_at: DateTime<Utc>,
    pub provider: ProviderId,
    /// The provider's name today; `None` when the provider is gone.
    pub provider_name: Option<String>,
    pub effect: Effect,
    pub entry: Entry,
}

/// What a change did to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It counts from then on.
    Added,
    /// It no longer counts.
    Removed,
}

/// An entry of the catalog that can make a name green.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    Range(IpRange),
    Asn {
        asn: Asn,
    },
    LinkedDomain {
        domain: Host,
    },
    CarbonTxt {
        domain: Host,
    },
    /// The provider itself: an archived one makes nothing green.
    Provider,
}

/// When a verdict became what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flip {
    pub from: VerdictKind,
    /// The last check with the old verdict.
    pub after: DateTime<Utc>,
    /// The first check with the present one.
    pub until: DateTime<Utc>,
}

/// Answers of caches trail the catalog, and a transaction is seen only when it ends.
const SLACK: TimeDelta = TimeDelta::minutes(1);

impl Flip {
    /// When `now` became the verdict, by `checks` with the newest first. Unknown outcomes say nothing of a name.
    pub fn into(now: &Answer, checks: &[Check]) -> Option<Self> {
        let (present, mut until) = (now.verdict.kind(), now.modified);
        for check in checks.iter().filter(|check| check.verdict != VerdictKind::Unknown) {
            if check.verdict != present || check.provider != now.verdict.provider() {
                return Some(Self { from: check.verdict, after: check.checked_at, until });
            }
            until = until.min(check.checked_at);
        }
        None
    }

    /// From when to when the catalog may have changed so.
    pub fn window(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        (self.after - SLACK, self.until + SLACK)
    }
}

/// Everything that a verdict on a name can rest on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Grounds {
    pub hosts: BTreeSet<Host>,
    pub addresses: BTreeSet<IpAddr>,
    pub asns: BTreeSet<Asn>,
    pub providers: BTreeSet<ProviderId>,
}

impl Grounds {
    /// What `now` rests on or could rest on, and what `checks` rested on.
    pub fn of(now: &Answer, checks: &[Check]) -> Self {
        let mut grounds = Self::default();
        grounds.hosts.insert(now.host.clone());
        grounds.addresses.extend(now.address);
        grounds.addresses.extend(checks.iter().filter_map(|check| check.address));
        grounds.providers.extend(now.verdict.provider());
        grounds.providers.extend(checks.iter().filter_map(|check| check.provider));
        if let Some(explanation) = &now.explanation {
            grounds.learn(explanation);
        }
        grounds
    }

    fn learn(&mut self, explanation: &Explanation) {
        for step in &explanation.steps {
            match &step.finding {
                Finding::LinkedDomain { provider } => {
                    self.providers.extend(provider.as_ref().map(|provider| provider.id));
                }
                Finding::CarbonTxt(finding) => {
                    self.hosts.extend(finding.found_at.clone());
                    self.providers.extend(finding.provider.as_ref().map(|provider| provider.id));
                }
                Finding::Addresses { addresses, .. } => self.addresses.extend(addresses),
                Finding::Ranges { ranges, .. } => {
                    self.providers.extend(ranges.iter().map(|range| range.provider.id));
                }
                Finding::Origin { asns, provider, .. } => {
                    self.asns.extend(asns);
                    self.providers.extend(provider.as_ref().map(|provider| provider.id));
                }
            }
        }
    }

    /// Whether `change` may have changed the verdict.
    pub fn touched_by(&self, change: &CatalogChange) -> bool {
        match &change.entry {
            Entry::Range(range) => self.addresses.iter().any(|address| range.contains(*address)),
            Entry::Asn { asn } => self.asns.contains(asn),
            Entry::LinkedDomain { domain } => self.hosts.contains(domain),
            // A carbon.txt counts for all names that point to it.
            Entry::CarbonTxt { domain } => {
                self.hosts.contains(domain) || self.providers.contains(&change.provider)
            }
            Entry::Provider => self.providers.contains(&change.provider),
        }
    }
}
