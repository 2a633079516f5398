use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::Source;
use crate::catalog::{CatalogData, CatalogDocument, ImportReport, SnapshotRow};
use crate::{CheckBatch, Generation, Host, StoredVerdict};

/// Stored green verdicts.
#[async_trait]
pub trait Verdicts: Send + Sync {
    /// The stored verdicts among `hosts`, in any order. One query per 1,000 hosts.
    async fn by_hosts(&self, hosts: &[Host]) -> Result<Vec<StoredVerdict>, StoreError>;

    /// Stores or replaces a verdict; `created` and `last_checked_at` of an existing row stay.
    async fn put(&self, verdict: &StoredVerdict) -> Result<(), StoreError>;

    /// Deletes the verdict on `host`; says whether there was one.
    async fn remove(&self, host: &Host) -> Result<bool, StoreError>;

    /// Takes on the refresh of the stored verdict on `host`, for all replicas: true for one caller within `lease`, false
    /// for the others and when nothing is stored.
    async fn claim_refresh(
        &self,
        host: &Host,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<bool, StoreError>;
}

/// The catalog for the decision.
#[async_trait]
pub trait Catalogs: Send + Sync {
    /// The whole catalog and its generation, read in one transaction.
    async fn load(&self) -> Result<(Generation, CatalogData), StoreError>;

    /// The current generation. Cheap: called once a second.
    async fn generation(&self) -> Result<Generation, StoreError>;
}

/// The catalog for operators.
#[async_trait]
pub trait CatalogImport: Send + Sync {
    /// Upserts everything in the document by id in one transaction, which also moves the generation on; on error nothing
    /// has changed.
    async fn import(&self, document: &CatalogDocument) -> Result<ImportReport, StoreError>;

    /// The same document back. Secrets and password hashes only `with_secrets`.
    async fn export(&self, with_secrets: bool) -> Result<CatalogDocument, StoreError>;
}

/// Bulk import of green domains, in chunks, each in a transaction of its own: repeatable, and resumable by repeating.
#[async_trait]
pub trait SnapshotImport: Send + Sync {
    /// Creates the providers among the rows that are missing, then inserts or updates the rows (a newer `modified` wins;
    /// a verdict that a look-up confirmed stays).
    async fn import_chunk(&self, rows: Vec<SnapshotRow>) -> Result<ChunkReport, StoreError>;

    /// Moves the generation on, so that every cache sees the new rows.
    async fn finish(&self) -> Result<Generation, StoreError>;
}

/// What became of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChunkReport {
    pub inserted: u64,
    pub updated: u64,
    /// Rows that are stored already, as new or newer.
    pub unchanged: u64,
    pub providers_created: u64,
}

/// How far `last_checked_at` of a stored verdict may lie behind the last check of it: names that everybody asks for would be
/// written with every batch, for a time that only tells after how many months nobody has asked.
pub const LAST_CHECKED_LAG: TimeDelta = TimeDelta::hours(1);

/// The log of checks.
#[async_trait]
pub trait CheckLog: Send + Sync {
    /// Appends the batches and their ids, freshens `last_checked_at` of the stored verdicts (to the last check of the name
    /// unless it lies less than [`LAST_CHECKED_LAG`] behind) and adds up what callers with keys asked, in one transaction.
    /// A batch whose id is known is left out. Each result stands for the batch at its place.
    async fn append(&self, batches: &[CheckBatch]) -> Result<Vec<Appended>, StoreError>;
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// Its rows are stored now.
    Stored,
    /// Its rows were stored before.
    Duplicate,
}

/// Keeps the log in shape.
#[async_trait]
pub trait LogUpkeep: Send + Sync {
    /// Makes room for the days from `first` to `last`. Postgres: creates their partitions. Repeatable.
    async fn prepare_days(&self, first: NaiveDate, last: NaiveDate) -> Result<(), StoreError>;

    /// Drops the checks, the recorded changes of the catalog and what was asked with keys on the days before `day`, and
    /// batch ids older than `batch_ids_before`; the number of days or rows of checks dropped.
    async fn drop_before(&self, day: NaiveDate, batch_ids_before: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Drops green domains that nobody asked for since `before`; the number dropped.
    async fn expire_verdicts(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;
}

/// Resolved carbon.txt locations, positive and negative.
#[async_trait]
pub trait CarbonTxtResults: Send + Sync {
    /// The result for `host` unless it is older than `since`.
    async fn get(
        &self,
        host: &Host,
        since: DateTime<Utc>,
    ) -> Result<Option<crate::carbon_txt::Resolved>, StoreError>;

    /// Stores or replaces the result for `host`.
    async fn put(
        &self,
        host: &Host,
        resolved: &crate::carbon_txt::Resolved,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Drops results older than `before`; the number dropped.
    async fn sweep(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;
}

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Try again later.
    #[error("the database is not reachable")]
    Unavailable(#[source] Source),
    /// Trying again will not help.
    #[error("the database refused")]
    Query(#[source] Source),
    /// A stored value is not what the schema promises.
    #[error("the database holds a value that cannot be read: {0}")]
    Corrupt(String),
    /// The input contradicts itself or the catalog; says where.
    #[error("{0}")]
    Invalid(String),
}
