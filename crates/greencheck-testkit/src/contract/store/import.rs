use greencheck_core::catalog::{
    AsnRecord, CarbonTxtRecord, CatalogDocument, GreenDomainRecord, ProviderRecord, ServicesRecord,
    UserRecord,
};
use greencheck_core::ports::StoreError;
use greencheck_core::{Match, MatchKind};

use super::Subject;
use super::samples::{HASH, catalog, host, ip_range, provider};

pub async fn what_was_imported_is_exported_again(store: &Subject) {
    let report = store.import.import(&catalog()).await.unwrap();
    let sections: Vec<_> = report.sections.iter().map(|section| (section.section, section.rows)).collect();
    assert_eq!(sections.len(), 11);
    assert_eq!(sections[0], ("providers", 2));
    assert_eq!(sections[4], ("ip_ranges", 3));
    assert_eq!(normalised(store.import.export(true).await.unwrap()), normalised(catalog()));
}

pub async fn importing_twice_changes_nothing(store: &Subject) {
    store.import.import(&catalog()).await.unwrap();
    let first = store.import.export(true).await.unwrap();
    store.import.import(&first).await.unwrap();
    assert_eq!(store.import.export(true).await.unwrap(), first);
}

pub async fn entries_are_replaced_by_id_and_the_others_stay(store: &Subject) {
    store.import.import(&catalog()).await.unwrap();
    let change = CatalogDocument {
        providers: vec![
            ProviderRecord { archived: true, ..provider(1, "Renamed Hosting") },
            provider(3, "New Hosting"),
        ],
        services: vec![ServicesRecord { provider: 1, services: vec!["compute".into()] }],
        ip_ranges: vec![ip_range(21, 3, "203.0.113.0", "203.0.113.255")],
        ..CatalogDocument::default()
    };
    store.import.import(&change).await.unwrap();
    let after = store.import.export(true).await.unwrap();
    let before = catalog();
    assert_eq!(
        after.providers,
        [change.providers[0].clone(), before.providers[1].clone(), provider(3, "New Hosting")]
    );
    assert_eq!(after.services, change.services);
    assert_eq!(after.ip_ranges[0], change.ip_ranges[0]);
    assert_eq!(after.ip_ranges[1..], before.ip_ranges[1..]);
    assert_eq!(after.datacenters, before.datacenters);
    assert_eq!(after.users, before.users);
}

pub async fn secrets_leave_only_when_asked_and_survive_a_document_without_them(store: &Subject) {
    store.import.import(&catalog()).await.unwrap();
    let public = store.import.export(false).await.unwrap();
    assert_eq!(public.carbon_txts[0].shared_secret, None);
    assert_eq!(public.users[0].password, None);
    store.import.import(&public).await.unwrap();
    let all = store.import.export(true).await.unwrap();
    assert_eq!(all.carbon_txts[0].shared_secret.as_deref(), Some("GWF-secret"));
    assert_eq!(all.users[0].password.as_deref(), Some(HASH));
}

pub async fn passwords_are_stored_as_argon2id(store: &Subject) {
    let user = |name: &str, password: &str| UserRecord {
        username: name.to_owned(),
        password: Some(password.to_owned()),
        ..UserRecord::default()
    };
    let users = vec![user("ada", "correct horse"), user("eve", "correct horse"), user("old", HASH)];
    store.import.import(&CatalogDocument { users, ..CatalogDocument::default() }).await.unwrap();
    let ada = store.tables.password_hash("ada").await.unwrap();
    assert!(ada.starts_with("$argon2id$v=19$"), "{ada}");
    assert!(!ada.contains("horse"));
    assert_ne!(Some(ada), store.tables.password_hash("eve").await, "a salt each");
    assert_eq!(store.tables.password_hash("old").await.as_deref(), Some(HASH));
}

pub async fn a_reference_to_nobody_is_an_error_that_says_where(store: &Subject) {
    let document = CatalogDocument {
        providers: vec![provider(1, "Green Hosting")],
        ip_ranges: vec![ip_range(1, 1, "192.0.2.0", "192.0.2.1"), ip_range(2, 99, "192.0.2.0", "192.0.2.1")],
        ..CatalogDocument::default()
    };
    assert_eq!(
        problem(store, &document).await,
        "ip_ranges[1].provider: provider 99 is neither in the document nor in the catalog"
    );
}

