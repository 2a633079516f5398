//! Values that several promises need.

use chrono::{DateTime, Utc};
use greencheck_core::catalog::{
    AsnRecord, CarbonTxtRecord, CatalogDocument, CertificateRecord, Co2IntensityRecord, DatacenterRecord,
    GreenDomainRecord, IpRangeRecord, LinkedDomainRecord, ProviderRecord, ServicesRecord, SnapshotRow,
    SupportingDocumentRecord, UserRecord,
};
use greencheck_core::{
    Check, CheckBatch, Host, Match, MatchKind, ProviderId, Source, StoredVerdict, VerdictKind,
};
use uuid::Uuid;

pub fn host(name: &str) -> Host {
    Host::parse(name).unwrap()
}

/// A time, RFC 3339.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A green verdict by a range, looked up on the last day of January 2026.
pub fn verdict(name: &str) -> StoredVerdict {
    StoredVerdict {
        host: host(name),
        green: true,
        provider: ProviderId(7),
        hosted_by: "Green Hosting".to_owned(),
        hosted_by_website: "green.example.com".to_owned(),
        partner: "Partner".to_owned(),
        listed: true,
        by: Match { kind: MatchKind::Range, id: Some(70) },
        address: Some("192.0.2.7".parse().unwrap()),
        created: at("2026-01-30T10:00:00Z"),
        modified: at("2026-01-31T10:00:00.123456Z"),
    }
}

/// A grey check.
pub fn check(name: &str, checked_at: DateTime<Utc>) -> Check {
    Check {
        checked_at,
        host: host(name),
        verdict: VerdictKind::Grey,
        provider: None,
        matched: None,
        address: None,
        cached: false,
        source: Source::Api,
        request_id: None,
    }
}

pub fn batch(checks: Vec<Check>) -> CheckBatch {
    CheckBatch { id: Uuid::now_v7(), checks, usage: Vec::new() }
}

/// A row of a snapshot that names provider 7.
pub fn row(name: &str, modified: &str) -> SnapshotRow {
    SnapshotRow {
        host: host(name),
        provider: ProviderId(7),
        hosted_by: "Green Hosting".to_owned(),
        hosted_by_website: "green.example.com".to_owned(),
        partner: String::new(),
        listed: true,
        created: at("2019-12-09T10:00:00Z"),
        modified: at(modified),
    }
}

pub fn provider(id: i64, name: &str) -> ProviderRecord {
    ProviderRecord { id, name: name.to_owned(), is_listed: true, ..ProviderRecord::default() }
}

pub fn ip_range(id: i64, provider: i64, start: &str, end: &str) -> IpRangeRecord {
    IpRangeRecord { id, provider, start: start.to_owned(), end: end.to_owned(), active: true }
}

pub fn document(id: i64, title: &str, valid_to: Option<&str>) -> SupportingDocumentRecord {
    SupportingDocumentRecord {
        id,
        provider: 1,
        title: title.to_owned(),
        url: format!("https://example.com/{id}"),
        valid_to: valid_to.map(str::to_owned),
        public: true,
        ..SupportingDocumentRecord::default()
    }
}

/// A catalog with something in every section, in the form in which it is exported.
pub fn catalog() -> CatalogDocument {
    let (providers, networks) = (providers(), networks());
    CatalogDocument {
        providers,
        services: vec![ServicesRecord {
            provider: 1,
            services: vec!["shared-hosting".into(), "colocation".into()],
        }],
        supporting_documents: vec![
            SupportingDocumentRecord {
                r#type: Some("Certificate".into()),
                description: Some("For all halls.".into()),
                valid_from: Some("2025-01-01".into()),
                ..document(11, "Guarantees of origin", Some("2026-12-31"))
            },
            SupportingDocumentRecord { public: false, ..document(12, "Contract", None) },
        ],
        datacenters: vec![datacenter()],
        ip_ranges: networks.ip_ranges,
        asns: networks.asns,
        carbon_txts: vec![CarbonTxtRecord {
            provider: 1,
            domain: Some("green.example.com".into()),
            carbon_txt_url: Some("https://green.example.com/carbon.txt".into()),
            shared_secret: Some("GWF-secret".into()),
        }],
        linked_domains: vec![
            LinkedDomainRecord { provider: 1, domain: "shop.example.com".into(), approved: true },
            LinkedDomainRecord { provider: 2, domain: "blog.example.com".into(), approved: false },
        ],
        users: vec![UserRecord {
            username: "ada".into(),
            password: Some(HASH.into()),
            providers: vec![1, 2],
            groups: vec!["hostingprovider".into()],
        }],
        green_domains: vec![green_domain()],
        co2_intensity: vec![Co2IntensityRecord {
            country_name: "Denmark".into(),
            iso2: Some("DK".into()),
            iso3: "DNK".into(),
            carbon_intensity: 115.385,
            carbon_intensity_type: "avg".into(),
            generation_from_fossil: 15.38,
            year: 2020,
        }],
    }
}

/// The hash of a password that nobody has.
pub const HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$+Jq1zxX0X0m2Zl0v9m1D8h4Yk3Yw2ZbX0m2Zl0v9m1A";

fn providers() -> Vec<ProviderRecord> {
    vec![
        ProviderRecord {
            website: "green.example.com".into(),
            country: "DK".into(),
            city: "Odense".into(),
            model: "groeneenergie".into(),
            partner: Some("Partner".into()),
            description: Some("Wind, mostly.".into()),
            ..provider(1, "Green Hosting")
        },
        ProviderRecord { archived: true, is_listed: false, ..provider(2, "Gone Hosting") },
    ]
}

fn networks() -> CatalogDocument {
    CatalogDocument {
        ip_ranges: vec![
            ip_range(21, 1, "192.0.2.0", "192.0.2.127"),
            ip_range(22, 2, "2001:db8::", "2001:db8::ffff"),
            IpRangeRecord { active: false, ..ip_range(23, 1, "198.51.100.0", "198.51.100.255") },
        ],
        asns: vec![
            AsnRecord { id: 31, provider: 1, asn: 4_294_967_295, active: true },
            AsnRecord { id: 32, provider: 2, asn: 64_496, active: false },
        ],
        ..CatalogDocument::default()
    }
}

fn datacenter() -> DatacenterRecord {
    DatacenterRecord {
        id: 41,
        name: "North".into(),
        country: "DK".into(),
        website: "north.example.com".into(),
        model: "mixed".into(),
        pue: 1.25,
        mja3: Some(true),
        is_listed: true,
        providers: vec![1, 2],
        city: "Esbjerg".into(),
        certificates: vec![
            CertificateRecord {
                energyprovider: "Vind".into(),
                mainenergy_type: "wind".into(),
                url: "https://vind.example/".into(),
                valid_from: Some("2024-02-29".into()),
                valid_to: None,
            },
            CertificateRecord::default(),
        ],
    }
}

fn green_domain() -> GreenDomainRecord {
    GreenDomainRecord {
        url: "www.example.org".into(),
        hosted_by_id: 1,
        hosted_by: Some("Green Hosting".into()),
        hosted_by_website: Some("green.example.com".into()),
        partner: Some("Partner".into()),
        listed_provider: true,
        green: true,
        modified: Some("2026-01-31T10:00:00.500Z".into()),
        created: Some("2019-12-09T10:00:00Z".into()),
        r#type: Some("none".into()),
    }
}
