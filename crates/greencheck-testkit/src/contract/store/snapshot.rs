use greencheck_core::catalog::{CatalogDocument, SnapshotRow};
use greencheck_core::ports::ChunkReport;
use greencheck_core::{Match, MatchKind, ProviderId, StoredVerdict};

use super::Subject;
use super::samples::{at, host, provider, row, verdict};

const OLD: &str = "2019-12-09T10:00:00Z";
const NEW: &str = "2020-12-09T10:00:00Z";

pub async fn a_chunk_is_stored_and_its_providers_created(store: &Subject) {
    let rows = vec![
        row("example.com", OLD),
        row("example.org", OLD),
        SnapshotRow { provider: ProviderId(8), hosted_by: String::new(), ..row("example.net", OLD) },
    ];
    let report = store.snapshot.import_chunk(rows).await.unwrap();
    assert_eq!(report, ChunkReport { inserted: 3, updated: 0, unchanged: 0, providers_created: 2 });
    let expected = StoredVerdict {
        partner: String::new(),
        by: Match { kind: MatchKind::Snapshot, id: None },
        address: None,
        created: at("2019-12-09T10:00:00Z"),
        modified: at(OLD),
        ..verdict("example.com")
    };
    assert_eq!(store.verdicts.by_hosts(&[host("example.com")]).await.unwrap(), [expected]);
    let (_, data) = store.catalogs.load().await.unwrap();
    let providers: Vec<_> = data.providers.iter().map(|entry| (entry.id.0, entry.name.as_str())).collect();
    assert_eq!(providers, [(7, "Green Hosting"), (8, "Provider 8")]);
    assert_eq!(store.snapshot.import_chunk(Vec::new()).await.unwrap(), ChunkReport::default());
}

pub async fn repeating_a_snapshot_changes_nothing(store: &Subject) {
    let rows = || vec![row("example.com", OLD), row("example.org", OLD)];
    store.snapshot.import_chunk(rows()).await.unwrap();
    let report = store.snapshot.import_chunk(rows()).await.unwrap();
    assert_eq!(report, ChunkReport { unchanged: 2, ..ChunkReport::default() });
}

pub async fn the_newer_row_wins(store: &Subject) {
    let named = |name: &str, modified: &str, by: &str| SnapshotRow {
        hosted_by: by.to_owned(),
        ..row(name, modified)
    };
    store.snapshot.import_chunk(vec![named("example.com", NEW, "new")]).await.unwrap();
    let report = store.snapshot.import_chunk(vec![named("example.com", OLD, "old")]).await.unwrap();
    assert_eq!(report.unchanged, 1);
    // The same within one chunk, in either order.
    let chunk = vec![
        named("a.example.com", OLD, "old"),
        named("a.example.com", NEW, "new"),
        named("b.example.com", NEW, "new"),
        named("b.example.com", OLD, "old"),
    ];
    let report = store.snapshot.import_chunk(chunk).await.unwrap();
    assert_eq!(report, ChunkReport { inserted: 2, unchanged: 2, ..ChunkReport::default() });
    let later = "2021-12-09T10:00:00Z";
    let report = store.snapshot.import_chunk(vec![named("a.example.com", later, "newest")]).await.unwrap();
    assert_eq!(report, ChunkReport { updated: 1, ..ChunkReport::default() });
    let hosts = ["example.com", "a.example.com", "b.example.com"].map(host);
    let mut found = store.verdicts.by_hosts(&hosts).await.unwrap();
    found.sort_by(|a, b| a.host.cmp(&b.host));
    let shown: Vec<_> =
        found.iter().map(|verdict| (verdict.host.as_str(), verdict.hosted_by.as_str())).collect();
    assert_eq!(shown, [("a.example.com", "newest"), ("b.example.com", "new"), ("example.com", "new")]);
}

pub async fn a_verdict_that_a_look_up_confirmed_stays(store: &Subject) {
    let confirmed = verdict("example.com");
    store.verdicts.put(&confirmed).await.unwrap();
    let report = store.snapshot.import_chunk(vec![row("example.com", "2030-01-01T00:00:00Z")]).await.unwrap();
    assert_eq!(report, ChunkReport { unchanged: 1, providers_created: 1, ..ChunkReport::default() });
    assert_eq!(store.verdicts.by_hosts(&[host("example.com")]).await.unwrap(), [confirmed]);
}

pub async fn a_provider_that_exists_stays_as_it_is(store: &Subject) {
    let providers = vec![provider(7, "As the operator says")];
    store.import.import(&CatalogDocument { providers, ..CatalogDocument::default() }).await.unwrap();
    let report = store.snapshot.import_chunk(vec![row("example.com", OLD)]).await.unwrap();
    assert_eq!(report.providers_created, 0);
    let (_, data) = store.catalogs.load().await.unwrap();
    assert_eq!(data.providers[0].name, "As the operator says");
    // What is created later does not collide with an id that an import brought along.
    let other = SnapshotRow { provider: ProviderId(8), ..row("example.org", OLD) };
    assert_eq!(store.snapshot.import_chunk(vec![other]).await.unwrap().providers_created, 1);
}

pub async fn what_a_snapshot_brought_is_exported_and_imported_again(store: &Subject) {
    let dirty = SnapshotRow {
        provider: ProviderId(9),
        hosted_by: "1984 \"Hosting\" & Söhne".into(),
        hosted_by_website: "www.1984hosting.com/".into(),
        ..row("example.net", OLD)
    };
    store.snapshot.import_chunk(vec![row("example.com", OLD), dirty]).await.unwrap();
    let first = store.import.export(false).await.unwrap();
    assert_eq!((first.providers.len(), first.green_domains.len()), (2, 2));
    store.import.import(&first).await.unwrap();
    assert_eq!(store.import.export(false).await.unwrap(), first);
}