pub async fn nothing_has_changed_after_an_error(store: &Subject) {
    store.import.import(&catalog()).await.unwrap();
    let (before, generation) =
        (store.import.export(true).await.unwrap(), store.catalogs.generation().await.unwrap());
    let wrong = CatalogDocument {
        providers: vec![provider(1, "Renamed"), provider(5, "New")],
        green_domains: vec![GreenDomainRecord {
            url: "not a name".into(),
            hosted_by_id: 1,
            ..GreenDomainRecord::default()
        }],
        ..CatalogDocument::default()
    };
    let problem = problem(store, &wrong).await;
    assert!(problem.starts_with("green_domains[0].url: "), "{problem}");
    assert_eq!(store.import.export(true).await.unwrap(), before);
    assert_eq!(store.catalogs.generation().await.unwrap(), generation);
}

pub async fn unique_values_may_change_hands_within_a_document(store: &Subject) {
    let swapped = |first: i64, second: i64| CatalogDocument {
        providers: vec![provider(1, "One"), provider(2, "Two")],
        asns: vec![
            AsnRecord { id: 31, provider: first, asn: 64_495 + u32::try_from(first).unwrap(), active: true },
            AsnRecord {
                id: 32,
                provider: second,
                asn: 64_495 + u32::try_from(second).unwrap(),
                active: true,
            },
        ],
        carbon_txts: vec![
            CarbonTxtRecord {
                provider: 1,
                domain: Some(format!("d{first}.example.com")),
                ..CarbonTxtRecord::default()
            },
            CarbonTxtRecord {
                provider: 2,
                domain: Some(format!("d{second}.example.com")),
                ..CarbonTxtRecord::default()
            },
        ],
        ..CatalogDocument::default()
    };
    store.import.import(&swapped(1, 2)).await.unwrap();
    store.import.import(&swapped(2, 1)).await.unwrap();
    let after = store.import.export(true).await.unwrap();
    assert_eq!(after.asns, swapped(2, 1).asns);
    assert_eq!(after.carbon_txts, swapped(2, 1).carbon_txts);
}

pub async fn a_value_that_somebody_else_holds_is_an_error(store: &Subject) {
    store.import.import(&catalog()).await.unwrap();
    let asns = vec![AsnRecord { id: 39, provider: 2, asn: 4_294_967_295, active: true }];
    let taken = problem(store, &CatalogDocument { asns, ..CatalogDocument::default() }).await;
    assert_eq!(taken, "asns[0].asn: 4294967295 is entry 31 of provider 1 already");
    let carbon_txts = vec![CarbonTxtRecord {
        provider: 2,
        domain: Some("green.example.com".into()),
        ..CarbonTxtRecord::default()
    }];
    let taken = problem(store, &CatalogDocument { carbon_txts, ..CatalogDocument::default() }).await;
    assert_eq!(taken, "carbon_txts[0].domain: green.example.com is provider 1's already");
}

pub async fn a_green_domain_takes_from_the_catalog_what_it_does_not_say(store: &Subject) {
    store.import.import(&catalog()).await.unwrap();
    let green_domains = vec![GreenDomainRecord {
        url: "HTTPS://Example.NET/".into(),
        hosted_by_id: 1,
        green: true,
        ..GreenDomainRecord::default()
    }];
    store.import.import(&CatalogDocument { green_domains, ..CatalogDocument::default() }).await.unwrap();
    let found = store.verdicts.by_hosts(&[host("example.net")]).await.unwrap();
    assert_eq!(found[0].hosted_by, "Green Hosting");
    assert_eq!(found[0].hosted_by_website, "green.example.com");
    assert_eq!(found[0].partner, "Partner");
    assert_eq!(found[0].by, Match { kind: MatchKind::Snapshot, id: None });
    assert_eq!(found[0].created, found[0].modified);
}

async fn problem(store: &Subject, document: &CatalogDocument) -> String {
    match store.import.import(document).await {
        Err(StoreError::Invalid(problem)) => problem,
        other => panic!("expected an invalid document, got {other:?}"),
    }
}

/// Times in one spelling.
fn normalised(mut document: CatalogDocument) -> CatalogDocument {
    for domain in &mut document.green_domains {
        for time in [&mut domain.modified, &mut domain.created].into_iter().flatten() {
            *time = super::samples::at(time).to_rfc3339();
        }
    }
    document
}
