use chrono::{NaiveDate, NaiveDateTime};
use diesel::{Insertable, Queryable};

use crate::schema::{
    asns, carbon_txts, co2_intensity, datacenter_certificates, datacenter_providers, datacenters, ip_ranges,
    linked_domains, provider_services, providers, supporting_documents, user_groups, user_providers, users,
};

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = providers, treat_none_as_default_value = false)]
pub(crate) struct ProviderRow {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) website: String,
    pub(crate) country: String,
    pub(crate) city: String,
    pub(crate) model: String,
    pub(crate) partner: Option<String>,
    pub(crate) is_listed: bool,
    pub(crate) archived: bool,
    pub(crate) description: Option<String>,
}

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = provider_services, treat_none_as_default_value = false)]
pub(crate) struct ServiceRow {
    pub(crate) provider_id: i64,
    pub(crate) position: i32,
    pub(crate) service: String,
}

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = supporting_documents, treat_none_as_default_value = false)]
pub(crate) struct DocumentRow {
    pub(crate) id: i64,
    pub(crate) provider_id: i64,
    pub(crate) title: String,
    pub(crate) url: String,
    pub(crate) kind: Option<String>,
    pub(crate) valid_from: Option<NaiveDate>,
    pub(crate) valid_to: Option<NaiveDate>,
    pub(crate) is_public: bool,
    pub(crate) archived: bool,
    pub(crate) description: Option<String>,
}

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = datacenters, treat_none_as_default_value = false)]
pub(crate) struct DatacenterRow {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) country: String,
    pub(crate) city: String,
    pub(crate) website: String,
    pub(crate) model: String,
    pub(crate) pue: f64,
    pub(crate) mja3: Option<bool>,
    pub(crate) is_listed: bool,
}

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = datacenter_providers, treat_none_as_default_value = false)]
pub(crate) struct DatacenterProviderRow {
    pub(crate) datacenter_id: i64,
    pub(crate) provider_id: i64,
}

#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = datacenter_certificates, treat_none_as_default_value = false)]
pub(crate) struct NewCertificate {
    pub(crate) datacenter_id: i64,
    pub(crate) energy_provider: String,
    pub(crate) main_energy_type: String,
    pub(crate) url: String,
    pub(crate) valid_from: Option<NaiveDate>,
    pub(crate) valid_to: Option<NaiveDate>,
}

#[derive(Debug, Clone, Queryable)]
pub(crate) struct CertificateRow {
    _id: i64,
    pub(crate) datacenter_id: i64,
    pub(crate) energy_provider: String,
    pub(crate) main_energy_type: String,
    pub(crate) url: String,
    pub(crate) valid_from: Option<NaiveDate>,
    pub(crate) valid_to: Option<NaiveDate>,
}

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = ip_ranges, treat_none_as_default_value = false)]
pub(crate) struct IpRangeRow {
    pub(crate) id: i64,
    pub(crate) provider_id: i64,
    pub(crate) start_address: String,
    pub(crate) end_address: String,
    pub(crate) family: i32,
    pub(crate) active: bool,
    pub(crate) created: NaiveDateTime,
    pub(crate) modified: NaiveDateTime,
}

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = asns, treat_none_as_default_value = false)]
pub(crate) struct AsnRow {
    pub(crate) id: i64,
    pub(crate) provider_id: i64,
    pub(crate) asn: i64,
    pub(crate) active: bool,
    pub(crate) created: NaiveDateTime,
    pub(crate) modified: NaiveDateTime,
}

// No Debug: it holds a secret.
#[derive(Clone, Insertable)]
#[diesel(table_name = carbon_txts, treat_none_as_default_value = false)]
pub(crate) struct NewCarbonTxt {
    pub(crate) provider_id: i64,
    pub(crate) domain: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) shared_secret: Option<String>,
}

// No Debug: it holds a secret.
#[derive(Clone, Queryable)]
pub(crate) struct CarbonTxtRow {
    pub(crate) id: i64,
    pub(crate) provider_id: i64,
    pub(crate) domain: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) shared_secret: Option<String>,
}

#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = linked_domains, treat_none_as_default_value = false)]
pub(crate) struct NewLinkedDomain {
    pub(crate) provider_id: i64,
    pub(crate) domain: String,
    pub(crate) approved: bool,
}

#[derive(Debug, Clone, Queryable)]
pub(crate) struct LinkedDomainRow {
    pub(crate) id: i64,
    pub(crate) provider_id: i64,
    pub(crate) domain: String,
    pub(crate) approved: bool,
}

// No Debug: it holds a secret.
#[derive(Clone, Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
pub(crate) struct NewUser {
    pub(crate) username: String,
    pub(crate) password_hash: Option<String>,
}

// No Debug: it holds a secret.
#[derive(Clone, Queryable)]
pub(crate) struct UserRow {
    pub(crate) id: i64,
    pub(crate) username: String,
    pub(crate) password_hash: Option<String>,
}

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = user_providers, treat_none_as_default_value = false)]
pub(crate) struct UserProviderRow {
    pub(crate) user_id: i64,
    pub(crate) provider_id: i64,
}

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = user_groups, treat_none_as_default_value = false)]
pub(crate) struct UserGroupRow {
    pub(crate) user_id: i64,
    pub(crate) group_name: String,
}

#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = co2_intensity, treat_none_as_default_value = false)]
pub(crate) struct NewCo2 {
    pub(crate) country_name: String,
    pub(crate) iso2: Option<String>,
    pub(crate) iso3: String,
    pub(crate) carbon_intensity: f64,
    pub(crate) carbon_intensity_type: String,
    pub(crate) generation_from_fossil: f64,
    pub(crate) year: i32,
}

#[derive(Debug, Clone, Queryable)]
pub(crate) struct Co2Row {
    _id: i64,
    pub(crate) country_name: String,
    pub(crate) iso2: Option<String>,
    pub(crate) iso3: String,
    pub(crate) carbon_intensity: f64,
    pub(crate) carbon_intensity_type: String,
    pub(crate) generation_from_fossil: f64,
    pub(crate) year: i32,
}
