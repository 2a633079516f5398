//! Providers and what they show for themselves.

use std::collections::BTreeSet;

use greencheck_core::catalog::{
    CatalogDocument, Co2IntensityRecord, DatacenterRecord, ProviderRecord, ServicesRecord,
};
use greencheck_core::ports::StoreError;

use super::fields::date;
use crate::rows::{
    DatacenterProviderRow, DatacenterRow, DocumentRow, NewCertificate, NewCo2, ProviderRow, ServiceRow,
};

pub(super) fn providers(document: &CatalogDocument) -> Vec<ProviderRow> {
    let row = |record: &ProviderRecord| ProviderRow {
        id: record.id,
        name: record.name.clone(),
        website: record.website.clone(),
        country: record.country.clone(),
        city: record.city.clone(),
        model: record.model.clone(),
        partner: record.partner.clone(),
        is_listed: record.is_listed,
        archived: record.archived,
        description: record.description.clone(),
    };
    document.providers.iter().map(row).collect()
}

pub(super) fn services(document: &CatalogDocument) -> Vec<ServiceRow> {
    let rows = |record: &ServicesRecord| {
        let provider_id = record.provider;
        let row = move |(position, service)| ServiceRow { provider_id, position, service };
        (0..).zip(record.services.clone()).map(row)
    };
    document.services.iter().flat_map(rows).collect()
}

pub(super) fn documents(document: &CatalogDocument) -> Result<Vec<DocumentRow>, StoreError> {
    let mut rows = Vec::with_capacity(document.supporting_documents.len());
    for (at, record) in document.supporting_documents.iter().enumerate() {
        let path = |field: &str| format!("supporting_documents[{at}].{field}");
        rows.push(DocumentRow {
            id: record.id,
            provider_id: record.provider,
            title: record.title.clone(),
            url: record.url.clone(),
            kind: record.r#type.clone(),
            valid_from: date(record.valid_from.as_deref(), || path("valid_from"))?,
            valid_to: date(record.valid_to.as_deref(), || path("valid_to"))?,
            is_public: record.public,
            archived: record.archived,
            description: record.description.clone(),
        });
    }
    Ok(rows)
}

type Datacenters = (Vec<DatacenterRow>, Vec<DatacenterProviderRow>, Vec<NewCertificate>);

pub(super) fn datacenters(document: &CatalogDocument) -> Result<Datacenters, StoreError> {
    let mut rows = Datacenters::default();
    for (at, record) in document.datacenters.iter().enumerate() {
        rows.0.push(DatacenterRow {
            id: record.id,
            name: record.name.clone(),
            country: record.country.clone(),
            city: record.city.clone(),
            website: record.website.clone(),
            model: record.model.clone(),
            pue: record.pue,
            mja3: record.mja3,
            is_listed: record.is_listed,
        });
        let providers: BTreeSet<i64> = record.providers.iter().copied().collect();
        let datacenter_id = record.id;
        rows.1.extend(
            providers.into_iter().map(|provider_id| DatacenterProviderRow { datacenter_id, provider_id }),
        );
        certificates(at, record, &mut rows.2)?;
    }
    Ok(rows)
}

fn certificates(
    at: usize,
    record: &DatacenterRecord,
    rows: &mut Vec<NewCertificate>,
) -> Result<(), StoreError> {
    for (place, certificate) in record.certificates.iter().enumerate() {
        let path = |field: &str| format!("datacenters[{at}].certificates[{place}].{field}");
        rows.push(NewCertificate {
            datacenter_id: record.id,
            energy_provider: certificate.energyprovider.clone(),
            main_energy_type: certificate.mainenergy_type.clone(),
            url: certificate.url.clone(),
            valid_from: date(certificate.valid_from.as_deref(), || path("valid_from"))?,
            valid_to: date(certificate.valid_to.as_deref(), || path("valid_to"))?,
        });
    }
    Ok(())
}

pub(super) fn co2_intensity(document: &CatalogDocument) -> Vec<NewCo2> {
    let row = |record: &Co2IntensityRecord| NewCo2 {
        country_name: record.country_name.clone(),
        iso2: record.iso2.clone(),
        iso3: record.iso3.clone(),
        carbon_intensity: record.carbon_intensity,
        carbon_intensity_type: record.carbon_intensity_type.clone(),
        generation_from_fossil: record.generation_from_fossil,
        year: record.year,
    };
    document.co2_intensity.iter().map(row).collect()
}
