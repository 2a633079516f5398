use chrono::NaiveDate;
use greencheck_core::catalog::{
    AsnRecord, CarbonTxtRecord, CatalogDocument, CertificateRecord, Co2IntensityRecord, DatacenterRecord,
    IpRangeRecord, LinkedDomainRecord, ProviderRecord, ServicesRecord, SupportingDocumentRecord,
};
use greencheck_core::directory::{EnergyCertificate, Registered};
use greencheck_core::{Match, MatchKind, ProviderId, StoredVerdict};

use super::Subject;
use super::samples::{at, document, host, provider, verdict};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn listed_and_hidden() -> CatalogDocument {
    CatalogDocument {
        providers: vec![
            ProviderRecord {
                website: "leaf.example.com".into(),
                country: "DK".into(),
                city: "Odense".into(),
                model: "groeneenergie".into(),
                partner: Some("Partner".into()),
                description: Some("Wind, mostly.".into()),
                ..provider(1, "Leaf")
            },
            ProviderRecord { is_listed: false, ..provider(2, "Hidden") },
            ProviderRecord { archived: true, ..provider(3, "Archived and listed") },
        ],
        services: vec![
            ServicesRecord { provider: 1, services: vec!["vps".into(), "colocation".into()] },
            ServicesRecord { provider: 2, services: vec!["shared-hosting".into()] },
        ],
        supporting_documents: vec![
            document(11, "without end", None),
            document(12, "oldest", Some("2020-01-01")),
            SupportingDocumentRecord {
                r#type: Some("Certificate".into()),
                description: Some("Wind from the sea.".into()),
                valid_from: Some("2026-01-01".into()),
                ..document(13, "newest", Some("2027-01-01"))
            },
            SupportingDocumentRecord { public: false, ..document(14, "private", None) },
            SupportingDocumentRecord { archived: true, ..document(15, "archived", None) },
        ],
        carbon_txts: vec![
            CarbonTxtRecord {
                provider: 1,
                domain: Some("leaf.example.com".into()),
                carbon_txt_url: Some("https://leaf.example.com/carbon.txt".into()),
                shared_secret: Some("GWF-secret".into()),
            },
            CarbonTxtRecord {
                provider: 3,
                domain: Some("archived.example.com".into()),
                ..CarbonTxtRecord::default()
            },
        ],
        ..CatalogDocument::default()
    }
}

pub async fn the_listing_has_listed_providers_with_all_that_is_public(store: &Subject) {
    let generation = store.import.import(&listed_and_hidden()).await.unwrap().generation;
    let listing = store.directory.listing().await.unwrap();
    assert_eq!(listing.generation, generation);
    let [leaf, archived] = &listing.providers[..] else { panic!("{:?}", listing.providers) };
    assert_eq!(
        (leaf.id, leaf.name.as_str(), leaf.website.as_str()),
        (ProviderId(1), "Leaf", "leaf.example.com")
    );
    assert_eq!(
        (leaf.country.as_str(), leaf.city.as_str(), leaf.model.as_str()),
        ("DK", "Odense", "groeneenergie")
    );
    assert_eq!(
        (leaf.partner.as_deref(), leaf.description.as_deref()),
        (Some("Partner"), Some("Wind, mostly."))
    );
    assert_eq!(leaf.services, ["vps", "colocation"]);
    let titles: Vec<_> = leaf.evidence.iter().map(|document| document.title.as_str()).collect();
    assert_eq!(titles, ["newest", "oldest", "without end"]);
    let newest = &leaf.evidence[0];
    assert_eq!((newest.id, newest.link.as_str()), (13, "https://example.com/13"));
    assert_eq!((newest.valid_from, newest.valid_to), (Some(day("2026-01-01")), Some(day("2027-01-01"))));
    assert_eq!(newest.kind.as_deref(), Some("Certificate"));
    assert_eq!(newest.description.as_deref(), Some("Wind from the sea."));
    assert_eq!(leaf.evidence[1].description, None);
    assert_eq!(leaf.carbon_txt.as_deref(), Some("https://leaf.example.com/carbon.txt"));
    assert!(leaf.is_listed && !leaf.archived);
    assert_eq!((archived.id, archived.archived, &archived.carbon_txt), (ProviderId(3), true, &None));
}

