//! The providers that a chunk of a snapshot names.

use std::collections::{BTreeMap, HashSet};

use greencheck_core::catalog::SnapshotRow;

use crate::rows::{NewGreenDomain, ProviderRow};

/// A chunk, ready to be stored.
pub(crate) struct Chunk {
    /// Sorted by name, each name once: its newest row.
    pub(crate) rows: Vec<NewGreenDomain>,
    /// How many rows said the same of a name, and older.
    pub(crate) repeated: u64,
    /// Each provider once, as its newest row describes it.
    pub(crate) providers: Vec<ProviderRow>,
}

impl Chunk {
    pub(crate) fn of(mut rows: Vec<SnapshotRow>) -> Self {
        let given = rows.len();
        rows.sort_by(|a, b| a.host.cmp(&b.host).then(b.modified.cmp(&a.modified)));
        rows.dedup_by(|later, kept| later.host == kept.host);
        let mut newest: BTreeMap<i64, &SnapshotRow> = BTreeMap::new();
        for row in &rows {
            let best = newest.entry(row.provider.0).or_insert(row);
            if row.modified > best.modified {
                *best = row;
            }
        }
        let providers = newest.values().map(|row| provider(row)).collect();
        let repeated = (given - rows.len()) as u64;
        Self { repeated, providers, rows: rows.into_iter().map(NewGreenDomain::from).collect() }
    }

    /// The providers that are not among the `known` ones.
    pub(crate) fn missing_providers(&self, known: &[i64]) -> Vec<&ProviderRow> {
        let known: HashSet<i64> = known.iter().copied().collect();
        self.providers.iter().filter(|provider| !known.contains(&provider.id)).collect()
    }
}

fn provider(row: &SnapshotRow) -> ProviderRow {
    let id = row.provider.0;
    ProviderRow {
        id,
        name: if row.hosted_by.is_empty() { format!("Provider {id}") } else { row.hosted_by.clone() },
        website: row.hosted_by_website.clone(),
        country: String::new(),
        city: String::new(),
        model: String::new(),
        partner: Some(row.partner.clone()).filter(|partner| !partner.is_empty()),
        is_listed: row.listed,
        archived: false,
        description: None,
    }
}
