//! The stores on real databases: SQLite files in temporary folders, and the PostgreSQL that `TEST_DATABASE_URL` names.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod databases;
mod expand;
mod migrations;
mod postgres;
mod snapshot_reader;
mod sqlite;
mod tables;
mod tls;
