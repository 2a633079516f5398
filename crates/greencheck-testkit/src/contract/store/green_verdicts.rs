use greencheck_core::catalog::{CatalogDocument, GreenDomainRecord};

use super::Subject;
use super::samples::{host, provider, verdict};

pub async fn pages_bring_every_green_verdict_once_and_in_order(store: &Subject) {
    let grey = GreenDomainRecord {
        url: "grey.example.com".into(),
        hosted_by_id: 1,
        green: false,
        ..GreenDomainRecord::default()
    };
    let catalog = CatalogDocument {
        providers: vec![provider(1, "Green Hosting")],
        green_domains: vec![grey],
        ..CatalogDocument::default()
    };
    store.import.import(&catalog).await.unwrap();
    // Where languages and bytes sort differently, every store takes the bytes.
    let names = [
        "10.example.com",
        "9.example.com",
        "a-b.example.com",
        "ab.example.com",
        "xn--mnchen-3ya.example.com",
    ];
    for name in
        ["ab.example.com", "9.example.com", "xn--mnchen-3ya.example.com", "10.example.com", "a-b.example.com"]
    {
        store.verdicts.put(&verdict(name)).await.unwrap();
    }
    assert_eq!(store.green.green_count().await.unwrap(), 5);
    let mut seen = Vec::new();
    let mut pages = 0;
    loop {
        let page = store.green.green_page(seen.last(), 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 2);
        pages += 1;
        seen.extend(page.into_iter().map(|verdict| verdict.host));
    }
    assert_eq!((pages, seen), (3, names.map(host).to_vec()));
    let first = store.green.green_page(None, 1).await.unwrap();
    assert_eq!(first, [verdict("10.example.com")]);
}

pub async fn an_empty_store_has_no_page(store: &Subject) {
    assert_eq!(store.green.green_count().await.unwrap(), 0);
    assert_eq!(store.green.green_page(None, 10).await.unwrap(), []);
}
