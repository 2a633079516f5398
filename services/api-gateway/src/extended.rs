//! Why a name has the verdict it has, and why it had another: for whoever answers complaints.

mod page;
mod report;
mod rows;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use greencheck_core::directory::ProviderDetail;
use greencheck_core::history::{CatalogChange, Flip, Grounds};
use greencheck_core::ports::{
    Asker, CheckHistory, HistoryError, LookupError, NetworkRegistry, RegisteredNetwork, RegistryError,
};
use greencheck_core::{Answer, Check, Finding, NamedHost, ProviderId, Source};
pub(crate) use page::{form, page};
pub(crate) use report::report;

use crate::{Gateway, Pages};

/// Rows of the log that are shown.
const CHECKS: u16 = 20;
/// Changes of the catalog that are shown.
const CHANGES: u16 = 20;

/// Answers the extended check. One per process. `networks` says who was given the addresses, if registries are asked.
pub struct ExtendedCheck {
    history: Arc<dyn CheckHistory>,
    networks: Arc<dyn NetworkRegistry>,
}

/// All that is known of a name.
pub(crate) struct Findings {
    pub(crate) submitted: String,
    pub(crate) named: NamedHost,
    pub(crate) request_id: String,
    pub(crate) now: DateTime<Utc>,
    /// What callers were answered until now, and who kept it.
    kept: Option<Kept>,
    pub(crate) fresh: Result<Arc<Answer>, LookupError>,
    history: Result<Past, HistoryError>,
    /// What a registry says of the network; `None` when none is asked.
    network: Option<Network>,
    provider: Option<Arc<ProviderDetail>>,
    /// The names of all providers that occur.
    names: BTreeMap<ProviderId, String>,
}

struct Kept {
    answer: Arc<Answer>,
    place: &'static str,
}

struct Network {
    address: IpAddr,
    registered: Result<Option<RegisteredNetwork>, RegistryError>,
}

struct Past {
    checks: Vec<Check>,
    flip: Option<Flip>,
    changes: Vec<CatalogChange>,
}

impl ExtendedCheck {
    pub fn new(history: Arc<dyn CheckHistory>, networks: Arc<dyn NetworkRegistry>) -> Self {
        Self { history, networks }
    }

    /// Looks `named` up, past everything that is kept of it, and compares.
    pub(crate) async fn find(
        &self,
        submitted: String,
        named: NamedHost,
        request_id: String,
        asker: Asker,
        gateway: &Gateway,
        pages: &Pages,
    ) -> Findings {
        let kept = kept(gateway, &named).await;
        let now = gateway.now();
        let checks = self.history.recent_checks(&named.host, CHECKS, now).await;
        let fresh = gateway.look_up(&named.host, Source::Page, asker).await.map(|checked| checked.answer);
        let history = match (checks, &fresh) {
            (Ok(checks), Ok(fresh)) => self.past(checks, fresh).await,
            (Ok(checks), Err(_)) => Ok(Past { checks, flip: None, changes: Vec::new() }),
            (Err(error), _) => Err(error),
        };
        let network = match fresh.as_ref().ok().and_then(|fresh| an_address(fresh)) {
            Some(address) => self.network_of(address).await,
            None => None,
        };
        let mut findings = Findings {
            submitted,
            named,
            request_id,
            now,
            kept,
            fresh,
            history,
            network,
            provider: None,
            names: BTreeMap::new(),
        };
        findings.learn_names(pages).await;
        findings
    }

    async fn network_of(&self, address: IpAddr) -> Option<Network> {
        match self.networks.network_of(address).await {
            Err(RegistryError::Off) => None,
            registered => Some(Network { address, registered }),
        }
    }

    async fn past(&self, checks: Vec<Check>, fresh: &Answer) -> Result<Past, HistoryError> {
        let flip = Flip::into(fresh, &checks);
        let changes = match &flip {
            Some(flip) => {
                let (from, to) = flip.window();
                let grounds = Grounds::of(fresh, &checks);
                self.history.catalog_changes(&grounds, from, to, CHANGES).await?
            }
            None => Vec::new(),
        };
        Ok(Past { checks, flip, changes })
    }
}

/// The address that decided, or the first that was found.
fn an_address(answer: &Answer) -> Option<IpAddr> {
    let steps = answer.explanation.iter().flat_map(|explanation| &explanation.steps);
    let found = steps.filter_map(|step| match &step.finding {
        Finding::Addresses { addresses, .. } => addresses.first().copied(),
        _ => None,
    });
    answer.address.or_else(|| found.into_iter().next())
}

/// What a fast check would have answered without looking anything up.
async fn kept(gateway: &Gateway, named: &NamedHost) -> Option<Kept> {
    if let Some(answer) = gateway.cached(&named.host).await {
        return Some(Kept { answer, place: "cache" });
    }
    let stored = gateway.ports.lookup.stored(std::slice::from_ref(&named.host)).await.ok()?;
    let answer = Arc::new(stored.into_iter().next().flatten()?);
    Some(Kept { answer, place: "database" })
}

impl Findings {
    async fn learn_names(&mut self, pages: &Pages) {
        let checked =
            self.history.iter().flat_map(|past| past.checks.iter().filter_map(|check| check.provider));
        let kept = self.kept.iter().filter_map(|kept| kept.answer.verdict.provider());
        let fresh = self.fresh.iter().filter_map(|answer| answer.verdict.provider());
        let ids: Vec<ProviderId> = checked.chain(kept).chain(fresh).collect();
        let present = self.fresh.as_ref().ok().and_then(|answer| answer.verdict.provider());
        for id in ids {
            if self.names.contains_key(&id) {
                continue;
            }
            // Without the directory a provider is its number.
            let Some(detail) = pages.provider(id).await.ok().flatten() else { continue };
            self.names.insert(id, detail.profile.name.clone());
            if present == Some(id) {
                self.provider = Some(detail);
            }
        }
    }

    fn provider_name(&self, id: ProviderId) -> String {
        self.names.get(&id).map_or_else(|| format!("provider {id}"), |name| format!("{name} ({id})"))
    }
}
