use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;
use greencheck_core::catalog::CatalogDocument;
use greencheck_core::ports::StoreError;

use super::fields::{host, invalid, time};
use super::{Existing, IMPORTED};
use crate::rows::{CarbonTxtRow, NewCarbonTxt, NewGreenDomain, NewLinkedDomain, ProviderRow};

/// A record without a secret keeps the secret it has: documents are exported without.
pub(super) fn carbon_txts(
    document: &CatalogDocument,
    existing: &Existing,
) -> Result<Vec<NewCarbonTxt>, StoreError> {
    let replaced: HashSet<i64> = document.carbon_txts.iter().map(|record| record.provider).collect();
    let by_provider: HashMap<i64, &CarbonTxtRow> =
        existing.carbon_txts.iter().map(|row| (row.provider_id, row)).collect();
    let taken: HashMap<&str, i64> = existing
        .carbon_txts
        .iter()
        .filter(|row| !replaced.contains(&row.provider_id))
        .filter_map(|row| Some((row.domain.as_deref()?, row.provider_id)))
        .collect();
    let mut rows = Vec::with_capacity(document.carbon_txts.len());
    for (at, record) in document.carbon_txts.iter().enumerate() {
        let path = |field: &str| format!("carbon_txts[{at}].{field}");
        let domain = record.domain.as_deref().map(|domain| host(domain, || path("domain"))).transpose()?;
        if let Some((domain, provider)) =
            domain.as_ref().and_then(|domain| Some((domain, taken.get(domain.as_str())?)))
        {
            return Err(invalid(&path("domain"), format!("{domain} is provider {provider}'s already")));
        }
        let kept = || by_provider.get(&record.provider).and_then(|row| row.shared_secret.clone());
        rows.push(NewCarbonTxt {
            provider_id: record.provider,
            domain: domain.map(|domain| domain.as_str().to_owned()),
            url: record.carbon_txt_url.clone(),
            shared_secret: record.shared_secret.clone().or_else(kept),
        });
    }
    Ok(rows)
}

/// The providers whose domain `rows` change or end.
pub(super) fn given_up(rows: &[NewCarbonTxt], existing: &Existing) -> Vec<i64> {
    let present: HashMap<i64, Option<&str>> =
        existing.carbon_txts.iter().map(|row| (row.provider_id, row.domain.as_deref())).collect();
    let changed = rows.iter().filter(|row| {
        present
            .get(&row.provider_id)
            .is_some_and(|domain| domain.is_some() && *domain != row.domain.as_deref())
    });
    changed.map(|row| row.provider_id).collect()
}

pub(super) fn linked_domains(document: &CatalogDocument) -> Result<Vec<NewLinkedDomain>, StoreError> {
    let mut rows = Vec::with_capacity(document.linked_domains.len());
    for (at, record) in document.linked_domains.iter().enumerate() {
        let domain = host(&record.domain, || format!("linked_domains[{at}].domain"))?;
        rows.push(NewLinkedDomain {
            provider_id: record.provider,
            domain: domain.as_str().to_owned(),
            approved: record.approved,
        });
    }
    Ok(rows)
}

/// What an entry does not say of its provider the catalog says.
pub(super) fn green_domains(
    document: &CatalogDocument,
    known: &HashMap<i64, &ProviderRow>,
    now: NaiveDateTime,
) -> Result<Vec<NewGreenDomain>, StoreError> {
    let mut rows = Vec::with_capacity(document.green_domains.len());
    for (at, record) in document.green_domains.iter().enumerate() {
        let path = |field: &str| format!("green_domains[{at}].{field}");
        let host = host(&record.url, || path("url"))?;
        let provider = known.get(&record.hosted_by_id);
        let said = |value: &Option<String>, of: fn(&ProviderRow) -> &str| {
            value.clone().or_else(|| Some(of(provider?).to_owned())).unwrap_or_default()
        };
        let modified = time(record.modified.as_deref(), || path("modified"))?.unwrap_or(now);
        let created = time(record.created.as_deref(), || path("created"))?.unwrap_or(modified);
        rows.push(NewGreenDomain {
            host: host.as_str().to_owned(),
            green: record.green,
            provider_id: record.hosted_by_id,
            hosted_by: said(&record.hosted_by, |provider| &provider.name),
            hosted_by_website: said(&record.hosted_by_website, |provider| &provider.website),
            partner: said(&record.partner, |provider| provider.partner.as_deref().unwrap_or_default()),
            listed: record.listed_provider,
            match_kind: IMPORTED.as_str(),
            match_id: None,
            address: None,
            created,
            modified,
        });
    }
    // Every writer locks rows by name, in this order.
    rows.sort_unstable_by(|a, b| a.host.cmp(&b.host));
    Ok(rows)
}
