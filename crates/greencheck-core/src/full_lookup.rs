//! The full look-up: the order in which a name is tried, and what makes it green.

use std::future::Future;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use serde::{Deserialize, Serialize};

use crate::catalog::{Catalog, NetworkEntry};
use crate::ports::{CarbonTxtResults, Dns, DnsError, OriginAsns, Web};
use crate::{
    Asn, Clock, Explanation, Finding, GreyReason, Host, Match, MatchKind, ProviderId, RangeFinding, Step,
    UnknownReason, Verdict,
};

mod carbon;
mod words;

/// How many addresses of a name must be green.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressRule {
    /// One is enough.
    #[default]
    Any,
    /// Every one.
    All,
    /// Only the first is looked at, as the older platform does.
    First,
}

/// When a carbon.txt that lies elsewhere counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// The provider agrees: the name carries a valid domain hash, or the carbon.txt lies on the name itself.
    #[default]
    Proof,
    /// Always, as the older platform does: whoever owns a name may claim any provider.
    Delegation,
}

/// What an operator may choose about the decision.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    pub addresses: AddressRule,
    pub trust: Trust,
    /// Whether names are asked for a carbon.txt at all.
    pub carbon_txt: bool,
    /// How long a resolved carbon.txt location is used again, found or not.
    pub carbon_txt_ttl: Duration,
}

/// One full look-up: the catalog that decides, and the world that is asked.
#[derive(Clone, Copy)]
pub struct FullLookup<'a> {
    pub catalog: &'a Catalog,
    pub rules: Rules,
    pub dns: &'a dyn Dns,
    pub web: &'a dyn Web,
    pub origins: &'a dyn OriginAsns,
    pub carbon_txt_results: &'a dyn CarbonTxtResults,
    pub clock: &'a dyn Clock,
    /// Whether a carbon.txt location resolved earlier may be used.
    pub use_kept: bool,
    /// Hears of each step as it ends.
    pub follower: Option<&'a (dyn Fn(&Step) + Sync)>,
}

/// What a full look-up found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub verdict: Verdict,
    /// The address that decided.
    pub address: Option<IpAddr>,
    pub explanation: Explanation,
}

