//! The public directory of hosting providers, and how much CO2 the electricity of their countries causes.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{Generation, Host, MatchKind, ProviderId};

mod order;

pub use order::name_key;

/// The listed providers as one generation of the catalog has them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    pub generation: Generation,
    /// In no order that matters. Archived ones are among them.
    pub providers: Vec<ProviderProfile>,
}

/// What a provider says of itself and may be shown to everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderProfile {
    pub id: ProviderId,
    pub name: String,
    /// As it was entered: it may lack a scheme.
    pub website: String,
    /// ISO 3166-1 alpha-2; empty when nobody said.
    pub country: String,
    pub city: String,
    /// `groeneenergie`, `compensatie`, `mixed` or empty.
    pub model: String,
    pub partner: Option<String>,
    pub description: Option<String>,
    pub is_listed: bool,
    pub archived: bool,
    /// In the order in which they were entered.
    pub services: Vec<String>,
    /// Public, not archived, newest `valid_to` first.
    pub evidence: Vec<Evidence>,
    /// Where the provider publishes its carbon.txt.
    pub carbon_txt: Option<String>,
}

impl ProviderProfile {
    /// Whether the provider supports the directory: it then stands before the others.
    pub fn is_partner(&self) -> bool {
        self.partner.as_deref().is_some_and(|partner| !matches!(partner, "" | "None"))
    }
}

/// Published evidence with its dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub id: i64,
    pub title: String,
    pub link: String,
    /// `Annual report`, `Web page`, `Certificate` or `Other`.
    pub kind: Option<String>,
    pub description: Option<String>,
    pub valid_from: Option<NaiveDate>,
    /// The last day.
    pub valid_to: Option<NaiveDate>,
}

impl Evidence {
    /// Whether the last day lies before `today`.
    pub fn is_expired(&self, today: NaiveDate) -> bool {
        self.valid_to.is_some_and(|last| last < today)
    }
}

/// A provider in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProviderDetail {
    pub profile: ProviderProfile,
    /// By id.
    pub datacenters: Vec<Datacenter>,
    #[serde(default)]
    pub registered: Registered,
}

/// What a provider has registered for names to be green by; what is switched off does not count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Registered {
    pub ipv4_ranges: u64,
    pub ipv6_ranges: u64,
    /// In their order.
    pub asns: Vec<u32>,
    /// Approved ones.
    pub linked_domains: u64,
}

/// A data centre that a provider uses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Datacenter {
    pub id: i64,
    pub name: String,
    /// As it was entered: it may lack a scheme.
    pub website: String,
    /// ISO 3166-1 alpha-2; empty when nobody said.
    pub country: String,
    /// Empty when nobody said.
    pub city: String,
    /// `groeneenergie`, `compensatie`, `mixed` or empty.
    pub model: String,
    /// Power usage effectiveness (ISO/IEC 30134-2).
    pub pue: f64,
    /// Whether it takes part in the Dutch long-term agreement on energy efficiency.
    pub mja3: Option<bool>,
    pub certificates: Vec<EnergyCertificate>,
}

/// Where the electricity of a data centre comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnergyCertificate {
    pub energy_provider: String,
    /// `wind`, `water`, `solar`, `mixed` or empty.
    pub main_energy_type: String,
    pub url: String,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

/// A green domain and the look-up that found it at a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostedDomain {
    pub host: Host,
    pub matched: MatchKind,
    /// When it was first found green.
    pub created: DateTime<Utc>,
    /// When it was last looked up.
    pub modified: DateTime<Utc>,
}

/// The CO2 rows as one generation of the catalog has them: the newest year of each country.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Co2Table {
    pub generation: Generation,
    pub rows: Vec<Co2Intensity>,
}

/// How much CO2 the electricity of a country causes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Co2Intensity {
    pub country_name: String,
    pub iso2: String,
    pub iso3: String,
    /// Grams of CO2 equivalent per kilowatt-hour.
    pub carbon_intensity: f64,
    /// `avg` or `marginal`.
    pub carbon_intensity_type: String,
    /// Percent.
    pub generation_from_fossil: f64,
    pub year: i32,
}

impl Co2Intensity {
    /// The whole world in 2021 (Ember), for countries without a row and addresses without a country.
    pub fn world() -> Self {
        Self {
            country_name: "World".to_owned(),
            iso2: "xx".to_owned(),
            iso3: "xxx".to_owned(),
            carbon_intensity: 442.23,
            carbon_intensity_type: "avg".to_owned(),
            generation_from_fossil: 61.56,
            year: 2021,
        }
    }
}