fn shared_halls() -> CatalogDocument {
    let certificate = CertificateRecord {
        energyprovider: "Vind".into(),
        mainenergy_type: "wind".into(),
        url: "https://vind.example/".into(),
        valid_from: Some("2024-02-29".into()),
        valid_to: None,
    };
    let datacenter = |id: i64, providers: Vec<i64>| DatacenterRecord {
        id,
        name: format!("Hall {id}"),
        country: "DK".into(),
        pue: 1.25,
        providers,
        ..DatacenterRecord::default()
    };
    CatalogDocument {
        providers: vec![
            ProviderRecord { is_listed: false, archived: true, ..provider(1, "Gone") },
            provider(2, "Leaf"),
        ],
        services: vec![ServicesRecord { provider: 1, services: vec!["vps".into()] }],
        supporting_documents: vec![document(11, "Report", None)],
        datacenters: vec![
            DatacenterRecord {
                city: "Esbjerg".into(),
                website: "hall.example.com".into(),
                model: "mixed".into(),
                mja3: Some(true),
                certificates: vec![certificate, CertificateRecord::default()],
                ..datacenter(42, vec![1, 2])
            },
            datacenter(41, vec![1]),
            datacenter(43, vec![2]),
        ],
        ..CatalogDocument::default()
    }
}

pub async fn a_provider_in_full_has_its_data_centres_and_may_be_unlisted_and_archived(store: &Subject) {
    store.import.import(&shared_halls()).await.unwrap();
    let gone = store.directory.provider(ProviderId(1)).await.unwrap().unwrap();
    assert_eq!(
        (gone.profile.name.as_str(), gone.profile.is_listed, gone.profile.archived),
        ("Gone", false, true)
    );
    assert_eq!((gone.profile.services.len(), gone.profile.evidence.len()), (1, 1));
    let [plain, hall] = &gone.datacenters[..] else { panic!("{:?}", gone.datacenters) };
    assert_eq!((plain.id, plain.mja3, plain.certificates.len()), (41, None, 0));
    assert_eq!((hall.id, hall.name.as_str(), hall.website.as_str()), (42, "Hall 42", "hall.example.com"));
    assert_eq!((hall.country.as_str(), hall.city.as_str(), hall.model.as_str()), ("DK", "Esbjerg", "mixed"));
    assert_eq!((hall.pue.to_string(), hall.mja3), ("1.25".to_owned(), Some(true)));
    let wind = EnergyCertificate {
        energy_provider: "Vind".into(),
        main_energy_type: "wind".into(),
        url: "https://vind.example/".into(),
        valid_from: Some(day("2024-02-29")),
        valid_to: None,
    };
    assert_eq!((hall.certificates.len(), &hall.certificates[0]), (2, &wind));
    for unknown in [3, 0, -1, i64::MAX, i64::MIN] {
        assert_eq!(store.directory.provider(ProviderId(unknown)).await.unwrap(), None);
    }
}

pub async fn a_provider_in_full_says_what_it_has_registered(store: &Subject) {
    let range = |id, provider, start: &str, end: &str, active| IpRangeRecord {
        id,
        provider,
        start: start.into(),
        end: end.into(),
        active,
    };
    let asn = |id, provider, asn, active| AsnRecord { id, provider, asn, active };
    let linked =
        |provider, domain: &str, approved| LinkedDomainRecord { provider, domain: domain.into(), approved };
    let sample = CatalogDocument {
        providers: vec![provider(1, "Leaf"), provider(2, "Other")],
        ip_ranges: vec![
            range(1, 1, "192.0.2.0", "192.0.2.15", true),
            range(2, 1, "192.0.2.32", "192.0.2.47", true),
            range(3, 1, "192.0.2.64", "192.0.2.79", false),
            range(4, 1, "2001:db8::", "2001:db8::ff", true),
            range(5, 2, "203.0.113.0", "203.0.113.9", true),
        ],
        asns: vec![
            asn(1, 1, 65_550, true),
            asn(2, 1, 64_500, true),
            asn(3, 1, 64_501, false),
            asn(4, 2, 64_502, true),
        ],
        linked_domains: vec![
            linked(1, "a.example.com", true),
            linked(1, "b.example.com", false),
            linked(2, "c.example.com", true),
        ],
        ..CatalogDocument::default()
    };
    store.import.import(&sample).await.unwrap();
    let leaf = store.directory.provider(ProviderId(1)).await.unwrap().unwrap();
    let expected =
        Registered { ipv4_ranges: 2, ipv6_ranges: 1, asns: vec![64_500, 65_550], linked_domains: 1 };
    assert_eq!(leaf.registered, expected);
}

