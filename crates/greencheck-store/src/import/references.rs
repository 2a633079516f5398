use std::collections::HashMap;

use greencheck_core::catalog::CatalogDocument;
use greencheck_core::ports::StoreError;

use super::fields::invalid;
use crate::rows::ProviderRow;

/// Whether every provider that the document refers to is in it or in the catalog.
pub(super) fn check(
    document: &CatalogDocument,
    known: &HashMap<i64, &ProviderRow>,
) -> Result<(), StoreError> {
    let one = |section: &str, at: usize, field: &str, id: i64| {
        if known.contains_key(&id) {
            return Ok(());
        }
        let problem = format!("provider {id} is neither in the document nor in the catalog");
        Err(invalid(&format!("{section}[{at}].{field}"), problem))
    };
    let many = |section: &str, at: usize, ids: &[i64]| {
        ids.iter()
            .enumerate()
            .try_for_each(|(place, id)| one(section, at, &format!("providers[{place}]"), *id))
    };
    each(&document.services, |at, row| one("services", at, "provider", row.provider))?;
    each(&document.supporting_documents, |at, row| {
        one("supporting_documents", at, "provider", row.provider)
    })?;
    each(&document.datacenters, |at, row| many("datacenters", at, &row.providers))?;
    each(&document.ip_ranges, |at, row| one("ip_ranges", at, "provider", row.provider))?;
    each(&document.asns, |at, row| one("asns", at, "provider", row.provider))?;
    each(&document.carbon_txts, |at, row| one("carbon_txts", at, "provider", row.provider))?;
    each(&document.linked_domains, |at, row| one("linked_domains", at, "provider", row.provider))?;
    each(&document.users, |at, row| many("users", at, &row.providers))?;
    // A green domain names its provider; only without a name the catalog has to know it.
    each(&document.green_domains, |at, row| match row.hosted_by {
        Some(_) => Ok(()),
        None => one("green_domains", at, "hosted_by_id", row.hosted_by_id),
    })
}

fn each<T>(rows: &[T], check: impl Fn(usize, &T) -> Result<(), StoreError>) -> Result<(), StoreError> {
    rows.iter().enumerate().try_for_each(|(at, row)| check(at, row))
}
