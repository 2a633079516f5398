use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::{CarbonTxtEntry, CatalogData, LinkedDomainEntry, NetworkEntry, OriginEntry};
use crate::{
    Asn, CoveringIndex, Generation, Host, HostedBy, Match, MatchKind, Provider, ProviderId, ProviderRef,
    RangeIndex, StoredVerdict,
};

/// The catalog as the decision reads it: immutable, in memory, indexed. A change makes a new one.
///
/// Entries of archived providers match nothing; they are kept for explanations.
pub struct Catalog {
    generation: Generation,
    providers: HashMap<ProviderId, ProviderEntry>,
    networks: Vec<NetworkEntry>,
    ranges: RangeIndex,
    covering: CoveringIndex,
    origins: HashMap<Asn, OriginEntry>,
    /// Who owns the ASN entry and the carbon.txt record with an id: stored verdicts name them by id.
    origin_owners: HashMap<i64, ProviderId>,
    carbon_txts: HashMap<String, CarbonTxtEntry>,
    carbon_txt_owners: HashMap<i64, ProviderId>,
    linked_domains: HashMap<Host, LinkedDomainEntry>,
}

struct ProviderEntry {
    provider: Provider,
    hosted_by: Arc<HostedBy>,
    /// Whether it has any entry by which a look-up could find it.
    findable: bool,
}

impl Catalog {
    /// Indexes `data`. Takes about a second for a million ranges.
    pub fn build(generation: Generation, data: CatalogData) -> Self {
        let mut providers: HashMap<ProviderId, ProviderEntry> =
            data.providers.into_iter().map(ProviderEntry::of).collect();
        for provider in owners(&data.networks, &data.asns, &data.carbon_txts, &data.linked_domains) {
            if let Some(entry) = providers.get_mut(&provider) {
                entry.findable = true;
            }
        }
        let archived = |id: ProviderId| providers.get(&id).is_none_or(|entry| entry.provider.archived);
        let labelled =
            || (0u32..).zip(&data.networks).map(|(label, network)| (network.range, network.id, label));
        let is_active = |label: &u32| !archived(data.networks[*label as usize].provider);
        let ranges = RangeIndex::build(labelled().filter(|(_, _, label)| is_active(label)));
        let covering = CoveringIndex::build(labelled());
        // An active entry takes the place of an archived provider's for the same key; else the lowest id stays.
        let origins = keep_best(data.asns, |entry| entry.asn, |entry| (archived(entry.provider), entry.id));
        let carbon_txts = keep_best(
            data.carbon_txts,
            |entry| entry.url.clone(),
            |entry| (archived(entry.provider), entry.id),
        );
        let linked_domains = keep_best(
            data.linked_domains,
            |entry| entry.domain.clone(),
            |entry| (archived(entry.provider), entry.id),
        );
        Self {
            generation,
            networks: data.networks,
            ranges,
            covering,
            origin_owners: origins.values().map(|entry| (entry.id, entry.provider)).collect(),
            origins,
            carbon_txt_owners: carbon_txts.values().map(|entry| (entry.id, entry.provider)).collect(),
            carbon_txts,
            linked_domains,
            providers,
        }
    }

    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// How many ranges and AS numbers it holds.
    pub fn sizes(&self) -> (usize, usize) {
        (self.networks.len(), self.origins.len())
    }

    pub fn provider(&self, id: ProviderId) -> Option<&Provider> {
        self.providers.get(&id).map(|entry| &entry.provider)
    }

    /// What answers say of a provider, shared between them.
    pub fn hosted_by(&self, id: ProviderId) -> Option<Arc<HostedBy>> {
        self.providers.get(&id).map(|entry| Arc::clone(&entry.hosted_by))
    }

    /// How explanations name a provider.
    pub fn provider_ref(&self, id: ProviderId) -> ProviderRef {
        match self.provider(id) {
            Some(provider) => ProviderRef { id, name: provider.name.clone(), archived: provider.archived },
            None => ProviderRef { id, name: String::new(), archived: true },
        }
    }

    /// Whether the provider exists and is not archived.
    pub fn is_active(&self, id: ProviderId) -> bool {
        self.provider(id).is_some_and(|provider| !provider.archived)
    }

    /// Whether a look-up could find the provider. One that only a snapshot names has no entry to find it by.
    pub fn is_findable(&self, id: ProviderId) -> bool {
        self.providers.get(&id).is_some_and(|entry| entry.findable && !entry.provider.archived)
    }

