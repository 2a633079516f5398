use std::path::Path;

use greencheck_core::catalog::RawSnapshotRow;
use greencheck_store::SnapshotReader;
use serde_json::{Value, json};

use crate::desk::Desk;

const CATALOG: &str = r#"{
    "providers": [
        {"id": 7, "name": "Hill Wind", "website": "hill.example.com", "partner": "Partner", "is_listed": true},
        {"id": 8, "name": "Gone", "archived": true}
    ],
    "green_domains": [
        {"url": "www.example.com", "hosted_by_id": 7, "listed_provider": true, "created": "2019-12-09T10:00:00Z",
         "modified": "2026-11-20T01:30:00.000001Z"},
        {"url": "münchen.example.org", "hosted_by_id": 7, "hosted_by": "Other & Söhne", "partner": "",
         "created": "2020-01-01T00:00:00Z", "modified": "2026-11-20T01:30:00Z"},
        {"url": "192.0.2.7", "hosted_by_id": 7, "created": "2020-01-01T00:00:00Z", "modified": "2026-11-20T00:00:00Z"},
        {"url": "gone.example.com", "hosted_by_id": 8, "created": "2020-01-01T00:00:00Z", "modified": "2026-11-20T00:00:00Z"},
        {"url": "grey.example.com", "hosted_by_id": 7, "green": false, "created": "2020-01-01T00:00:00Z",
         "modified": "2026-11-20T00:00:00Z"}
    ]
}"#;

fn rows(file: &Path) -> Vec<RawSnapshotRow> {
    SnapshotReader::open(file).unwrap().next_chunk(1_000).unwrap()
}

/// Green domains of the store, without those that no snapshot has.
fn green_domains(desk: &Desk) -> Vec<Value> {
    let export = desk.export();
    let all = export["green_domains"].as_array().unwrap().iter();
    all.filter(|row| row["green"] == true && row["hosted_by_id"] == 7).cloned().collect()
}

#[test]
fn an_exported_snapshot_is_imported_to_the_same_rows() {
    let desk = Desk::with_catalog(CATALOG);
    let report = desk.run(&["export", "snapshot", "green.db"]).succeeded();
    assert!(report.starts_with("wrote green.db: 3 rows, "), "{report}");
    assert!(report.ends_with("left out 1 that the catalog no longer supports\n"), "{report}");
    let exported = rows(&desk.path("green.db"));
    let names: Vec<_> = exported.iter().map(|row| row.url.as_deref().unwrap()).collect();
    assert_eq!(names, ["192.0.2.7", "www.example.com", "xn--mnchen-3ya.example.org"]);
    assert_eq!(exported[1].modified.as_deref(), Some("2026-11-20T01:30:00.000001"));
    assert_eq!(exported[1].created.as_deref(), Some("2019-12-09T10:00:00"));
    assert_eq!(
        (exported[1].green, exported[1].hosted_by_id, exported[1].listed_provider),
        (Some(1), Some(7), Some(1))
    );
    let other = Desk::new();
    let file = desk.path("green.db");
    other.run(&["import", "snapshot", file.to_str().unwrap()]).succeeded();
    assert_eq!(green_domains(&other), green_domains(&desk));
    assert_eq!(other.export()["providers"].as_array().unwrap().len(), 1);
}

#[test]
fn a_snapshot_is_packed_as_it_is_called() {
    let desk = Desk::with_catalog(CATALOG);
    for (arguments, file, magic) in [
        (&["plain.db"][..], "plain.db", &b"SQLite format 3\0"[..]),
        (&["green.db.gz"], "green.db.gz", b"\x1f\x8b"),
        (&["green.db.bz2"], "green.db.bz2", b"BZh"),
        (&["odd.name", "--gzip"], "odd.name", b"\x1f\x8b"),
    ] {
        desk.run(&[&["export", "snapshot"], arguments].concat()).succeeded();
        assert!(std::fs::read(desk.path(file)).unwrap().starts_with(magic), "{file}");
        let other = Desk::new();
        other.run(&["import", "snapshot", desk.path(file).to_str().unwrap()]).succeeded();
        assert_eq!(green_domains(&other).len(), 3, "{file}");
    }
    assert!(desk.run(&["export", "snapshot", "--gzip", "--bzip2"]).failed(2).contains("cannot be used with"));
}

