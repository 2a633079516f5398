//! Verdicts, the catalog and the log of checks in SQL: [`SqliteStore`] for one machine, [`PgStore`] for many.
//!
//! The only crate that knows diesel. It decides nothing: it keeps what core hands it. Tables, rows and queries are shared;
//! the two adapters differ in how they reach their database and in writes that each does best in its own way.

mod assemble;
mod config;
mod directory;
mod export;
mod failure;
mod history;
mod import;
mod networks;
mod partners;
mod pool_metrics;
mod postgres;
mod queries;
mod redact;
mod rows;
mod schema;
mod snapshot_providers;
mod snapshot_reader;
mod snapshot_writer;
mod sqlite;
mod store;
mod verdict_rows;

pub use config::StoreConfig;
pub use pool_metrics::register_pool;
pub use postgres::PgStore;
pub use snapshot_reader::SnapshotReader;
pub use snapshot_writer::SnapshotWriter;
pub use sqlite::SqliteStore;
pub use store::{Migrate, PoolStatus, Store, connect};
