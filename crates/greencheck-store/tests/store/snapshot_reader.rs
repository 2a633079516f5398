use diesel::connection::SimpleConnection;
use greencheck_core::catalog::RawSnapshotRow;
use greencheck_core::ports::StoreError;
use greencheck_store::SnapshotReader;
use tempfile::TempDir;

use super::databases::connect_sqlite;

/// A snapshot made by `statements`.
fn snapshot(statements: &str) -> (TempDir, SnapshotReader) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("green urls #1 100%.db");
    connect_sqlite(path.to_str().unwrap()).batch_execute(statements).unwrap();
    let reader = SnapshotReader::open(&path).unwrap();
    (folder, reader)
}

fn all(reader: &mut SnapshotReader, max: usize) -> Vec<RawSnapshotRow> {
    let mut rows = Vec::new();
    loop {
        let chunk = reader.next_chunk(max).unwrap();
        assert!(chunk.len() <= max);
        if chunk.is_empty() {
            return rows;
        }
        rows.extend(chunk);
    }
}

#[test]
fn rows_of_todays_table_are_read_in_chunks() {
    let (_folder, mut reader) = snapshot(
        "CREATE TABLE greendomain (id INTEGER PRIMARY KEY, url TEXT, hosted_by TEXT, hosted_by_website TEXT, partner TEXT, \
         green INTEGER, hosted_by_id INTEGER, modified TEXT, created TEXT, listed_provider INTEGER, type TEXT); \
         INSERT INTO greendomain VALUES (-5, 'a.example', 'Host', 'host.example', NULL, 1, 7, '2019-12-09T10:00:00', \
         '2009-04-01T00:00:00', 1, 'ip'); \
         INSERT INTO greendomain (id, url, green) VALUES (1, 'b.example', 3), (2, NULL, NULL), (900, 'c.example', 1)",
    );
    assert_eq!(reader.total(), 4);
    let rows = all(&mut reader, 3);
    let first = RawSnapshotRow {
        url: Some("a.example".into()),
        hosted_by: Some("Host".into()),
        hosted_by_website: Some("host.example".into()),
        partner: None,
        green: Some(1),
        hosted_by_id: Some(7),
        modified: Some("2019-12-09T10:00:00".into()),
        created: Some("2009-04-01T00:00:00".into()),
        listed_provider: Some(1),
        kind: None,
    };
    assert_eq!(rows[0], first);
    assert_eq!(rows[1].green, Some(3));
    assert_eq!(rows[2], RawSnapshotRow::default());
    assert_eq!(rows[3].url.as_deref(), Some("c.example"));
    assert_eq!(reader.next_chunk(3).unwrap(), []);
}

#[test]
fn the_older_table_and_missing_columns_and_odd_types_are_taken() {
    let (_folder, mut reader) = snapshot(
        "CREATE TABLE green_presenting (url, green, hosted_by_id, modified); \
         INSERT INTO green_presenting VALUES (12, '1', '7', 20191209), (x'ff00', 'yes', 7.9, ''), ('d.example', '', x'07', NULL)",
    );
    let rows = all(&mut reader, 100);
    let rows: Vec<_> = rows.iter().map(|row| (row.url.as_deref(), row.green, row.hosted_by_id)).collect();
    let expected = [
        (Some("12"), Some(1), Some(7)),
        (Some("\u{fffd}"), Some(0), Some(7)),
        (Some("d.example"), None, None),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn a_text_that_is_not_utf8_does_no_harm() {
    let (_folder, mut reader) = snapshot(
        "CREATE TABLE greendomain (url TEXT, green INTEGER); \
         INSERT INTO greendomain VALUES (CAST(x'61ff62' AS TEXT), 1), ('b.example', 1)",
    );
    let rows = all(&mut reader, 100);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].url.as_deref(), Some("a\u{fffd}b"));
    assert_eq!(rows[1].url.as_deref(), Some("b.example"));
}

#[test]
fn what_is_no_snapshot_is_an_error_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let problem = || match SnapshotReader::open(&path) {
        Err(StoreError::Invalid(problem)) => problem,
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("it was opened"),
    };
    assert!(problem().contains("x.db"));
    assert!(!path.exists());
    std::fs::write(&path, "url,green\nexample.com,1\n".repeat(100)).unwrap();
    assert!(problem().ends_with("is no SQLite database"), "{}", problem());
    std::fs::remove_file(&path).unwrap();
    connect_sqlite(path.to_str().unwrap()).batch_execute("CREATE TABLE other (url)").unwrap();
    assert!(problem().contains("neither table `greendomain` nor `green_presenting`"), "{}", problem());
}