#[test]
fn a_snapshot_without_a_name_is_called_after_its_day() {
    let desk = Desk::with_catalog(CATALOG);
    let report = desk.run(&["export", "snapshot"]).succeeded();
    let name = report.strip_prefix("wrote ").unwrap().split(':').next().unwrap();
    assert!(
        name.starts_with("green_urls_20") && name.split_once('.').map(|(_, ending)| ending) == Some("db"),
        "{report}"
    );
    assert_eq!(rows(&desk.path(name)).len(), 3);
}

#[test]
fn a_published_snapshot_replaces_none_that_had_much_more() {
    let desk = Desk::with_catalog(CATALOG);
    let upload = |more: &[&str]| desk.run(&[&["export", "snapshot", "--upload"], more].concat());
    let report = upload(&[]).succeeded();
    assert!(
        report.starts_with("published green_urls_20")
            && report.contains("in `file:data/snapshots`: 3 rows, "),
        "{report}"
    );
    let published = || -> Vec<_> {
        let folder = std::fs::read_dir(desk.path("data/snapshots")).unwrap();
        folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert_eq!(published().len(), 1);
    assert!(published()[0].ends_with(".db.gz"), "{:?}", published());
    upload(&[]).succeeded();
    let fewer = json!({"green_domains": [
        {"url": "192.0.2.7", "hosted_by_id": 7, "green": false, "modified": "2026-11-21T00:00:00Z"}
    ]});
    desk.write("fewer.json", fewer.to_string());
    desk.run(&["import", "catalog", "fewer.json"]).succeeded();
    let error = upload(&["--bzip2"]).failed(2);
    assert!(
        error.contains("the snapshot has 2 rows and green_urls_20") && error.contains("--force"),
        "{error}"
    );
    assert_eq!(published().len(), 1);
    upload(&["--bzip2", "--force"]).succeeded();
    assert_eq!(published().len(), 2);
    let local = desk.run(&["export", "snapshot", "here.db"]).succeeded();
    assert!(local.starts_with("wrote here.db: 2 rows, "), "{local}");
}

#[test]
fn a_damaged_or_missing_last_snapshot_is_told() {
    let desk = Desk::with_catalog(CATALOG);
    std::fs::create_dir_all(desk.path("data/snapshots")).unwrap();
    desk.write("data/snapshots/green_urls_2020-01-01.db.gz", "not packed at all");
    let error = desk.run(&["export", "snapshot", "--upload"]).failed(2);
    assert!(
        error.contains("cannot compare with green_urls_2020-01-01.db.gz; --force does without"),
        "{error}"
    );
    desk.run(&["export", "snapshot", "--upload", "--force"]).succeeded();
    let mut command = desk.command(&["export", "snapshot", "--upload"]);
    command.env("GREENCHECK__SNAPSHOTS__URL", "ftp:somewhere");
    let error = crate::desk::Ended::of(&mut command).failed(2);
    assert!(error.contains("snapshots.url: `ftp:somewhere` is no place for snapshots"), "{error}");
}

#[test]
fn nothing_is_written_of_an_empty_store() {
    let desk = Desk::new();
    let error = desk.run(&["export", "snapshot", "green.db"]).failed(2);
    assert!(error.contains("nothing was written: the store has no green domain"), "{error}");
    assert!(!desk.path("green.db").exists());
    let left = std::fs::read_dir(desk.path(".")).unwrap();
    assert!(left.flatten().all(|entry| !entry.file_name().to_string_lossy().starts_with(".greencheck-")));
    let report = desk.run(&["export", "snapshot", "green.db", "--force"]).succeeded();
    assert!(report.starts_with("wrote green.db: 0 rows, "), "{report}");
    assert!(
        desk.run(&["export", "snapshot", "none/green.db", "--force"])
            .failed(3)
            .contains("cannot write into `none`")
    );
}
