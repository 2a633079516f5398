use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{SqliteConnection, sql_query};
use greencheck_core::catalog::RawSnapshotRow;
use greencheck_core::ports::StoreError;

use crate::failure::{query_error, unavailable};

/// The table of the platform's snapshots: these columns in this order, no index.
const TABLE: &str = "CREATE TABLE greendomain (
    id INTEGER PRIMARY KEY, url TEXT, hosted_by TEXT, hosted_by_website TEXT, partner TEXT, green INTEGER,
    hosted_by_id INTEGER, modified TEXT, created TEXT, listed_provider INTEGER, type TEXT
)";
const INSERT: &str = "INSERT INTO greendomain
    (url, hosted_by, hosted_by_website, partner, green, hosted_by_id, modified, created, listed_provider, type)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'none')";

/// Writes a snapshot of green domains that [`SnapshotReader`](crate::SnapshotReader) and the platform's clients read.
/// Blocks.
pub struct SnapshotWriter {
    conn: SqliteConnection,
}

impl SnapshotWriter {
    /// Makes the file, which must not hold a snapshot yet.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        let text = path
            .to_str()
            .ok_or_else(|| StoreError::Invalid(format!("`{}`: the path is not UTF-8", path.display())))?;
        let mut conn = SqliteConnection::establish(text).map_err(unavailable)?;
        // One writer, one file: no journal beside it that a download could miss.
        conn.batch_execute("PRAGMA journal_mode = MEMORY").map_err(query_error)?;
        conn.batch_execute(TABLE).map_err(query_error)?;
        Ok(Self { conn })
    }

    /// Appends the rows as they are, all or none.
    pub fn append(&mut self, rows: &[RawSnapshotRow]) -> Result<(), StoreError> {
        let appended = self.conn.transaction(|conn| rows.iter().try_for_each(|row| insert(conn, row)));
        appended.map_err(query_error)
    }
}

fn insert(conn: &mut SqliteConnection, row: &RawSnapshotRow) -> QueryResult<()> {
    sql_query(INSERT)
        .bind::<Nullable<Text>, _>(&row.url)
        .bind::<Nullable<Text>, _>(&row.hosted_by)
        .bind::<Nullable<Text>, _>(&row.hosted_by_website)
        .bind::<Nullable<Text>, _>(&row.partner)
        .bind::<Nullable<BigInt>, _>(row.green)
        .bind::<Nullable<BigInt>, _>(row.hosted_by_id)
        .bind::<Nullable<Text>, _>(&row.modified)
        .bind::<Nullable<Text>, _>(&row.created)
        .bind::<Nullable<BigInt>, _>(row.listed_provider)
        .execute(conn)
        .map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SnapshotReader;

    #[test]
    fn what_is_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("green.db");
        let row = RawSnapshotRow {
            url: Some("example.com".to_owned()),
            green: Some(1),
            hosted_by_id: Some(7),
            modified: Some("2026-11-20T01:30:00.000001".to_owned()),
            listed_provider: Some(0),
            ..RawSnapshotRow::default()
        };
        let rows = [row, RawSnapshotRow::default()];
        SnapshotWriter::create(&path).unwrap().append(&rows).unwrap();
        let mut reader = SnapshotReader::open(&path).unwrap();
        assert_eq!(reader.total(), 2);
        assert_eq!(reader.next_chunk(10).unwrap(), rows);
        assert!(SnapshotWriter::create(&path).is_err(), "a snapshot is not written into another");
    }
}
