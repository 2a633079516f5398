use std::collections::BTreeSet;

use crate::{Asn, IpRange};

/// As many entries that were passed over are kept to be shown.
const EXAMPLES: usize = 5;

/// The networks that a provider publishes, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkList {
    pub ranges: BTreeSet<IpRange>,
    pub asns: BTreeSet<Asn>,
    /// Whether AS numbers that are not listed are given up. Where a format hardly ever names any, that would be wrong.
    pub all_asns: bool,
    /// What the list has besides, for people.
    pub passed_over: PassedOver,
}

/// Lines that are no networks and no error either.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PassedOver {
    pub count: u64,
    /// The first of them, each with its line.
    pub examples: Vec<String>,
}

impl NetworkList {
    /// Whether there is no network in it.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty() && self.asns.is_empty()
    }

    /// Adds another part of the same list.
    pub fn merge(&mut self, other: Self) {
        self.ranges.extend(other.ranges);
        self.asns.extend(other.asns);
        self.all_asns |= other.all_asns;
        self.passed_over.count += other.passed_over.count;
        self.passed_over.examples.extend(other.passed_over.examples);
        self.passed_over.examples.truncate(EXAMPLES);
    }

    pub(super) fn pass_over(&mut self, why: impl FnOnce() -> String) {
        self.passed_over.count += 1;
        if self.passed_over.examples.len() < EXAMPLES {
            self.passed_over.examples.push(why());
        }
    }
}