impl FullLookup<'_> {
    /// Decides on `host`: linked domain, carbon.txt, ranges, origin AS, in this order; the first match wins.
    /// The carbon.txt and the addresses are asked for at the same time.
    pub async fn run(&self, host: &Host) -> Outcome {
        let journal = Journal::new(self.follower);
        let decision = self.decide(host, &journal).await;
        let because = words::because(self.catalog, host, &decision);
        Outcome {
            verdict: decision.verdict,
            address: decision.address,
            explanation: Explanation {
                because,
                took_us: micros(journal.started),
                steps: journal.into_steps(),
            },
        }
    }

    async fn decide(&self, host: &Host, journal: &Journal<'_>) -> Decision {
        let linked = journal.step(async { self.linked_domain(host) }).await;
        if let Some(decision) = linked.found {
            return decision;
        }
        let (carbon, addresses) = join(self.carbon_txt(host, journal), self.addresses(host, journal)).await;
        if let Some(decision) = carbon.found {
            return decision;
        }
        let mut judged = match addresses {
            Ok(addresses) => self.judge(&addresses, journal).await,
            Err(error) => Decision::unknown(error.reason(), Some(error.to_string())),
        };
        if linked.archived || carbon.archived {
            judged.note_archived();
        }
        judged
    }

    fn linked_domain(&self, host: &Host) -> (Finding, Tried) {
        let entry = self.catalog.linked_domain(host);
        let finding =
            Finding::LinkedDomain { provider: entry.map(|entry| self.catalog.provider_ref(entry.provider)) };
        let tried = match entry {
            Some(entry) => {
                self.tried(entry.provider, Match { kind: MatchKind::LinkedDomain, id: Some(entry.id) })
            }
            None => Tried::default(),
        };
        (finding, tried)
    }

    fn tried(&self, provider: ProviderId, by: Match) -> Tried {
        if self.catalog.is_active(provider) {
            Tried { found: Some(Decision::green(provider, by, None)), archived: false }
        } else {
            Tried { found: None, archived: true }
        }
    }

    async fn addresses(&self, host: &Host, journal: &Journal<'_>) -> Result<Vec<IpAddr>, DnsError> {
        journal
            .step(async {
                let found = match host.ip() {
                    Some(address) => Ok(vec![address]),
                    None => self.dns.addresses(host).await,
                };
                let finding = Finding::Addresses {
                    addresses: found.clone().unwrap_or_default(),
                    problem: found.as_ref().err().map(ToString::to_string),
                };
                (finding, found)
            })
            .await
    }

    async fn judge(&self, addresses: &[IpAddr], journal: &Journal<'_>) -> Decision {
        let looked_at = match self.rules.addresses {
            AddressRule::First => &addresses[..addresses.len().min(1)],
            AddressRule::Any | AddressRule::All => addresses,
        };
        let mut judgements = Vec::with_capacity(looked_at.len());
        for &address in looked_at {
            judgements.push(journal.step(async { self.judge_range(address) }).await);
        }
        let in_range = judgements.iter().filter(|judgement| judgement.network.is_some()).count();
        let origins_matter = match self.rules.addresses {
            AddressRule::All => in_range < judgements.len(),
            AddressRule::Any | AddressRule::First => in_range == 0,
        };
        if origins_matter {
            let rest = judgements.iter_mut().filter(|judgement| judgement.network.is_none());
            join_all(rest.map(|judgement| self.judge_origin(judgement, journal))).await;
        }
        Decision::of(&judgements, self.rules.addresses)
    }

    fn judge_range(&self, address: IpAddr) -> (Finding, Judgement<'_>) {
        let covering = self.catalog.networks_covering(address);
        let network = self.catalog.network(address);
        let archived = covering.iter().any(|entry| !self.catalog.is_active(entry.provider));
        let ranges = covering.into_iter().map(|entry| RangeFinding {
            id: entry.id,
            start: entry.range.start(),
            end: entry.range.end(),
            provider: self.catalog.provider_ref(entry.provider),
        });
        let finding = Finding::Ranges { address, ranges: ranges.collect() };
        (finding, Judgement { address, network, origin: None, archived, problem: None })
    }

    async fn judge_origin(&self, judgement: &mut Judgement<'_>, journal: &Journal<'_>) {
        let address = judgement.address;
        let (origin, archived, problem) = journal
            .step(async {
                let (asns, problem) = match self.origins.origins(address).await {
                    Ok(asns) => (asns, None),
                    Err(error) => (Vec::new(), Some(error.to_string())),
                };
                let (origin, archived) = self.first_origin(&asns);
                let provider = origin.map(|(provider, _)| self.catalog.provider_ref(provider));
                let finding = Finding::Origin { address, asns, provider, problem: problem.clone() };
                (finding, (origin, archived, problem))
            })
            .await;
        judgement.origin = origin;
        judgement.archived |= archived;
        judgement.problem = problem;
    }

    /// The first AS number that an active provider registered, and whether an archived one has any.
    fn first_origin(&self, asns: &[Asn]) -> (Option<(ProviderId, Match)>, bool) {
        let entries: Vec<_> = asns.iter().filter_map(|&asn| self.catalog.origin(asn)).collect();
        let active = entries.iter().find(|entry| self.catalog.is_active(entry.provider));
        let archived = entries.iter().any(|entry| !self.catalog.is_active(entry.provider));
        (active.map(|entry| (entry.provider, Match { kind: MatchKind::Asn, id: Some(entry.id) })), archived)
    }
}

/// Whether a step that needs no address ended the look-up.
#[derive(Default)]
struct Tried {
    found: Option<Decision>,
    /// It would have, but the provider is archived.
    archived: bool,
}

/// What is known of one address.
struct Judgement<'a> {
    address: IpAddr,
    network: Option<&'a NetworkEntry>,
    origin: Option<(ProviderId, Match)>,
    archived: bool,
    problem: Option<String>,
}

