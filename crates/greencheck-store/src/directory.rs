//! Rows as the directory shows them. Pure: both databases use it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDateTime;
use greencheck_core::directory::{
    Co2Intensity, Datacenter, EnergyCertificate, Evidence, HostedDomain, ProviderDetail, ProviderProfile,
    Registered,
};
use greencheck_core::ports::StoreError;
use greencheck_core::{Host, MatchKind, ProviderId};

use crate::export::grouped;
use crate::rows::{CertificateRow, Co2Row, DatacenterRow, DocumentRow, ProviderRow, ServiceRow, utc};

/// What profiles are made of; rows of other providers may be among them.
pub(crate) struct ProfileRows {
    pub(crate) providers: Vec<ProviderRow>,
    pub(crate) services: Vec<ServiceRow>,
    pub(crate) documents: Vec<DocumentRow>,
    pub(crate) carbon_txts: Vec<(i64, String)>,
}

/// What a provider in full is made of.
pub(crate) struct DetailRows {
    pub(crate) profile: ProfileRows,
    pub(crate) datacenters: Vec<DatacenterRow>,
    pub(crate) certificates: Vec<CertificateRow>,
    pub(crate) registered: RegisteredRows,
}

/// What a provider has registered: how much of some, and the AS numbers.
pub(crate) struct RegisteredRows {
    pub(crate) ipv4_ranges: i64,
    pub(crate) ipv6_ranges: i64,
    pub(crate) asns: Vec<i64>,
    pub(crate) linked_domains: i64,
}

/// A domain of a provider: host, kind of match, created, modified.
pub(crate) type DomainColumns = (String, String, NaiveDateTime, NaiveDateTime);

pub(crate) fn profiles(rows: ProfileRows) -> Vec<ProviderProfile> {
    let mut services = grouped(rows.services, |row| (row.provider_id, row.service));
    let mut evidence = grouped(rows.documents, |row| (row.provider_id, document(row)));
    let mut carbon_txts: HashMap<i64, String> = rows.carbon_txts.into_iter().collect();
    let providers = rows.providers.into_iter();
    providers
        .map(|row| ProviderProfile {
            services: services.remove(&row.id).unwrap_or_default(),
            evidence: newest_first(evidence.remove(&row.id).unwrap_or_default()),
            carbon_txt: carbon_txts.remove(&row.id),
            id: ProviderId(row.id),
            name: row.name,
            website: row.website,
            country: row.country,
            city: row.city,
            model: row.model,
            partner: row.partner,
            description: row.description,
            is_listed: row.is_listed,
            archived: row.archived,
        })
        .collect()
}

pub(crate) fn detail(rows: DetailRows) -> Option<ProviderDetail> {
    let mut certificates = grouped(rows.certificates, |row| (row.datacenter_id, certificate(row)));
    let profile = profiles(rows.profile).into_iter().next()?;
    let datacenters = rows.datacenters.into_iter();
    let datacenters = datacenters
        .map(|row| Datacenter {
            certificates: certificates.remove(&row.id).unwrap_or_default(),
            id: row.id,
            name: row.name,
            website: row.website,
            country: row.country,
            city: row.city,
            model: row.model,
            pue: row.pue,
            mja3: row.mja3,
        })
        .collect();
    Some(ProviderDetail { profile, datacenters, registered: registered(rows.registered) })
}

fn registered(rows: RegisteredRows) -> Registered {
    Registered {
        ipv4_ranges: rows.ipv4_ranges.unsigned_abs(),
        ipv6_ranges: rows.ipv6_ranges.unsigned_abs(),
        asns: rows.asns.into_iter().filter_map(|asn| asn.try_into().ok()).collect(),
        linked_domains: rows.linked_domains.unsigned_abs(),
    }
}

pub(crate) fn domains(rows: Vec<DomainColumns>) -> Result<Vec<HostedDomain>, StoreError> {
    rows.into_iter().map(domain).collect()
}

fn domain((host, kind, created, modified): DomainColumns) -> Result<HostedDomain, StoreError> {
    let corrupt = |what: &str| StoreError::Corrupt(format!("green_domains: {what} of `{host}`"));
    Ok(HostedDomain {
        host: Host::from_canonical(&host).map_err(|_| corrupt("the name"))?,
        matched: MatchKind::from_name(&kind).ok_or_else(|| corrupt(&format!("match_kind `{kind}`")))?,
        created: utc(created),
        modified: utc(modified),
    })
}

/// The last of `rows` for each country.
pub(crate) fn newest_by_country(rows: Vec<Co2Row>) -> Vec<Co2Intensity> {
    let mut newest = BTreeMap::new();
    for row in rows {
        let Some(iso2) = row.iso2 else { continue };
        let intensity = Co2Intensity {
            country_name: row.country_name,
            iso2: iso2.to_ascii_uppercase(),
            iso3: row.iso3,
            carbon_intensity: row.carbon_intensity,
            carbon_intensity_type: row.carbon_intensity_type,
            generation_from_fossil: row.generation_from_fossil,
            year: row.year,
        };
        newest.insert(intensity.iso2.clone(), intensity);
    }
    newest.into_values().collect()
}

fn document(row: DocumentRow) -> Evidence {
    Evidence {
        id: row.id,
        title: row.title,
        link: row.url,
        kind: row.kind,
        description: row.description,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
    }
}

fn newest_first(mut evidence: Vec<Evidence>) -> Vec<Evidence> {
    evidence.sort_by_key(|document| (Reverse(document.valid_to), document.id));
    evidence
}

fn certificate(row: CertificateRow) -> EnergyCertificate {
    EnergyCertificate {
        energy_provider: row.energy_provider,
        main_energy_type: row.main_energy_type,
        url: row.url,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
    }
}
