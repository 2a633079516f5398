use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
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
            self.last = row.place;
        }
        Ok(rows.into_iter().map(RawSnapshotRow::from).collect())
    }
}

/// The file as a URI that says not to write.
fn read_only(path: &str) -> String {
    let escaped = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{escaped}?mode=ro")
}

/// Pages by row id, so that the last chunk is as quick as the first. Texts are read as bytes: SQLite does not see to it that
/// they are UTF-8.
fn chunk_query(table: &str, columns: &[String]) -> String {
    let column = |name: &str, value: String| {
        let value = if columns.iter().any(|column| column == name) { value } else { "NULL".to_owned() };
        format!("{value} AS {name}")
    };
    let text = |name: &str| column(name, format!("CAST({name} AS BLOB)"));
    let number = |name: &str| {
        let filled = format!("typeof({name}) <> 'blob' AND {name} <> ''");
        column(name, format!("CASE WHEN {filled} THEN CAST({name} AS INTEGER) END"))
    };
    let texts =
        ["url", "hosted_by", "hosted_by_website", "partner", "modified", "created"].map(text).join(", ");
    let numbers = ["green", "hosted_by_id", "listed_provider"].map(number).join(", ");
    format!("SELECT rowid AS place, {texts}, {numbers} FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT ?")
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
    place: i64,
    #[diesel(sql_type = Nullable<Binary>)]
    url: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Binary>)]
    hosted_by: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Binary>)]
    hosted_by_website: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Binary>)]
    partner: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<BigInt>)]
    green: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    hosted_by_id: Option<i64>,
    #[diesel(sql_type = Nullable<Binary>)]
    modified: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Binary>)]
    created: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<BigInt>)]
    listed_provider: Option<i64>,
}

impl From<Row> for RawSnapshotRow {
    fn from(row: Row) -> Self {
        Self {
            url: row.url.map(text),
            hosted_by: row.hosted_by.map(text),
            hosted_by_website: row.hosted_by_website.map(text),
            partner: row.partner.map(text),
            green: row.green,
            hosted_by_id: row.hosted_by_id,
            modified: row.modified.map(text),
            created: row.created.map(text),
            listed_provider: row.listed_provider,
            kind: None,
        }
    }
}

/// What is readable in a text of unknown origin. PostgreSQL takes no NUL.
fn text(bytes: Vec<u8>) -> String {
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    if text.contains('\0') { text.replace('\0', "") } else { text }
}
