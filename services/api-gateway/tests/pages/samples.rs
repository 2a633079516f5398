//! Providers for tests.

use greencheck_core::directory::{
    Co2Intensity, Co2Table, Datacenter, EnergyCertificate, Evidence, HostedDomain, ProviderDetail,
    ProviderProfile, Registered,
};
use greencheck_core::{Generation, Host, MatchKind, ProviderId};
use greencheck_testkit::fakes::DirectoryContent;

/// The first provider is the one of the platform's documents.
pub(crate) fn content() -> DirectoryContent {
    DirectoryContent {
        generation: Generation(1),
        providers: vec![
            ProviderDetail { datacenters: vec![hall()], ..green_host() },
            ProviderDetail {
                profile: provider(2, "Zephyr", "NL"),
                datacenters: Vec::new(),
                registered: Registered::default(),
            },
            ProviderDetail {
                profile: provider(3, "éolienne", "NL"),
                datacenters: Vec::new(),
                registered: Registered::default(),
            },
            partner(4, "Vind", "DK", Some("Gold Partner")),
            partner(5, "Aarhus Net", "DK", Some("None")),
            partner(6, "Bølge", "DK", Some("")),
            partner(7, "Archived and listed", "DE", None),
            partner(8, "Hidden", "DE", None),
        ]
        .into_iter()
        .map(|mut detail| {
            detail.profile.archived = detail.profile.id.0 == 7;
            detail.profile.is_listed = detail.profile.id.0 != 8;
            detail
        })
        .collect(),
        domains: ["b.example.com", "a.example.com", "c.example.com"].map(domain).into(),
        co2: Co2Table {
            rows: vec![intensity("NL", "Netherlands", 2023), intensity("DK", "Denmark", 2022)],
            ..Co2Table::default()
        },
    }
}

fn green_host() -> ProviderDetail {
    let profile = ProviderProfile {
        website: "https://green-host.example".to_owned(),
        city: "Amsterdam".to_owned(),
        model: "groeneenergie".to_owned(),
        partner: Some("Partner".to_owned()),
        description: Some("Wind, <b>mostly</b>.".to_owned()),
        services: vec!["Shared hosting".to_owned(), "other-none".to_owned()],
        evidence: vec![
            evidence(2, "Annual report", Some("2027-12-31")),
            evidence(1, "Old <certificate>", Some("2020-12-31")),
            Evidence { link: "javascript:alert(1)".to_owned(), ..evidence(3, "Sly", None) },
        ],
        carbon_txt: Some("https://green-host.example/carbon.txt".to_owned()),
        ..provider(1, "Green Host", "NL")
    };
    ProviderDetail { profile, datacenters: Vec::new(), registered: Registered::default() }
}

pub(crate) fn provider(id: i64, name: &str, country: &str) -> ProviderProfile {
    ProviderProfile {
        id: ProviderId(id),
        name: name.to_owned(),
        website: format!("p{id}.example"),
        country: country.to_owned(),
        city: String::new(),
        model: String::new(),
        partner: None,
        description: None,
        is_listed: true,
        archived: false,
        services: vec!["colocation".to_owned()],
        evidence: Vec::new(),
        carbon_txt: None,
    }
}

fn partner(id: i64, name: &str, country: &str, partner: Option<&str>) -> ProviderDetail {
    let profile = ProviderProfile { partner: partner.map(str::to_owned), ..provider(id, name, country) };
    ProviderDetail { profile, datacenters: Vec::new(), registered: Registered::default() }
}

fn evidence(id: i64, title: &str, valid_to: Option<&str>) -> Evidence {
    Evidence {
        id,
        title: title.to_owned(),
        link: format!("https://green-host.example/{id}.pdf"),
        kind: Some("Certificate".to_owned()),
        description: (id == 2).then(|| "For <all> halls.".to_owned()),
        valid_from: None,
        valid_to: valid_to.map(|day| day.parse().unwrap()),
    }
}

fn hall() -> Datacenter {
    let certificate = EnergyCertificate {
        energy_provider: "Wind Co".to_owned(),
        main_energy_type: "wind".to_owned(),
        url: "https://c.example/c.pdf".to_owned(),
        valid_from: Some("2025-01-01".parse().unwrap()),
        valid_to: Some("2027-01-01".parse().unwrap()),
    };
    Datacenter {
        id: 1,
        name: "KPN DC2".to_owned(),
        website: "http://dc2.example".to_owned(),
        country: "NL".to_owned(),
        city: "Amsterdam".to_owned(),
        model: "groeneenergie".to_owned(),
        pue: 1.3,
        mja3: Some(true),
        certificates: vec![certificate],
    }
}

fn domain(name: &str) -> HostedDomain {
    HostedDomain {
        host: Host::parse(name).unwrap(),
        matched: MatchKind::Range,
        created: "2019-12-09T10:00:00Z".parse().unwrap(),
        modified: "2026-01-31T10:00:00.123456Z".parse().unwrap(),
    }
}

fn intensity(iso2: &str, country_name: &str, year: i32) -> Co2Intensity {
    Co2Intensity {
        country_name: country_name.to_owned(),
        iso2: iso2.to_owned(),
        iso3: format!("{iso2}X"),
        carbon_intensity: 354.0,
        carbon_intensity_type: "avg".to_owned(),
        generation_from_fossil: 49.5,
        year,
    }
}