pub async fn providers_come_by_id_page_by_page_and_none_twice(store: &Subject) {
    let mut providers: Vec<_> = (1..=7).map(|id| provider(id * 10, &format!("Leaf {id}"))).collect();
    providers[2].is_listed = false;
    providers[4].archived = true;
    let services = vec![ServicesRecord { provider: 40, services: vec!["vps".into()] }];
    let sample = CatalogDocument { providers, services, ..CatalogDocument::default() };
    store.import.import(&sample).await.unwrap();
    let page = async |after: Option<i64>, limit: u16| {
        let page = store.directory.providers(after.map(ProviderId), limit).await.unwrap();
        page.into_iter().map(|profile| (profile.id.0, profile.services.len())).collect::<Vec<_>>()
    };
    assert_eq!(page(None, 2).await, [(10, 0), (20, 0)]);
    assert_eq!(page(Some(20), 2).await, [(40, 1), (60, 0)]);
    assert_eq!(page(Some(60), 2).await, [(70, 0)]);
    assert_eq!(page(Some(70), 2).await, []);
    assert_eq!(page(Some(15), 1).await, [(20, 0)], "a cursor need not exist");
}

pub async fn domains_of_a_provider_come_by_name_page_by_page(store: &Subject) {
    store
        .import
        .import(&CatalogDocument {
            providers: vec![provider(7, "Leaf"), provider(8, "Bare")],
            ..CatalogDocument::default()
        })
        .await
        .unwrap();
    for name in
        ["b.example.com", "a-1.example.com", "a.example.com", "xn--bcher-kva.example.com", "192.0.2.7"]
    {
        store.verdicts.put(&verdict(name)).await.unwrap();
    }
    let elsewhere = StoredVerdict { provider: ProviderId(8), ..verdict("elsewhere.example.com") };
    let grey = StoredVerdict { green: false, ..verdict("grey.example.com") };
    let by_asn = Match { kind: MatchKind::Asn, id: Some(3) };
    for verdict in [elsewhere, grey, StoredVerdict { by: by_asn, ..verdict("c.example.com") }] {
        store.verdicts.put(&verdict).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = store.directory.domains(ProviderId(7), after.as_ref(), 2).await.unwrap().unwrap();
        let is_last = page.len() < 2;
        after = page.last().map(|domain| domain.host.clone());
        seen.extend(page);
        if is_last {
            break;
        }
    }
    let names: Vec<_> = seen.iter().map(|domain| domain.host.as_str()).collect();
    let expected = [
        "192.0.2.7",
        "a-1.example.com",
        "a.example.com",
        "b.example.com",
        "c.example.com",
        "xn--bcher-kva.example.com",
    ];
    assert_eq!(names, expected);
    assert_eq!((seen[3].matched, seen[4].matched), (MatchKind::Range, MatchKind::Asn));
    assert_eq!(seen[3].created, at("2026-01-30T10:00:00Z"));
    assert_eq!(seen[3].modified, at("2026-01-31T10:00:00.123456Z"));
    assert_eq!(store.directory.domains(ProviderId(9), None, 2).await.unwrap(), None);
    let after = host("elsewhere.example.com");
    assert_eq!(store.directory.domains(ProviderId(8), Some(&after), 2).await.unwrap(), Some(Vec::new()));
}

pub async fn co2_rows_are_the_newest_of_each_country(store: &Subject) {
    let row = |iso2: Option<&str>, iso3: &str, year: i32, carbon_intensity: f64| Co2IntensityRecord {
        country_name: iso3.to_owned(),
        iso2: iso2.map(str::to_owned),
        iso3: iso3.to_owned(),
        carbon_intensity,
        carbon_intensity_type: "avg".into(),
        generation_from_fossil: 15.38,
        year,
    };
    let sample = CatalogDocument {
        co2_intensity: vec![
            row(Some("DK"), "DNK", 2022, 120.5),
            row(Some("DK"), "DNK", 2020, 115.385),
            row(Some("nl"), "NLD", 2021, 300.0),
            row(None, "EUR", 2023, 250.0),
        ],
        ..CatalogDocument::default()
    };
    let generation = store.import.import(&sample).await.unwrap().generation;
    let table = store.directory.co2().await.unwrap();
    assert_eq!(table.generation, generation);
    let rows: Vec<_> = table
        .rows
        .iter()
        .map(|row| (row.iso2.as_str(), row.iso3.as_str(), row.year, row.carbon_intensity.to_string()))
        .collect();
    assert_eq!(rows, [("DK", "DNK", 2022, "120.5".to_owned()), ("NL", "NLD", 2021, "300".to_owned())]);
}
