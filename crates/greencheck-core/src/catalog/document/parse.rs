use std::collections::BTreeMap;

use super::CatalogDocument;

/// A document and what was ignored in it.
#[derive(Debug, Clone, Default)]
pub struct ParsedDocument {
    pub document: CatalogDocument,
    /// How often each unknown key was met, by its path without indexes (`providers.colour`).
    pub ignored: BTreeMap<String, u64>,
}

/// A document that cannot be imported: the JSON path of the first thing that is wrong, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct InvalidDocument {
    /// For example `ip_ranges[12].end`.
    pub path: String,
    pub problem: String,
}
