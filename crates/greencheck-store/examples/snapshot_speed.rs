//! How long a snapshot takes: makes one of `ROWS` names (default 1,000,000), or takes `FILE`, and imports it into a new
//! SQLite file, or into the PostgreSQL database `URL`.
//!
//! `cargo run --release -p greencheck-store --example snapshot_speed [ROWS|FILE] [URL]`

#![expect(clippy::print_stdout, reason = "it is a program that prints what it measured")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use greencheck_core::catalog::SnapshotRow;
use greencheck_core::ports::ChunkReport;
use greencheck_store::{SnapshotReader, StoreConfig, connect};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut arguments = std::env::args().skip(1);
    let source = arguments.next().unwrap_or_else(|| "1000000".to_owned());
    let url =
        arguments.next().unwrap_or_else(|| format!("sqlite:{}", folder.path().join("store.db").display()));
    let snapshot = match source.parse() {
        Ok(rows) => make(&folder.path().join("snapshot.db"), rows)?,
        Err(_) => PathBuf::from(source),
    };
    let store = connect(&StoreConfig { url, ..StoreConfig::default() }).await?;
    store.migrate().await?;
    for round in ["first", "again"] {
        let start = Instant::now();
        let mut reader = SnapshotReader::open(&snapshot)?;
        let (mut total, mut rejected) = (ChunkReport::default(), 0);
        loop {
            let raw = reader.next_chunk(5_000)?;
            if raw.is_empty() {
                break;
            }
            let (rows, bad): (Vec<_>, Vec<_>) =
                raw.iter().map(SnapshotRow::from_raw).partition(Result::is_ok);
            rejected += bad.len();
            let report = store.import_chunk(rows.into_iter().flatten().collect()).await?;
            total.inserted += report.inserted;
            total.updated += report.updated;
            total.unchanged += report.unchanged;
            total.providers_created += report.providers_created;
        }
        store.finish().await?;
        println!("{round}: {:.2?}, {} rows, {rejected} rejected, {total:?}", start.elapsed(), reader.total());
    }
    Ok(())
}

/// A snapshot whose names come in no order, on 225 providers.
fn make(path: &Path, rows: u32) -> Result<PathBuf, Box<dyn Error>> {
    let mut conn = SqliteConnection::establish(path.to_str().ok_or("the path is not UTF-8")?)?;
    conn.batch_execute(&format!(
        "CREATE TABLE greendomain (id INTEGER PRIMARY KEY, url TEXT, hosted_by TEXT, hosted_by_website TEXT, partner TEXT, \
         green INTEGER, hosted_by_id INTEGER, modified TEXT, created TEXT, listed_provider INTEGER, type TEXT); \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) \
         INSERT INTO greendomain SELECT i, printf('www.%08x%d.com', (i * 2654435761) % 4294967296, i), \
         printf('Provider %d', i % 225), 'www.provider.example', NULL, 1, i % 225 + 1, \
         '2024-05-06T07:08:09.123456', '2019-12-09T10:00:00', 1, 'ip' FROM n"
    ))?;
    Ok(path.to_owned())
}
