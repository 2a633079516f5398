//! Rows as a catalog document. Pure: both databases use it.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::{NaiveDate, NaiveDateTime};
use greencheck_core::catalog::{
    AsnRecord, CarbonTxtRecord, CatalogDocument, CertificateRecord, Co2IntensityRecord, DatacenterRecord,
    GreenDomainRecord, IpRangeRecord, LinkedDomainRecord, ProviderRecord, ServicesRecord,
    SupportingDocumentRecord, UserRecord,
};
use greencheck_core::ports::StoreError;

use crate::rows::{
    AsnRow, CarbonTxtRow, CertificateRow, Co2Row, DatacenterProviderRow, DatacenterRow, DocumentRow,
    GreenDomainRow, IpRangeRow, LinkedDomainRow, ProviderRow, ServiceRow, UserGroupRow, UserProviderRow,
    UserRow,
};

/// Everything that an operator entered, as it is stored.
pub(crate) struct StoredRows {
    pub(crate) providers: Vec<ProviderRow>,
    pub(crate) services: Vec<ServiceRow>,
    pub(crate) documents: Vec<DocumentRow>,
    pub(crate) datacenters: Vec<DatacenterRow>,
    pub(crate) datacenter_providers: Vec<DatacenterProviderRow>,
    pub(crate) certificates: Vec<CertificateRow>,
    pub(crate) ip_ranges: Vec<IpRangeRow>,
    pub(crate) asns: Vec<AsnRow>,
    pub(crate) carbon_txts: Vec<CarbonTxtRow>,
    pub(crate) linked_domains: Vec<LinkedDomainRow>,
    pub(crate) users: Vec<UserRow>,
    pub(crate) user_providers: Vec<UserProviderRow>,
    pub(crate) user_groups: Vec<UserGroupRow>,
    pub(crate) green_domains: Vec<GreenDomainRow>,
    pub(crate) co2_intensity: Vec<Co2Row>,
}

pub(crate) fn document(rows: StoredRows, with_secrets: bool) -> Result<CatalogDocument, StoreError> {
    let secret = |secret: Option<String>| secret.filter(|_| with_secrets);
    let mut tenants = grouped(rows.datacenter_providers, |row| (row.datacenter_id, row.provider_id));
    let mut certificates = grouped(rows.certificates, |row| (row.datacenter_id, certificate(row)));
    let mut managed = grouped(rows.user_providers, |row| (row.user_id, row.provider_id));
    let mut groups = grouped(rows.user_groups, |row| (row.user_id, row.group_name));
    Ok(CatalogDocument {
        providers: rows.providers.into_iter().map(provider).collect(),
        services: services(rows.services),
        supporting_documents: rows.documents.into_iter().map(supporting_document).collect(),
        datacenters: rows
            .datacenters
            .into_iter()
            .map(|row| DatacenterRecord {
                providers: tenants.remove(&row.id).unwrap_or_default(),
                certificates: certificates.remove(&row.id).unwrap_or_default(),
                ..datacenter(row)
            })
            .collect(),
        ip_ranges: rows.ip_ranges.into_iter().map(ip_range).collect(),
        asns: rows.asns.iter().map(asn).collect::<Result<_, _>>()?,
        carbon_txts: rows
            .carbon_txts
            .into_iter()
            .map(|row| CarbonTxtRecord {
                provider: row.provider_id,
                domain: row.domain,
                carbon_txt_url: row.url,
                shared_secret: secret(row.shared_secret),
            })
            .collect(),
        linked_domains: rows
            .linked_domains
            .into_iter()
            .map(|row| LinkedDomainRecord {
                provider: row.provider_id,
                domain: row.domain,
                approved: row.approved,
            })
            .collect(),
        users: rows
            .users
            .into_iter()
            .map(|row| UserRecord {
                providers: managed.remove(&row.id).unwrap_or_default(),
                groups: groups.remove(&row.id).unwrap_or_default(),
                username: row.username,
                password: secret(row.password_hash),
            })
            .collect(),
        green_domains: rows.green_domains.into_iter().map(green_domain).collect::<Result<_, _>>()?,
        co2_intensity: rows.co2_intensity.into_iter().map(co2_intensity).collect(),
    })
}

