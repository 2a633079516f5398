//! Rows of green domains as verdicts on the names that were asked for.

use std::collections::HashMap;

use greencheck_core::ports::StoreError;
use greencheck_core::{Host, StoredVerdict};

use crate::rows::GreenDomainRow;

/// How many names one query asks for.
pub(crate) const NAMES: usize = 1_000;

/// The verdicts in `rows`, whatever names they are on.
pub(crate) fn all_verdicts(rows: Vec<GreenDomainRow>) -> Result<Vec<StoredVerdict>, StoreError> {
    rows.into_iter()
        .map(|row| {
            let host = Host::from_canonical(&row.host)
                .map_err(|_| StoreError::Corrupt(format!("green_domains: host `{}`", row.host)))?;
            row.verdict_on(host)
        })
        .collect()
}

/// The verdicts in `rows`, which are on some of `hosts`.
pub(crate) fn verdicts(rows: Vec<GreenDomainRow>, hosts: &[Host]) -> Result<Vec<StoredVerdict>, StoreError> {
    let asked: HashMap<&str, &Host> = hosts.iter().map(|host| (host.as_str(), host)).collect();
    rows.into_iter()
        .map(|row| match asked.get(row.host.as_str()) {
            Some(host) => row.verdict_on(Host::clone(host)),
            None => Err(StoreError::Corrupt(format!("green_domains: `{}` was not asked for", row.host))),
        })
        .collect()
}
