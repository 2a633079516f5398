//! What every process gets from a store.

use std::ops::Add;
use std::sync::Arc;

use async_trait::async_trait;
use greencheck_core::ports::{
    Accounts, CarbonTxtResults, CatalogImport, Catalogs, CheckHistory, CheckLog, Directory, GreenVerdicts,
    JobRecords, LogUpkeep, NetworkImport, NoticeBox, Partners, SnapshotImport, StoreError, Verdicts,
};

use crate::config::{Scheme, StoreConfig};
use crate::{PgStore, SqliteStore};

/// All ports of a database, and what an operator needs besides.
#[async_trait]
pub trait Store:
    Verdicts
    + Catalogs
    + CatalogImport
    + SnapshotImport
    + CheckHistory
    + CheckLog
    + Directory
    + GreenVerdicts
    + JobRecords
    + NetworkImport
    + NoticeBox
    + LogUpkeep
    + CarbonTxtResults
    + Partners
    + Accounts
    + Migrate
{
    /// How busy the connections of this process are.
    fn pool_status(&self) -> PoolStatus;

    /// Asks the database for nothing, to see whether it answers.
    async fn ping(&self) -> Result<(), StoreError>;
}

/// The shape of the tables.
#[async_trait]
pub trait Migrate: Send + Sync {
    /// Runs the migrations that are missing, oldest first; their names. When several processes migrate at once one does
    /// the work and the others wait.
    async fn migrate(&self) -> Result<Vec<String>, StoreError>;

    /// The names of the migrations that are missing, oldest first.
    async fn pending(&self) -> Result<Vec<String>, StoreError>;
}

/// Connections of this process to its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStatus {
    /// Open connections.
    pub size: usize,
    /// Those of them that work on something.
    pub in_use: usize,
    /// Connections allowed at once.
    pub max: usize,
    /// Calls that wait for a connection.
    pub waiting: usize,
}

impl PoolStatus {
    pub(crate) fn of(status: deadpool::Status) -> Self {
        Self {
            size: status.size,
            in_use: status.size.saturating_sub(status.available),
            max: status.max_size,
            waiting: status.waiting,
        }
    }
}

impl Add for PoolStatus {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            size: self.size + other.size,
            in_use: self.in_use + other.in_use,
            max: self.max + other.max,
            waiting: self.waiting + other.waiting,
        }
    }
}

/// Opens the database that `store.url` names.
pub async fn connect(config: &StoreConfig) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match config.scheme()? {
        Scheme::Sqlite => Arc::new(SqliteStore::open(config).await?),
        Scheme::Postgres => Arc::new(PgStore::connect(config).await?),
    })
}
