use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{QueryableByName, SqliteConnection, sql_query};
use greencheck_core::catalog::RawSnapshotRow;
use greencheck_core::ports::StoreError;

use crate::failure::{query_error, unavailable};

/// The tables that published snapshots have, today's name first.
const TABLES: [&str; 2] = ["greendomain", "green_presenting"];

/// Reads a published snapshot of green domains: another SQLite file, as it is in the wild. Blocks; memory stays flat.
///
/// It takes the columns that are there, of whatever type they are. The file is never written to.
pub struct SnapshotReader {
    conn: SqliteConnection,
    /// The query of a chunk; its parameters are the last row id read and the number of rows.
    query: String,
    total: u64,
    last: i64,
}

impl SnapshotReader {
    /// Opens the file and finds the table.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let shown = path.display();
        // SQLite would create a missing file.
        std::fs::File::open(path).map_err(|error| StoreError::Invalid(format!("`{shown}`: {error}")))?;
        let text =
            path.to_str().ok_or_else(|| StoreError::Invalid(format!("`{shown}`: the path is not UTF-8")))?;
        let mut conn = SqliteConnection::establish(&read_only(text)).map_err(unavailable)?;
        let no_database = |_| StoreError::Invalid(format!("`{shown}` is no SQLite database"));
        conn.batch_execute("PRAGMA query_only = ON; SELECT count(*) FROM sqlite_master")
            .map_err(no_database)?;
        let tables = names(&mut conn, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")?;
        let Some(table) = TABLES.into_iter().find(|table| tables.iter().any(|name| name == table)) else {
            let known = TABLES.map(|table| format!("`{table}`")).join(" nor ");
            return Err(StoreError::Invalid(format!(
                "`{shown}` is no snapshot: it has neither table {known}"
            )));
        };
        let columns = names(&mut conn, &format!("SELECT name FROM pragma_table_info('{table}')"))?;
        if !columns.iter().any(|column| column == "url") {
            return Err(StoreError::Invalid(format!(
                "`{shown}` is no snapshot: `{table}` has no column `url`"
            )));
        }
        let total: Count = sql_query(format!("SELECT count(*) AS rows FROM {table}"))
            .get_result(&mut conn)
            .map_err(query_error)?;
        Ok(Self {
            conn,
            query: chunk_query(table, &columns),
            total: total.rows.unsigned_abs(),
            last: i64::MIN,
        })
    }

    /// How many rows the table has.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The next rows, at most `max`; none at the end.
    pub fn next_chunk(&mut self, max: usize) -> Result<Vec<RawSnapshotRow>, StoreError> {
        let rows: Vec<Row> = sql_query(&self.query)
            .bind::<BigInt, _>(self.last)
            .bind::<BigInt, _>(i64::try_from(max).unwrap_or(i64::MAX))
            .load(&mut self.conn)
            .map_err(query_error)?;
        if let Some(row) = rows.last() {
            self.last = row.row_id;
        }
        Ok(rows.into_iter().map(RawSnapshotRow::from).collect())
    }
}

/// The file as a URI that says not to write.
fn read_only(path: &str) -> String {
    let escaped = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{escaped}?mode=ro")
}

/// Pages by row id, so that the last chunk is as quick as the first. Texts that are not UTF-8 are blobs to SQLite: they come
/// as hexadecimal digits, which no name looks like for long.
fn chunk_query(table: &str, columns: &[String]) -> String {
    let has = |name: &str| columns.iter().any(|column| column == name);
    let text = |name: &str| match has(name) {
        true => format!(
            "CASE typeof({name}) WHEN 'blob' THEN hex({name}) ELSE CAST({name} AS TEXT) END AS {name}"
        ),
        false => format!("NULL AS {name}"),
    };
    let number = |name: &str| match has(name) {
        true => format!(
            "CASE WHEN typeof({name}) IN ('integer', 'real', 'text') AND {name} <> '' THEN CAST({name} AS INTEGER) END AS {name}"
        ),
        false => format!("NULL AS {name}"),
    };
    let texts =
        ["url", "hosted_by", "hosted_by_website", "partner", "modified", "created"].map(text).join(", ");
    let numbers = ["green", "hosted_by_id", "listed_provider"].map(number).join(", ");
    format!("SELECT rowid AS row_id, {texts}, {numbers} FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT ?")
}

fn names(conn: &mut SqliteConnection, query: &str) -> Result<Vec<String>, StoreError> {
    let rows: Vec<Name> = sql_query(query).load(conn).map_err(query_error)?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    row_id: i64,
    #[diesel(sql_type = Nullable<Text>)]
    url: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    hosted_by: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    hosted_by_website: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    partner: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    green: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    hosted_by_id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    modified: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    created: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    listed_provider: Option<i64>,
}

impl From<Row> for RawSnapshotRow {
    fn from(row: Row) -> Self {
        Self {
            url: row.url,
            hosted_by: row.hosted_by,
            hosted_by_website: row.hosted_by_website,
            partner: row.partner,
            green: row.green,
            hosted_by_id: row.hosted_by_id,
            modified: row.modified,
            created: row.created,
            listed_provider: row.listed_provider,
        }
    }
}
