//! A catalog document as rows, checked against itself and against what is stored. Pure: both databases use it.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use greencheck_core::catalog::{CatalogDocument, ImportReport, SectionReport};
use greencheck_core::ports::StoreError;
use greencheck_core::{Generation, MatchKind};

use crate::rows::{
    AsnRow, CarbonTxtRow, DatacenterProviderRow, DatacenterRow, DocumentRow, IpRangeRow, NewCarbonTxt,
    NewCertificate, NewCo2, NewGreenDomain, NewLinkedDomain, NewUser, ProviderRow, ServiceRow, UserGroupRow,
    UserProviderRow, UserRow,
};

mod domains;
mod evidence;
mod fields;
mod networks;
mod passwords;
mod references;
mod users;

pub(crate) use passwords::Hashes;
pub(crate) use users::links;

/// What is stored already, as far as a document may depend on it.
pub(crate) struct Existing {
    pub(crate) providers: Vec<ProviderRow>,
    pub(crate) active_asns: Vec<AsnRow>,
    pub(crate) carbon_txts: Vec<CarbonTxtRow>,
    /// The users that the document names.
    pub(crate) users: Vec<UserRow>,
    /// The database's time.
    pub(crate) now: NaiveDateTime,
}

/// The rows of a document. Children are replaced as a whole, owner by owner.
pub(crate) struct Prepared {
    pub(crate) providers: Vec<ProviderRow>,
    pub(crate) service_owners: Vec<i64>,
    pub(crate) services: Vec<ServiceRow>,
    pub(crate) documents: Vec<DocumentRow>,
    pub(crate) datacenters: Vec<DatacenterRow>,
    pub(crate) datacenter_ids: Vec<i64>,
    pub(crate) datacenter_providers: Vec<DatacenterProviderRow>,
    pub(crate) certificates: Vec<NewCertificate>,
    pub(crate) ip_ranges: Vec<IpRangeRow>,
    pub(crate) asns: Vec<AsnRow>,
    /// Entries that give their number up, so that another may have it.
    pub(crate) asns_given_up: Vec<i64>,
    pub(crate) carbon_txts: Vec<NewCarbonTxt>,
    /// Providers that give their domain up, so that another may have it.
    pub(crate) carbon_txts_given_up: Vec<i64>,
    pub(crate) linked_domains: Vec<NewLinkedDomain>,
    pub(crate) users: Vec<NewUser>,
    pub(crate) green_domains: Vec<NewGreenDomain>,
    pub(crate) co2_intensity: Vec<NewCo2>,
}

/// Who manages what, once the users have their ids.
pub(crate) struct UserLinks {
    pub(crate) users: Vec<i64>,
    pub(crate) providers: Vec<UserProviderRow>,
    pub(crate) groups: Vec<UserGroupRow>,
}

/// What can be done before anything is locked: checks the document by itself and hashes its passwords.
pub(crate) async fn begin(document: &CatalogDocument) -> Result<Hashes, StoreError> {
    document.check().map_err(|problem| StoreError::Invalid(problem.to_string()))?;
    passwords::hash(document).await
}

/// The rows of a document that was [begun](begin), or the JSON path of what contradicts the catalog.
pub(crate) fn prepare(
    document: &CatalogDocument,
    existing: &Existing,
    hashes: &Hashes,
) -> Result<Prepared, StoreError> {
    let providers = evidence::providers(document);
    let known: HashMap<i64, &ProviderRow> =
        existing.providers.iter().chain(&providers).map(|provider| (provider.id, provider)).collect();
    references::check(document, &known)?;
    let (datacenters, datacenter_providers, certificates) = evidence::datacenters(document)?;
    let asns = networks::asns(document, existing)?;
    let carbon_txts = domains::carbon_txts(document, existing)?;
    Ok(Prepared {
        service_owners: document.services.iter().map(|record| record.provider).collect(),
        services: evidence::services(document),
        documents: evidence::documents(document)?,
        datacenter_ids: datacenters.iter().map(|row| row.id).collect(),
        datacenters,
        datacenter_providers,
        certificates,
        ip_ranges: networks::ranges(document, existing.now)?,
        asns_given_up: networks::given_up(&asns, existing),
        asns,
        carbon_txts_given_up: domains::given_up(&carbon_txts, existing),
        carbon_txts,
        linked_domains: domains::linked_domains(document)?,
        users: users::users(document, existing, hashes),
        green_domains: domains::green_domains(document, &known, existing.now)?,
        co2_intensity: evidence::co2_intensity(document),
        providers,
    })
}

/// What was done, section by section, in the document's order; sections it does not have are left out.
pub(crate) fn report(document: &CatalogDocument, generation: Generation) -> ImportReport {
    let sections = [
        ("providers", document.providers.len()),
        ("services", document.services.len()),
        ("supporting_documents", document.supporting_documents.len()),
        ("datacenters", document.datacenters.len()),
        ("ip_ranges", document.ip_ranges.len()),
        ("asns", document.asns.len()),
        ("carbon_txts", document.carbon_txts.len()),
        ("linked_domains", document.linked_domains.len()),
        ("users", document.users.len()),
        ("green_domains", document.green_domains.len()),
        ("co2_intensity", document.co2_intensity.len()),
    ];
    let sections = sections
        .into_iter()
        .filter(|(_, rows)| *rows > 0)
        .map(|(section, rows)| SectionReport { section, rows: rows as u64 })
        .collect();
    ImportReport { sections, generation }
}

/// What an imported green domain rests on: an entry of another catalog says nothing here.
const IMPORTED: MatchKind = MatchKind::Snapshot;
