use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{SqliteConnection, sql_query};
use greencheck_core::catalog::RawSnapshotRow;
use greencheck_core::ports::StoreError;

use crate::failure::{query_error, unavailable};

/// The table of the platform's snapshots: these columns in this order, no index.
const TABLE: &str = "CREATE TABLE greendomain (
    id INTEGER PRIMARY KEY, url TEXT, hosted_by TEXT, hosted_by_website TEXT, partner TEXT, green INTEGER,
    hosted_by_id INTEGER, modified TEXT, created TEXT, listed_provider INTEGER, type TEXT
)";
/// Rows in one statement, below SQLite's limit of 32,766 parameters.
const ROWS: usize = 500;

diesel::table! {
    greendomain (id) {
        id -> BigInt,
        url -> Nullable<Text>,
        hosted_by -> Nullable<Text>,
        hosted_by_website -> Nullable<Text>,
        partner -> Nullable<Text>,
        green -> Nullable<BigInt>,
        hosted_by_id -> Nullable<BigInt>,
        modified -> Nullable<Text>,
        created -> Nullable<Text>,
        listed_provider -> Nullable<BigInt>,
        #[sql_name = "type"]
        kind -> Nullable<Text>,
    }
}

/// Writes a snapshot of green domains that [`SnapshotReader`](crate::SnapshotReader) and the platform's clients read.
/// Blocks; memory stays flat.
pub struct SnapshotWriter {
    conn: SqliteConnection,
}

#[derive(QueryableByName)]
struct Finding {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

impl SnapshotWriter {
    /// Makes the file, which must not hold a snapshot yet.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        let text = path
            .to_str()
            .ok_or_else(|| StoreError::Invalid(format!("`{}`: the path is not UTF-8", path.display())))?;
        let mut conn = SqliteConnection::establish(text).map_err(unavailable)?;
        // One writer, one file: no journal beside it that a download could miss. Whoever publishes it syncs it once.
        conn.batch_execute("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF").map_err(query_error)?;
        conn.batch_execute(TABLE).map_err(query_error)?;
        Ok(Self { conn })
    }

    /// Appends the rows as they are, all or none.
    pub fn append(&mut self, rows: &[RawSnapshotRow]) -> Result<(), StoreError> {
        let appended = self.conn.transaction(|conn| {
            rows.chunks(ROWS).try_for_each(|rows| {
                let values = rows.iter().map(|row| {
                    (
                        greendomain::url.eq(row.url.as_deref()),
                        greendomain::hosted_by.eq(row.hosted_by.as_deref()),
                        greendomain::hosted_by_website.eq(row.hosted_by_website.as_deref()),
                        greendomain::partner.eq(row.partner.as_deref()),
                        greendomain::green.eq(row.green),
                        greendomain::hosted_by_id.eq(row.hosted_by_id),
                        greendomain::modified.eq(row.modified.as_deref()),
                        greendomain::created.eq(row.created.as_deref()),
                        greendomain::listed_provider.eq(row.listed_provider),
                        greendomain::kind.eq(row.kind.as_deref().unwrap_or("none")),
                    )
                });
                let values: Vec<_> = values.collect();
                diesel::insert_into(greendomain::table).values(values).execute(conn).map(|_| ())
            })
        });
        appended.map_err(query_error)
    }

    /// Reads all of the file again and closes it; how many rows it has.
    pub fn finish(mut self) -> Result<u64, StoreError> {
        let findings: Vec<Finding> =
            sql_query("PRAGMA integrity_check").load(&mut self.conn).map_err(query_error)?;
        if let Some(wrong) = findings.iter().find(|finding| finding.integrity_check != "ok") {
            return Err(StoreError::Corrupt(format!("the snapshot: {}", wrong.integrity_check)));
        }
        let rows: i64 = greendomain::table.count().get_result(&mut self.conn).map_err(query_error)?;
        Ok(rows.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SnapshotReader;

    fn row(url: &str) -> RawSnapshotRow {
        RawSnapshotRow {
            url: Some(url.to_owned()),
            green: Some(1),
            hosted_by_id: Some(7),
            modified: Some("2026-11-20T01:30:00.000001".to_owned()),
            listed_provider: Some(0),
            ..RawSnapshotRow::default()
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("green.db");
        let rows = [row("example.com"), RawSnapshotRow::default()];
        let mut writer = SnapshotWriter::create(&path).unwrap();
        writer.append(&rows).unwrap();
        let many: Vec<_> = (0..1_200).map(|number| row(&format!("{number}.example.com"))).collect();
        writer.append(&many).unwrap();
        assert_eq!(writer.finish().unwrap(), 1_202);
        let mut reader = SnapshotReader::open(&path).unwrap();
        assert_eq!(reader.total(), 1_202);
        assert_eq!(reader.next_chunk(2).unwrap(), rows);
        assert_eq!(reader.next_chunk(2_000).unwrap(), many);
        assert!(SnapshotWriter::create(&path).is_err(), "a snapshot is not written into another");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no journal stays beside it");
    }

    #[test]
    fn the_table_is_the_platforms() {
        #[derive(QueryableByName)]
        struct Shape {
            #[diesel(sql_type = Text)]
            sql: String,
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("green.db");
        SnapshotWriter::create(&path)
            .unwrap()
            .append(&[RawSnapshotRow { kind: Some("ip".to_owned()), ..row("a.com") }])
            .unwrap();
        let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        let shapes: Vec<Shape> = sql_query(
            "SELECT group_concat(name || ' ' || type || ' ' || pk, ', ') AS sql FROM pragma_table_info('greendomain') \
             UNION ALL SELECT count(*) FROM sqlite_master UNION ALL SELECT id || ' ' || url || ' ' || type FROM greendomain",
        )
        .load(&mut conn)
        .unwrap();
        let shapes: Vec<_> = shapes.iter().map(|shape| shape.sql.as_str()).collect();
        assert_eq!(
            shapes,
            [
                "id INTEGER 1, url TEXT 0, hosted_by TEXT 0, hosted_by_website TEXT 0, partner TEXT 0, green INTEGER 0, \
                 hosted_by_id INTEGER 0, modified TEXT 0, created TEXT 0, listed_provider INTEGER 0, type TEXT 0",
                "1",
                "1 a.com ip"
            ]
        );
    }
}
