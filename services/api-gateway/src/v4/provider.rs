use chrono::{DateTime, NaiveDate, Utc};
use greencheck_core::directory::{
    Datacenter, EnergyCertificate, Evidence, HostedDomain, ProviderDetail, ProviderProfile,
};
use greencheck_core::{Country, MatchKind, ProviderId};
use serde::Serialize;

/// A page of providers.
#[derive(Serialize)]
pub(crate) struct ProviderPage<'a> {
    providers: Vec<ProviderBody<'a>>,
    /// For the page after this one; `null` on the last.
    next_cursor: Option<String>,
}

impl<'a> ProviderPage<'a> {
    pub(crate) fn of(providers: &'a [ProviderProfile], limit: u16, today: NaiveDate) -> Self {
        let last = providers.last().filter(|_| providers.len() == usize::from(limit));
        Self {
            providers: providers.iter().map(|profile| ProviderBody::of(profile, today)).collect(),
            next_cursor: last.map(|profile| profile.id.to_string()),
        }
    }
}

/// A page of domains.
#[derive(Serialize)]
pub(crate) struct DomainPage<'a> {
    provider_id: ProviderId,
    domains: Vec<DomainBody<'a>>,
    /// For the page after this one; `null` on the last.
    next_cursor: Option<&'a str>,
}

impl<'a> DomainPage<'a> {
    pub(crate) fn of(provider_id: ProviderId, domains: &'a [HostedDomain], limit: u16) -> Self {
        let last = domains.last().filter(|_| domains.len() == usize::from(limit));
        let body = |domain: &'a HostedDomain| DomainBody {
            domain: domain.host.as_str(),
            matched_by: domain.matched,
            first_found_at: domain.created,
            looked_up_at: domain.modified,
        };
        Self {
            provider_id,
            domains: domains.iter().map(body).collect(),
            next_cursor: last.map(|domain| domain.host.as_str()),
        }
    }
}

#[derive(Serialize)]
struct DomainBody<'a> {
    domain: &'a str,
    matched_by: MatchKind,
    first_found_at: DateTime<Utc>,
    looked_up_at: DateTime<Utc>,
}

/// A provider with its data centres.
pub(crate) fn detail(detail: &ProviderDetail, today: NaiveDate) -> impl Serialize {
    DetailBody {
        provider: ProviderBody::of(&detail.profile, today),
        datacenters: detail.datacenters.iter().map(DatacenterBody::of).collect(),
    }
}

#[derive(Serialize)]
struct DetailBody<'a> {
    #[serde(flatten)]
    provider: ProviderBody<'a>,
    datacenters: Vec<DatacenterBody<'a>>,
}

#[derive(Serialize)]
struct ProviderBody<'a> {
    id: ProviderId,
    name: &'a str,
    website: &'a str,
    country: Option<CountryBody<'a>>,
    city: Option<&'a str>,
    energy_model: Option<&'a str>,
    partner: Option<&'a str>,
    listed: bool,
    archived: bool,
    description: Option<&'a str>,
    services: &'a [String],
    evidence: Vec<EvidenceBody<'a>>,
    carbon_txt: Option<&'a str>,
}

impl<'a> ProviderBody<'a> {
    fn of(profile: &'a ProviderProfile, today: NaiveDate) -> Self {
        Self {
            id: profile.id,
            name: &profile.name,
            website: &profile.website,
            country: CountryBody::of(&profile.country),
            city: filled(&profile.city),
            energy_model: energy_model(&profile.model),
            partner: profile.partner.as_deref().filter(|_| profile.is_partner()),
            listed: profile.is_listed,
            archived: profile.archived,
            description: profile.description.as_deref(),
            services: &profile.services,
            evidence: profile.evidence.iter().map(|document| EvidenceBody::of(document, today)).collect(),
            carbon_txt: profile.carbon_txt.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct CountryBody<'a> {
    code: &'a str,
    /// `null` for a code that ISO 3166-1 does not have.
    name: Option<&'a str>,
}

impl<'a> CountryBody<'a> {
    fn of(code: &'a str) -> Option<Self> {
        filled(code).map(|code| Self { code, name: Country::get(code).map(|country| country.name) })
    }
}

#[derive(Serialize)]
struct EvidenceBody<'a> {
    id: i64,
    title: &'a str,
    link: &'a str,
    r#type: Option<&'a str>,
    description: Option<&'a str>,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    expired: bool,
}

impl<'a> EvidenceBody<'a> {
    fn of(document: &'a Evidence, today: NaiveDate) -> Self {
        Self {
            id: document.id,
            title: &document.title,
            link: &document.link,
            r#type: document.kind.as_deref(),
            description: document.description.as_deref(),
            valid_from: document.valid_from,
            valid_to: document.valid_to,
            expired: document.is_expired(today),
        }
    }
}

#[derive(Serialize)]
struct DatacenterBody<'a> {
    id: i64,
    name: &'a str,
    website: &'a str,
    country: Option<CountryBody<'a>>,
    city: Option<&'a str>,
    energy_model: Option<&'a str>,
    pue: f64,
    certificates: Vec<CertificateBody<'a>>,
}

impl<'a> DatacenterBody<'a> {
    fn of(datacenter: &'a Datacenter) -> Self {
        Self {
            id: datacenter.id,
            name: &datacenter.name,
            website: &datacenter.website,
            country: CountryBody::of(&datacenter.country),
            city: filled(&datacenter.city),
            energy_model: energy_model(&datacenter.model),
            pue: datacenter.pue,
            certificates: datacenter.certificates.iter().map(CertificateBody::of).collect(),
        }
    }
}

#[derive(Serialize)]
struct CertificateBody<'a> {
    energy_provider: &'a str,
    main_energy_type: Option<&'a str>,
    link: &'a str,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
}

impl<'a> CertificateBody<'a> {
    fn of(certificate: &'a EnergyCertificate) -> Self {
        Self {
            energy_provider: &certificate.energy_provider,
            main_energy_type: filled(&certificate.main_energy_type),
            link: &certificate.url,
            valid_from: certificate.valid_from,
            valid_to: certificate.valid_to,
        }
    }
}

fn filled(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// The catalog keeps the platform's Dutch words.
fn energy_model(model: &str) -> Option<&str> {
    filled(match model {
        "groeneenergie" => "green_energy",
        "compensatie" => "compensation",
        other => other,
    })
}
