use std::collections::HashSet;
use std::hash::Hash;

use super::InvalidDocument;

/// One entry of a section: where errors in it are.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) section: &'static str,
    pub(super) index: usize,
}

impl Entry {
    /// Passes on what a check found, with the path of `field` when it found a problem.
    pub(super) fn check<T>(self, field: &str, result: Result<T, String>) -> Result<T, InvalidDocument> {
        result.map_err(|problem| self.problem(field, problem))
    }

    pub(super) fn problem(self, field: &str, problem: String) -> InvalidDocument {
        InvalidDocument { path: format!("{}[{}].{field}", self.section, self.index), problem }
    }
}

/// The entries of a section.
pub(super) fn entries<'a, R>(
    section: &'static str,
    records: &'a [R],
) -> impl Iterator<Item = (Entry, &'a R)> {
    records.iter().enumerate().map(move |(index, record)| (Entry { section, index }, record))
}

/// Finds keys that come twice in a section.
pub(super) struct Unique<K>(HashSet<K>);

impl<K: Eq + Hash> Unique<K> {
    pub(super) fn new() -> Self {
        Self(HashSet::new())
    }

    /// `shown` is what the message calls the key.
    pub(super) fn check(&mut self, key: K, shown: &str) -> Result<(), String> {
        if self.0.insert(key) { Ok(()) } else { Err(format!("{shown} comes twice in this section")) }
    }
}
