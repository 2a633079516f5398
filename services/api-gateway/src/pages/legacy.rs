//! The bodies of the old directory, key by key, with its Dutch keys.

use chrono::NaiveDate;
use greencheck_core::Country;
use greencheck_core::directory::{Datacenter, ProviderDetail, ProviderProfile};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::links::without_scheme;

/// What is said where the platform has given up saying something.
const DEPRECATED: &str = "DEPRECATED";

/// All countries by their code, in the order of their names.
struct Countries<'a>(&'a [ProviderProfile]);

impl Serialize for Countries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(Country::ALL.len()))?;
        for country in Country::ALL {
            map.serialize_entry(country.code, &CountryEntry::of(country, self.0))?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct CountryEntry<'a> {
    iso: &'a str,
    tld: String,
    countryname: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    providers: Vec<ProviderEntry<'a>>,
}

impl<'a> CountryEntry<'a> {
    /// Partners come before the others; each group stays in its order.
    fn of(country: &'a Country, providers: &'a [ProviderProfile]) -> Self {
        let here = providers.iter().filter(|provider| provider.country.eq_ignore_ascii_case(country.code));
        let (partners, others): (Vec<_>, Vec<_>) = here.partition(|provider| provider.is_partner());
        Self {
            iso: country.code,
            tld: format!(".{}", country.code.to_ascii_lowercase()),
            countryname: country.name.to_uppercase(),
            providers: partners.into_iter().chain(others).map(ProviderEntry::of).collect(),
        }
    }
}

#[derive(Serialize)]
struct ProviderEntry<'a> {
    iso: &'a str,
    id: String,
    naam: &'a str,
    website: &'a str,
    partner: Option<&'a str>,
}

impl<'a> ProviderEntry<'a> {
    fn of(provider: &'a ProviderProfile) -> Self {
        Self {
            iso: &provider.country,
            id: provider.id.to_string(),
            naam: &provider.name,
            website: &provider.website,
            partner: provider.partner.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Detail<'a> {
    id: String,
    naam: &'a str,
    website: &'a str,
    countrydomain: &'a str,
    model: &'a str,
    certurl: (),
    valid_from: (),
    valid_to: (),
    mainenergytype: (),
    energyprovider: (),
    partner: Option<&'a str>,
    datacenters: Vec<Hall<'a>>,
}

#[derive(Serialize)]
struct Hall<'a> {
    id: i64,
    naam: &'a str,
    website: &'a str,
    countrydomain: &'a str,
    model: &'a str,
    pue: f64,
    mja3: Option<bool>,
    city: Option<&'a str>,
    country: &'a str,
    certificates: Vec<Certificate<'a>>,
    classification: &'a str,
    classifications: [&'a str; 1],
}

impl<'a> Hall<'a> {
    fn of(datacenter: &'a Datacenter) -> Self {
        let certificates = datacenter.certificates.iter();
        Self {
            id: datacenter.id,
            naam: &datacenter.name,
            website: &datacenter.website,
            countrydomain: &datacenter.country,
            model: &datacenter.model,
            pue: datacenter.pue,
            mja3: datacenter.mja3,
            city: Some(datacenter.city.as_str()).filter(|city| !city.is_empty()),
            country: Country::get(&datacenter.country).map_or("", |country| country.name),
            certificates: certificates
                .map(|certificate| Certificate {
                    cert_valid_from: certificate.valid_from,
                    cert_valid_to: certificate.valid_to,
                    cert_url: &certificate.url,
                })
                .collect(),
            classification: DEPRECATED,
            classifications: [DEPRECATED],
        }
    }
}

#[expect(clippy::struct_field_names, reason = "the platform's names")]
#[derive(Serialize)]
struct Certificate<'a> {
    cert_valid_from: Option<NaiveDate>,
    cert_valid_to: Option<NaiveDate>,
    cert_url: &'a str,
}

/// The body of `/data/directory/` without its callback, from listed providers by name.
pub(super) fn directory(providers: &[ProviderProfile]) -> Vec<u8> {
    json(&Countries(providers))
}

/// The body of `/data/hostingprovider/{id}`.
pub(crate) fn provider(detail: &ProviderDetail) -> Vec<u8> {
    let profile = &detail.profile;
    json(&[Detail {
        id: profile.id.to_string(),
        naam: &profile.name,
        website: without_scheme(&profile.website),
        countrydomain: &profile.country,
        model: &profile.model,
        certurl: (),
        valid_from: (),
        valid_to: (),
        mainenergytype: (),
        energyprovider: (),
        partner: profile.partner.as_deref(),
        datacenters: detail.datacenters.iter().map(Hall::of).collect(),
    }])
}

/// Two characters that JSON allows in texts and older JavaScript does not are escaped, as the platform does.
fn json(body: &impl Serialize) -> Vec<u8> {
    let text = serde_json::to_string(body).expect("these bodies have no map with other keys than text");
    text.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029").into_bytes()
}
