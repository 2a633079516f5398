//! Rows as the catalog that decides. Pure: both databases use it.

use std::collections::HashMap;
use std::net::IpAddr;

use greencheck_core::catalog::{CarbonTxtEntry, CatalogData, LinkedDomainEntry, NetworkEntry, OriginEntry};
use greencheck_core::ports::StoreError;
use greencheck_core::{Asn, Document, Host, IpRange, Provider, ProviderId};

use crate::rows::{AsnRow, CarbonTxtRow, DocumentRow, LinkedDomainRow, ProviderRow};

/// An active range: id, provider, start, end.
pub(crate) type RangeColumns = (i64, i64, String, String);

/// What the decision reads, as it is stored.
pub(crate) struct CatalogRows {
    pub(crate) providers: Vec<ProviderRow>,
    pub(crate) documents: Vec<DocumentRow>,
    pub(crate) ranges: Vec<RangeColumns>,
    pub(crate) asns: Vec<AsnRow>,
    pub(crate) carbon_txts: Vec<CarbonTxtRow>,
    pub(crate) linked_domains: Vec<LinkedDomainRow>,
}

pub(crate) fn catalog(rows: CatalogRows) -> Result<CatalogData, StoreError> {
    let mut documents = by_provider(rows.documents);
    let providers = rows.providers.into_iter();
    Ok(CatalogData {
        providers: providers
            .map(|row| provider(documents.remove(&row.id).unwrap_or_default(), row))
            .collect(),
        networks: rows.ranges.into_iter().map(network).collect::<Result<_, _>>()?,
        asns: rows.asns.iter().map(origin).collect::<Result<_, _>>()?,
        carbon_txts: rows.carbon_txts.into_iter().filter_map(carbon_txt).collect(),
        linked_domains: rows.linked_domains.iter().map(linked_domain).collect::<Result<_, _>>()?,
    })
}

/// The documents of each provider, oldest `valid_to` first, those without one last.
fn by_provider(mut rows: Vec<DocumentRow>) -> HashMap<i64, Vec<Document>> {
    rows.sort_by_key(|row| (row.valid_to.is_none(), row.valid_to, row.id));
    let mut documents: HashMap<i64, Vec<Document>> = HashMap::new();
    for row in rows {
        let document = Document { id: row.id, title: row.title, link: row.url };
        documents.entry(row.provider_id).or_default().push(document);
    }
    documents
}

fn provider(documents: Vec<Document>, row: ProviderRow) -> Provider {
    Provider {
        id: ProviderId(row.id),
        name: row.name,
        website: row.website,
        partner: row.partner.unwrap_or_default(),
        is_listed: row.is_listed,
        archived: row.archived,
        documents,
    }
}

pub(crate) fn network((id, provider, start, end): RangeColumns) -> Result<NetworkEntry, StoreError> {
    let address = |text: &str| text.parse::<IpAddr>().ok();
    let range = address(&start).zip(address(&end)).and_then(|(start, end)| IpRange::new(start, end).ok());
    match range {
        Some(range) => Ok(NetworkEntry { id, provider: ProviderId(provider), range }),
        None => Err(StoreError::Corrupt(format!("ip_ranges: `{start}` to `{end}` of entry {id}"))),
    }
}

pub(crate) fn origin(row: &AsnRow) -> Result<OriginEntry, StoreError> {
    match u32::try_from(row.asn).ok().and_then(Asn::new) {
        Some(asn) => Ok(OriginEntry { id: row.id, provider: ProviderId(row.provider_id), asn }),
        None => Err(StoreError::Corrupt(format!("asns: `{}` of entry {}", row.asn, row.id))),
    }
}

fn carbon_txt(row: CarbonTxtRow) -> Option<CarbonTxtEntry> {
    let provider = ProviderId(row.provider_id);
    Some(CarbonTxtEntry { id: row.id, provider, url: row.url?, shared_secret: row.shared_secret })
}

fn linked_domain(row: &LinkedDomainRow) -> Result<LinkedDomainEntry, StoreError> {
    match Host::from_canonical(&row.domain) {
        Ok(domain) => Ok(LinkedDomainEntry { id: row.id, provider: ProviderId(row.provider_id), domain }),
        Err(_) => Err(StoreError::Corrupt(format!("linked_domains: `{}` of entry {}", row.domain, row.id))),
    }
}