    /// The approved linked domain that `host` is, itself or by its `www.` alternate.
    pub fn linked_domain(&self, host: &Host) -> Option<&LinkedDomainEntry> {
        if self.linked_domains.is_empty() {
            return None;
        }
        self.linked_domains.get(host).or_else(|| self.linked_domains.get(&host.www_alternate()?))
    }

    /// Whether any provider publishes a carbon.txt: if none does, no name need be asked for one.
    pub fn has_carbon_txts(&self) -> bool {
        !self.carbon_txts.is_empty()
    }

    /// The provider's record of the carbon.txt at exactly this URL.
    pub fn carbon_txt(&self, url: &str) -> Option<&CarbonTxtEntry> {
        self.carbon_txts.get(url)
    }

    /// The narrowest range of an active provider that covers `address`; of equally narrow ones that with the lowest id.
    pub fn network(&self, address: IpAddr) -> Option<&NetworkEntry> {
        self.ranges.get(address).map(|label| &self.networks[label as usize])
    }

    /// All ranges that cover `address`, archived providers' too, from narrowest to widest.
    pub fn networks_covering(&self, address: IpAddr) -> Vec<&NetworkEntry> {
        self.covering.covering(address).into_iter().map(|label| &self.networks[label as usize]).collect()
    }

    /// The entry of an AS number, an archived provider's too.
    pub fn origin(&self, asn: Asn) -> Option<&OriginEntry> {
        self.origins.get(&asn)
    }

    /// Whether a look-up today would still rest on what a stored verdict rests on, as far as can be told without asking
    /// the network.
    pub fn supports(&self, stored: &StoredVerdict) -> bool {
        let linked = self.linked_domain(&stored.host).filter(|entry| self.is_active(entry.provider));
        if let Some(linked) = linked {
            return stored.by == Match { kind: MatchKind::LinkedDomain, id: Some(linked.id) };
        }
        let owned = |owners: &HashMap<i64, ProviderId>| {
            stored.by.id.and_then(|id| owners.get(&id)) == Some(&stored.provider)
                && self.is_active(stored.provider)
        };
        match stored.by.kind {
            MatchKind::LinkedDomain => false,
            MatchKind::CarbonTxt => owned(&self.carbon_txt_owners),
            MatchKind::Range => {
                stored.address.and_then(|address| self.network(address)).is_some_and(|network| {
                    Some(network.id) == stored.by.id && network.provider == stored.provider
                })
            }
            MatchKind::Asn => {
                stored.address.is_none_or(|address| self.network(address).is_none())
                    && owned(&self.origin_owners)
            }
            MatchKind::Snapshot => self.provider(stored.provider).is_none_or(|provider| !provider.archived),
        }
    }
}

impl ProviderEntry {
    fn of(provider: Provider) -> (ProviderId, Self) {
        let hosted_by = Arc::new(HostedBy::from(&provider));
        (provider.id, Self { hosted_by, findable: false, provider })
    }
}

fn owners<'a>(
    networks: &'a [NetworkEntry],
    asns: &'a [OriginEntry],
    carbon_txts: &'a [CarbonTxtEntry],
    linked_domains: &'a [LinkedDomainEntry],
) -> impl Iterator<Item = ProviderId> + 'a {
    let networks = networks.iter().map(|entry| entry.provider);
    let asns = asns.iter().map(|entry| entry.provider);
    let carbon_txts = carbon_txts.iter().map(|entry| entry.provider);
    networks.chain(asns).chain(carbon_txts).chain(linked_domains.iter().map(|entry| entry.provider))
}

/// Of the entries with one key, the one with the lowest rank.
fn keep_best<E, K: Eq + std::hash::Hash, R: Ord>(
    entries: Vec<E>,
    key: impl Fn(&E) -> K,
    rank: impl Fn(&E) -> R,
) -> HashMap<K, E> {
    let mut best: HashMap<K, E> = HashMap::with_capacity(entries.len());
    for entry in entries {
        match best.entry(key(&entry)) {
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(entry);
            }
            std::collections::hash_map::Entry::Occupied(mut taken) => {
                if rank(&entry) < rank(taken.get()) {
                    taken.insert(entry);
                }
            }
        }
    }
    best
}