impl Judgement<'_> {
    fn green(&self) -> Option<(ProviderId, Match)> {
        let by_range =
            self.network.map(|entry| (entry.provider, Match { kind: MatchKind::Range, id: Some(entry.id) }));
        by_range.or(self.origin)
    }

    /// Ranges before AS numbers, narrow ranges before wide ones, low ids before high ones.
    fn rank(&self) -> (u128, i64) {
        match (self.network, self.origin) {
            (Some(entry), _) => (entry.range.len().saturating_sub(1), entry.id),
            (None, Some((_, by))) => (u128::MAX, by.id.unwrap_or(i64::MAX)),
            (None, None) => (u128::MAX, i64::MAX),
        }
    }
}

/// A verdict and what the one sentence about it needs.
pub(crate) struct Decision {
    pub(crate) verdict: Verdict,
    pub(crate) address: Option<IpAddr>,
    /// Addresses looked at, and those that are green.
    pub(crate) looked_at: usize,
    pub(crate) green: usize,
    /// What did not answer.
    pub(crate) problem: Option<String>,
}

impl Decision {
    fn new(verdict: Verdict, address: Option<IpAddr>) -> Self {
        Self { verdict, address, looked_at: 0, green: 0, problem: None }
    }

    fn green(provider: ProviderId, by: Match, address: Option<IpAddr>) -> Self {
        Self::new(Verdict::Green { provider, by }, address)
    }

    fn unknown(reason: UnknownReason, problem: Option<String>) -> Self {
        Self { problem, ..Self::new(Verdict::Unknown { reason }, None) }
    }

    /// Applies the rule to the judged addresses, of which there is at least one.
    fn of(judgements: &[Judgement<'_>], rule: AddressRule) -> Self {
        let green: Vec<_> = judgements.iter().filter(|judgement| judgement.green().is_some()).collect();
        let enough =
            if rule == AddressRule::All { green.len() == judgements.len() } else { !green.is_empty() };
        let best = green.iter().min_by_key(|judgement| judgement.rank());
        let problem = judgements.iter().find_map(|judgement| judgement.problem.clone());
        let first = judgements.first().map(|judgement| judgement.address);
        let mut decision =
            match best.and_then(|best| best.green().map(|(provider, by)| (provider, by, best.address))) {
                Some((provider, by, address)) if enough => Self::green(provider, by, Some(address)),
                _ if problem.is_some() => Self::unknown(UnknownReason::OriginUnavailable, problem),
                Some(_) => Self::new(Verdict::Grey { reason: GreyReason::NotAllAddresses }, first),
                None => Self::new(Verdict::Grey { reason: GreyReason::NoMatch }, first),
            };
        if judgements.iter().any(|judgement| judgement.archived) {
            decision.note_archived();
        }
        Self { looked_at: judgements.len(), green: green.len(), ..decision }
    }

    /// A grey verdict for want of a match tells that an archived provider's entry would have matched.
    fn note_archived(&mut self) {
        if let Verdict::Grey { reason: reason @ GreyReason::NoMatch } = &mut self.verdict {
            *reason = GreyReason::ProviderArchived;
        }
    }
}

/// Collects the steps with their times. Steps of parallel branches enter in the order in which they end.
struct Journal<'a> {
    started: Instant,
    steps: Mutex<Vec<Step>>,
    follower: Option<&'a (dyn Fn(&Step) + Sync)>,
}

impl<'a> Journal<'a> {
    fn new(follower: Option<&'a (dyn Fn(&Step) + Sync)>) -> Self {
        Self { started: Instant::now(), steps: Mutex::new(Vec::with_capacity(6)), follower }
    }

    async fn step<T>(&self, work: impl Future<Output = (Finding, T)>) -> T {
        let started = Instant::now();
        let (finding, result) = work.await;
        let step = Step { finding, took_us: micros(started) };
        if let Some(follower) = self.follower {
            follower(&step);
        }
        self.steps.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(step);
        result
    }

    fn into_steps(self) -> Vec<Step> {
        self.steps.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
