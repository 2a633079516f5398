//! The document that `greencheck import catalog` reads and `export catalog` writes: one JSON object, every section optional.

use serde::{Deserialize, Serialize};

mod parse;

pub use parse::{InvalidDocument, ParsedDocument};

/// A catalog as one document. Dates are `YYYY-MM-DD`, times RFC 3339 or naive UTC.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CatalogDocument {
    pub providers: Vec<ProviderRecord>,
    pub services: Vec<ServicesRecord>,
    pub supporting_documents: Vec<SupportingDocumentRecord>,
    pub datacenters: Vec<DatacenterRecord>,
    pub ip_ranges: Vec<IpRangeRecord>,
    pub asns: Vec<AsnRecord>,
    pub carbon_txts: Vec<CarbonTxtRecord>,
    pub linked_domains: Vec<LinkedDomainRecord>,
    pub users: Vec<UserRecord>,
    pub green_domains: Vec<GreenDomainRecord>,
    pub co2_intensity: Vec<Co2IntensityRecord>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ProviderRecord {
    pub id: i64,
    pub name: String,
    #[serde(default)]
    pub website: String,
    /// ISO 3166-1 alpha-2.
    #[serde(default)]
    pub country: String,
    #[serde(default)]
    pub city: String,
    /// `groeneenergie`, `compensatie` or `mixed`.
    #[serde(default)]
    pub model: String,
    #[serde(default)]
    pub partner: Option<String>,
    #[serde(default)]
    pub is_listed: bool,
    #[serde(default)]
    pub archived: bool,
    #[serde(default)]
    pub description: Option<String>,
}

/// The services of one provider; replaces those it had.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ServicesRecord {
    pub provider: i64,
    pub services: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SupportingDocumentRecord {
    pub id: i64,
    pub provider: i64,
    pub title: String,
    #[serde(default)]
    pub url: String,
    /// `Annual report`, `Web page`, `Certificate` or `Other`.
    #[serde(default)]
    pub r#type: Option<String>,
    #[serde(default)]
    pub valid_from: Option<String>,
    #[serde(default)]
    pub valid_to: Option<String>,
    #[serde(default = "yes")]
    pub public: bool,
    #[serde(default)]
    pub archived: bool,
    #[serde(default)]
    pub description: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DatacenterRecord {
    pub id: i64,
    pub name: String,
    #[serde(default)]
    pub country: String,
    #[serde(default)]
    pub website: String,
    #[serde(default)]
    pub model: String,
    /// Power usage effectiveness (ISO/IEC 30134-2), at least 1.
    #[serde(default)]
    pub pue: f64,
    #[serde(default)]
    pub mja3: Option<bool>,
    #[serde(default)]
    pub is_listed: bool,
    /// Ids of the providers that use it.
    #[serde(default)]
    pub providers: Vec<i64>,
    #[serde(default)]
    pub city: String,
    #[serde(default)]
    pub certificates: Vec<CertificateRecord>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CertificateRecord {
    #[serde(default)]
    pub energyprovider: String,
    /// `wind`, `water`, `solar` or `mixed`.
    #[serde(default)]
    pub mainenergy_type: String,
    #[serde(default)]
    pub url: String,
    #[serde(default)]
    pub valid_from: Option<String>,
    #[serde(default)]
    pub valid_to: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IpRangeRecord {
    pub id: i64,
    pub provider: i64,
    pub start: String,
    pub end: String,
    #[serde(default = "yes")]
    pub active: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AsnRecord {
    pub id: i64,
    pub provider: i64,
    pub asn: u32,
    #[serde(default = "yes")]
    pub active: bool,
}

/// One per provider.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CarbonTxtRecord {
    pub provider: i64,
    /// Absent while the provider has a secret and no carbon.txt yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    #[serde(default)]
    pub carbon_txt_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared_secret: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LinkedDomainRecord {
    pub provider: i64,
    pub domain: String,
    #[serde(default)]
    pub approved: bool,
}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UserRecord {
    pub username: String,
    /// Clear text, or a PHC string that begins with `$argon2` and is stored as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Ids of the providers that the user manages.
    #[serde(default)]
    pub providers: Vec<i64>,
    #[serde(default)]
    pub groups: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GreenDomainRecord {
    pub url: String,
    pub hosted_by_id: i64,
    #[serde(default)]
    pub hosted_by: Option<String>,
    #[serde(default)]
    pub hosted_by_website: Option<String>,
    #[serde(default)]
    pub partner: Option<String>,
    #[serde(default)]
    pub listed_provider: bool,
    #[serde(default = "yes")]
    pub green: bool,
    #[serde(default)]
    pub modified: Option<String>,
    #[serde(default)]
    pub created: Option<String>,
    #[serde(default)]
    pub r#type: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Co2IntensityRecord {
    pub country_name: String,
    #[serde(default)]
    pub iso2: Option<String>,
    pub iso3: String,
    /// Grams of CO2 equivalent per kilowatt-hour.
    pub carbon_intensity: f64,
    pub carbon_intensity_type: String,
    /// Percent.
    pub generation_from_fossil: f64,
    pub year: i32,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    pub sections: Vec<SectionReport>,
    pub generation: crate::Generation,
}

/// What an import did to one section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SectionReport {
    pub section: &'static str,
    pub rows: u64,
}

fn yes() -> bool {
    true
}

impl std::fmt::Debug for CarbonTxtRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CarbonTxtRecord")
            .field("provider", &self.provider)
            .field("domain", &self.domain)
            .field("carbon_txt_url", &self.carbon_txt_url)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for UserRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserRecord")
            .field("username", &self.username)
            .field("providers", &self.providers)
            .field("groups", &self.groups)
            .finish_non_exhaustive()
    }
}
