use greencheck_core::carbon_txt::Resolved;
use greencheck_core::catalog::{CatalogDocument, NetworkEntry, OriginEntry, SupportingDocumentRecord};
use greencheck_core::{Asn, Generation, IpRange, ProviderId};

use super::Subject;
use super::samples::{at, batch, catalog, check, document, host, ip_range, provider, row, verdict};

pub async fn an_empty_catalog_has_a_generation(store: &Subject) {
    let (generation, data) = store.catalogs.load().await.unwrap();
    assert_eq!(generation, store.catalogs.generation().await.unwrap());
    assert!(generation > Generation(0));
    assert!(data.providers.is_empty() && data.networks.is_empty() && data.asns.is_empty());
    assert!(data.carbon_txts.is_empty() && data.linked_domains.is_empty());
}

pub async fn the_decision_sees_what_is_active(store: &Subject) {
    let report = store.import.import(&catalog()).await.unwrap();
    let (generation, data) = store.catalogs.load().await.unwrap();
    assert_eq!(generation, report.generation);
    let providers: Vec<_> =
        data.providers.iter().map(|provider| (provider.id.0, provider.archived)).collect();
    assert_eq!(providers, [(1, false), (2, true)]);
    assert_eq!(data.providers[0].partner, "Partner");
    assert_eq!(data.providers[1].partner, "");
    let range = |start: &str, end: &str| IpRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap();
    let first = NetworkEntry { id: 21, provider: ProviderId(1), range: range("192.0.2.0", "192.0.2.127") };
    let second =
        NetworkEntry { id: 22, provider: ProviderId(2), range: range("2001:db8::", "2001:db8::ffff") };
    assert_eq!(data.networks, [first, second]);
    let asn = Asn::new(4_294_967_295).unwrap();
    assert_eq!(data.asns, [OriginEntry { id: 31, provider: ProviderId(1), asn }]);
    assert_eq!(data.carbon_txts.len(), 1);
    assert_eq!(data.carbon_txts[0].url, "https://green.example.com/carbon.txt");
    assert_eq!(data.carbon_txts[0].shared_secret.as_deref(), Some("GWF-secret"));
    let linked: Vec<_> =
        data.linked_domains.iter().map(|entry| (entry.provider.0, entry.domain.as_str())).collect();
    assert_eq!(linked, [(1, "shop.example.com")]);
}

pub async fn evidence_comes_oldest_first_and_only_what_is_public(store: &Subject) {
    let sample = CatalogDocument {
        providers: vec![provider(1, "Green Hosting")],
        supporting_documents: vec![
            document(1, "without end", None),
            document(2, "newest", Some("2027-01-01")),
            document(3, "oldest", Some("2020-01-01")),
            SupportingDocumentRecord { public: false, ..document(4, "private", Some("2019-01-01")) },
            SupportingDocumentRecord { archived: true, ..document(5, "archived", Some("2019-01-01")) },
        ],
        ..CatalogDocument::default()
    };
    store.import.import(&sample).await.unwrap();
    let (_, data) = store.catalogs.load().await.unwrap();
    let documents = &data.providers[0].documents;
    let titles: Vec<_> = documents.iter().map(|document| document.title.as_str()).collect();
    assert_eq!(titles, ["oldest", "newest", "without end"]);
    assert_eq!(documents[0].link, "https://example.com/3");
}

pub async fn the_generation_moves_with_each_write_to_the_catalog_and_only_then(store: &Subject) {
    let generation = || async { store.catalogs.generation().await.unwrap().0 };
    let first = generation().await;
    let report = store.import.import(&catalog()).await.unwrap();
    assert_eq!((report.generation.0, generation().await), (first + 1, first + 1));
    // Neither verdicts nor checks nor reading are writes to the catalog.
    let now = at("2026-02-02T00:00:00Z");
    store.verdicts.put(&verdict("example.com")).await.unwrap();
    store.log.append(&[batch(vec![check("example.com", now)])]).await.unwrap();
    store.carbon_txts.put(&host("example.com"), &Resolved::default(), now).await.unwrap();
    store.upkeep.prepare_days(now.date_naive(), now.date_naive()).await.unwrap();
    store.verdicts.remove(&host("example.com")).await.unwrap();
    store.import.export(true).await.unwrap();
    store.catalogs.load().await.unwrap();
    assert_eq!(generation().await, first + 1);
    let wrong = CatalogDocument { ip_ranges: vec![ip_range(1, 99, "192.0.2.0", "192.0.2.1")], ..catalog() };
    store.import.import(&wrong).await.unwrap_err();
    assert_eq!(generation().await, first + 1);
    // A chunk that creates a provider is one; a chunk that does not is told of by `finish`.
    store.snapshot.import_chunk(vec![row("example.net", "2019-12-09T10:00:00Z")]).await.unwrap();
    assert_eq!(generation().await, first + 2);
    store.snapshot.import_chunk(vec![row("www.example.net", "2019-12-09T10:00:00Z")]).await.unwrap();
    assert_eq!(generation().await, first + 2);
    assert_eq!(store.snapshot.finish().await.unwrap(), Generation(first + 3));
    assert_eq!(generation().await, first + 3);
}
