use std::collections::{BTreeMap, BTreeSet};

use super::NetworkList;
use crate::{Asn, IpRange, ProviderId};

/// An entry of a provider as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredEntry<T> {
    pub id: i64,
    pub value: T,
    pub active: bool,
}

/// An AS number that another provider holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenAsn {
    pub id: i64,
    pub asn: Asn,
    pub provider: ProviderId,
}

/// What the catalog has already: entries of the provider, active or not, in the order of their ids, and active entries of
/// others for AS numbers of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredNetworks {
    pub ranges: Vec<StoredEntry<IpRange>>,
    pub asns: Vec<StoredEntry<Asn>>,
    pub taken: Vec<TakenAsn>,
}

/// How the entries of a provider become those of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkPlan {
    pub ranges: Changes<IpRange>,
    pub asns: Changes<Asn>,
}

/// What happens to the entries of one kind. An entry that is stored twice stays as it is: both are right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes<T> {
    /// Values that are stored nowhere.
    pub insert: Vec<T>,
    /// Inactive entries that are listed again.
    pub activate: Vec<StoredEntry<T>>,
    /// Active entries that are not listed any more.
    pub deactivate: Vec<StoredEntry<T>>,
    /// Values that are active and listed.
    pub kept: u64,
}

/// Why a list is not taken. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetworkRefusal {
    #[error("the catalog has no provider {0}: import it first")]
    UnknownProvider(ProviderId),
    #[error("provider {0} ({1}) is archived: it makes nothing green, so its networks stay as they are")]
    Archived(ProviderId, String),
    #[error("the list names no network: was the download empty? Force it to give all networks up")]
    Empty,
    #[error(
        "the list has {listed} {kind}, less than half of the {active} that are active: force it if that is right"
    )]
    Shrinks { kind: &'static str, listed: u64, active: u64 },
    #[error(
        "{asn} is entry {id} of provider {provider} already: an AS number has one provider, deactivate it there first"
    )]
    Taken { asn: Asn, id: i64, provider: ProviderId },
}

impl NetworkPlan {
    /// What `list` changes. An AS number that it does not name is given up only if it names all.
    pub fn new(list: &NetworkList, stored: &StoredNetworks) -> Self {
        let mut asns = Changes::new(&list.asns, &stored.asns);
        if !list.all_asns {
            asns.deactivate.clear();
        }
        Self { ranges: Changes::new(&list.ranges, &stored.ranges), asns }
    }

    /// Whether the catalog has all of it already.
    pub fn changes_nothing(&self) -> bool {
        self.ranges.is_empty() && self.asns.is_empty()
    }

    /// Whether the list may be taken. A list that is empty, or has less than half of the active IPv4 networks, IPv6
    /// networks or (if it names all) AS numbers, is more likely broken than true: only `force` takes it.
    pub fn check(
        &self,
        list: &NetworkList,
        stored: &StoredNetworks,
        force: bool,
    ) -> Result<(), NetworkRefusal> {
        if let Some(TakenAsn { id, asn, provider }) = stored.taken.first().copied() {
            return Err(NetworkRefusal::Taken { asn, id, provider });
        }
        if force {
            return Ok(());
        }
        if list.is_empty() {
            return Err(NetworkRefusal::Empty);
        }
        let v4 = |range: &IpRange| range.is_v4();
        let v6 = |range: &IpRange| !range.is_v4();
        shrinks("IPv4 networks", &list.ranges, &stored.ranges, v4)?;
        shrinks("IPv6 networks", &list.ranges, &stored.ranges, v6)?;
        if list.all_asns {
            shrinks("AS numbers", &list.asns, &stored.asns, |_| true)?;
        }
        Ok(())
    }
}

fn shrinks<T: Ord>(
    kind: &'static str,
    listed: &BTreeSet<T>,
    stored: &[StoredEntry<T>],
    of_kind: impl Fn(&T) -> bool,
) -> Result<(), NetworkRefusal> {
    let listed = listed.iter().filter(|value| of_kind(value)).count() as u64;
    let active = stored.iter().filter(|entry| entry.active).map(|entry| &entry.value);
    let active = active.filter(|value| of_kind(value)).collect::<BTreeSet<_>>().len() as u64;
    if listed * 2 < active { Err(NetworkRefusal::Shrinks { kind, listed, active }) } else { Ok(()) }
}

impl<T: Ord + Copy> Changes<T> {
    fn new(listed: &BTreeSet<T>, stored: &[StoredEntry<T>]) -> Self {
        let (active, inactive): (Vec<_>, Vec<_>) = stored.iter().copied().partition(|entry| entry.active);
        let values: BTreeSet<T> = active.iter().map(|entry| entry.value).collect();
        let mut sleeping: BTreeMap<T, StoredEntry<T>> = BTreeMap::new();
        for entry in inactive {
            sleeping.entry(entry.value).or_insert(entry);
        }
        let missing = || listed.difference(&values).copied();
        Self {
            insert: missing().filter(|value| !sleeping.contains_key(value)).collect(),
            activate: missing().filter_map(|value| sleeping.get(&value).copied()).collect(),
            deactivate: active.into_iter().filter(|entry| !listed.contains(&entry.value)).collect(),
            kept: listed.intersection(&values).count() as u64,
        }
    }
}

impl<T> Changes<T> {
    fn is_empty(&self) -> bool {
        self.insert.is_empty() && self.activate.is_empty() && self.deactivate.is_empty()
    }
}