/// Rows by their owner, in their order.
pub(crate) fn grouped<R, K: Eq + Hash, V>(rows: Vec<R>, split: impl Fn(R) -> (K, V)) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for row in rows {
        let (owner, value) = split(row);
        groups.entry(owner).or_default().push(value);
    }
    groups
}

fn provider(row: ProviderRow) -> ProviderRecord {
    ProviderRecord {
        id: row.id,
        name: row.name,
        website: row.website,
        country: row.country,
        city: row.city,
        model: row.model,
        partner: row.partner,
        is_listed: row.is_listed,
        archived: row.archived,
        description: row.description,
    }
}

fn services(rows: Vec<ServiceRow>) -> Vec<ServicesRecord> {
    let mut records: Vec<ServicesRecord> = Vec::new();
    for row in rows {
        match records.last_mut() {
            Some(last) if last.provider == row.provider_id => last.services.push(row.service),
            _ => records.push(ServicesRecord { provider: row.provider_id, services: vec![row.service] }),
        }
    }
    records
}

fn supporting_document(row: DocumentRow) -> SupportingDocumentRecord {
    SupportingDocumentRecord {
        id: row.id,
        provider: row.provider_id,
        title: row.title,
        url: row.url,
        r#type: row.kind,
        valid_from: date(row.valid_from),
        valid_to: date(row.valid_to),
        public: row.is_public,
        archived: row.archived,
        description: row.description,
    }
}

fn datacenter(row: DatacenterRow) -> DatacenterRecord {
    DatacenterRecord {
        id: row.id,
        name: row.name,
        country: row.country,
        website: row.website,
        model: row.model,
        pue: row.pue,
        mja3: row.mja3,
        is_listed: row.is_listed,
        city: row.city,
        ..DatacenterRecord::default()
    }
}

fn certificate(row: CertificateRow) -> CertificateRecord {
    CertificateRecord {
        energyprovider: row.energy_provider,
        mainenergy_type: row.main_energy_type,
        url: row.url,
        valid_from: date(row.valid_from),
        valid_to: date(row.valid_to),
    }
}

fn ip_range(row: IpRangeRow) -> IpRangeRecord {
    IpRangeRecord {
        id: row.id,
        provider: row.provider_id,
        start: row.start_address,
        end: row.end_address,
        active: row.active,
    }
}

fn asn(row: &AsnRow) -> Result<AsnRecord, StoreError> {
    let asn = u32::try_from(row.asn)
        .map_err(|_| StoreError::Corrupt(format!("asns: `{}` of entry {}", row.asn, row.id)))?;
    Ok(AsnRecord { id: row.id, provider: row.provider_id, asn, active: row.active })
}

fn green_domain(row: GreenDomainRow) -> Result<GreenDomainRecord, StoreError> {
    let kind = row.kind()?;
    Ok(GreenDomainRecord {
        url: row.host,
        hosted_by_id: row.provider_id,
        hosted_by: Some(row.hosted_by),
        hosted_by_website: Some(row.hosted_by_website),
        partner: Some(row.partner),
        listed_provider: row.listed,
        green: row.green,
        modified: Some(time(row.modified)),
        created: Some(time(row.created)),
        r#type: Some(kind.platform_type().to_owned()),
    })
}

fn co2_intensity(row: Co2Row) -> Co2IntensityRecord {
    Co2IntensityRecord {
        country_name: row.country_name,
        iso2: row.iso2,
        iso3: row.iso3,
        carbon_intensity: row.carbon_intensity,
        carbon_intensity_type: row.carbon_intensity_type,
        generation_from_fossil: row.generation_from_fossil,
        year: row.year,
    }
}

fn date(date: Option<NaiveDate>) -> Option<String> {
    date.map(|date| date.format("%Y-%m-%d").to_string())
}

fn time(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.fZ").to_string()
}
