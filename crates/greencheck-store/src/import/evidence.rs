//! Providers and what they show for themselves.

use std::collections::BTreeSet;

use greencheck_core::catalog::{CatalogDocument, DatacenterRecord};
use greencheck_core::ports::StoreError;

use super::fields::{Unique, date, invalid, optional, text, word};
use crate::rows::{
    DatacenterProviderRow, DatacenterRow, DocumentRow, NewCertificate, NewCo2, ProviderRow, ServiceRow,
};

const MODELS: [&str; 4] = ["", "groeneenergie", "compensatie", "mixed"];
const DOCUMENT_KINDS: [&str; 4] = ["Annual report", "Web page", "Certificate", "Other"];
const ENERGY_TYPES: [&str; 5] = ["", "wind", "water", "solar", "mixed"];

pub(super) fn providers(document: &CatalogDocument) -> Result<Vec<ProviderRow>, StoreError> {
    let mut ids = Unique::new("providers", "id");
    let mut rows = Vec::with_capacity(document.providers.len());
    for (at, record) in document.providers.iter().enumerate() {
        let path = |field: &str| format!("providers[{at}].{field}");
        ids.check(at, positive(record.id, || path("id"))?)?;
        rows.push(ProviderRow {
            id: record.id,
            name: text(&record.name, || path("name"))?,
            website: text(&record.website, || path("website"))?,
            country: text(&record.country, || path("country"))?,
            city: text(&record.city, || path("city"))?,
            model: word(&record.model, &MODELS, || path("model"))?,
            partner: optional(record.partner.as_deref(), || path("partner"))?,
            is_listed: record.is_listed,
            archived: record.archived,
            description: optional(record.description.as_deref(), || path("description"))?,
        });
    }
    Ok(rows)
}

pub(super) fn services(document: &CatalogDocument) -> Result<(Vec<i64>, Vec<ServiceRow>), StoreError> {
    let mut owners = Unique::new("services", "provider");
    let mut rows = Vec::new();
    for (at, record) in document.services.iter().enumerate() {
        owners.check(at, record.provider)?;
        for (position, service) in (0..).zip(&record.services) {
            let service = text(service, || format!("services[{at}].services[{position}]"))?;
            rows.push(ServiceRow { provider_id: record.provider, position, service });
        }
    }
    Ok((document.services.iter().map(|record| record.provider).collect(), rows))
}

pub(super) fn documents(document: &CatalogDocument) -> Result<Vec<DocumentRow>, StoreError> {
    let mut ids = Unique::new("supporting_documents", "id");
    let mut rows = Vec::with_capacity(document.supporting_documents.len());
    for (at, record) in document.supporting_documents.iter().enumerate() {
        let path = |field: &str| format!("supporting_documents[{at}].{field}");
        ids.check(at, positive(record.id, || path("id"))?)?;
        let kind =
            record.r#type.as_deref().map(|kind| word(kind, &DOCUMENT_KINDS, || path("type"))).transpose()?;
        rows.push(DocumentRow {
            id: record.id,
            provider_id: record.provider,
            title: text(&record.title, || path("title"))?,
            url: text(&record.url, || path("url"))?,
            kind,
            valid_from: date(record.valid_from.as_deref(), || path("valid_from"))?,
            valid_to: date(record.valid_to.as_deref(), || path("valid_to"))?,
            is_public: record.public,
            archived: record.archived,
        });
    }
    Ok(rows)
}

type Datacenters = (Vec<DatacenterRow>, Vec<DatacenterProviderRow>, Vec<NewCertificate>);

pub(super) fn datacenters(document: &CatalogDocument) -> Result<Datacenters, StoreError> {
    let mut ids = Unique::new("datacenters", "id");
    let mut rows = Datacenters::default();
    for (at, record) in document.datacenters.iter().enumerate() {
        let path = |field: &str| format!("datacenters[{at}].{field}");
        ids.check(at, positive(record.id, || path("id"))?)?;
        rows.0.push(DatacenterRow {
            id: record.id,
            name: text(&record.name, || path("name"))?,
            country: text(&record.country, || path("country"))?,
            city: text(&record.city, || path("city"))?,
            website: text(&record.website, || path("website"))?,
            model: word(&record.model, &MODELS, || path("model"))?,
            pue: finite(record.pue, || path("pue"))?,
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
            energy_provider: text(&certificate.energyprovider, || path("energyprovider"))?,
            main_energy_type: word(&certificate.mainenergy_type, &ENERGY_TYPES, || path("mainenergy_type"))?,
            url: text(&certificate.url, || path("url"))?,
            valid_from: date(certificate.valid_from.as_deref(), || path("valid_from"))?,
            valid_to: date(certificate.valid_to.as_deref(), || path("valid_to"))?,
        });
    }
    Ok(())
}

pub(super) fn co2_intensity(document: &CatalogDocument) -> Result<Vec<NewCo2>, StoreError> {
    let mut keys = Unique::new("co2_intensity", "iso3");
    let mut rows = Vec::with_capacity(document.co2_intensity.len());
    for (at, record) in document.co2_intensity.iter().enumerate() {
        let path = |field: &str| format!("co2_intensity[{at}].{field}");
        keys.check(at, format!("{} in {}", record.iso3, record.year))?;
        rows.push(NewCo2 {
            country_name: text(&record.country_name, || path("country_name"))?,
            iso2: optional(record.iso2.as_deref(), || path("iso2"))?,
            iso3: text(&record.iso3, || path("iso3"))?,
            carbon_intensity: finite(record.carbon_intensity, || path("carbon_intensity"))?,
            carbon_intensity_type: text(&record.carbon_intensity_type, || path("carbon_intensity_type"))?,
            generation_from_fossil: finite(record.generation_from_fossil, || path("generation_from_fossil"))?,
            year: record.year,
        });
    }
    Ok(rows)
}

/// Ids are counted from 1, by the platform and by the databases.
pub(super) fn positive(id: i64, path: impl FnOnce() -> String) -> Result<i64, StoreError> {
    if id < 1 { Err(invalid(&path(), format!("{id} is no id, expected at least 1"))) } else { Ok(id) }
}

/// SQLite stores NaN as NULL.
fn finite(number: f64, path: impl FnOnce() -> String) -> Result<f64, StoreError> {
    if number.is_finite() { Ok(number) } else { Err(invalid(&path(), "not a finite number")) }
}
