use std::collections::BTreeSet;

use serde::Serialize;

use super::{Changes, NetworkPlan};
use crate::{Asn, Generation, IpRange, ProviderId};

/// What an import of networks did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NetworkReport {
    pub provider: ProviderId,
    /// The name of the provider.
    pub name: String,
    pub ranges: Delta<IpRange>,
    pub asns: Delta<Asn>,
    /// The catalog's generation afterwards: a new one only if something changed.
    pub generation: Generation,
}

/// What became active, what is no longer, and how much stayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delta<T> {
    pub added: Vec<T>,
    pub removed: Vec<T>,
    pub kept: u64,
}

impl NetworkReport {
    pub fn new(provider: ProviderId, name: String, plan: &NetworkPlan, generation: Generation) -> Self {
        Self { provider, name, ranges: (&plan.ranges).into(), asns: (&plan.asns).into(), generation }
    }
}

impl<T: Ord + Copy> From<&Changes<T>> for Delta<T> {
    fn from(changes: &Changes<T>) -> Self {
        let again = changes.activate.iter().map(|entry| entry.value);
        let added: BTreeSet<T> = changes.insert.iter().copied().chain(again).collect();
        let removed: BTreeSet<T> = changes.deactivate.iter().map(|entry| entry.value).collect();
        Self {
            added: added.into_iter().collect(),
            removed: removed.into_iter().collect(),
            kept: changes.kept,
        }
    }
}
