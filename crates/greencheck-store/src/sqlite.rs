//! One file, one machine: readers side by side, one writer.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use deadpool::Runtime;
use diesel::SqliteConnection;
use diesel::connection::SimpleConnection;
use greencheck_core::ports::StoreError;

use crate::config::StoreConfig;
use crate::failure::{Failure, unavailable};
use crate::partners::Passwords;
use crate::store::{PoolStatus, Store};

mod accounts;
mod catalog;
mod checks;
mod directory;
mod files;
mod green_verdicts;
mod history;
mod import;
mod jobs;
mod migrate;
mod networks;
mod partners;
mod snapshot;
mod upkeep;
mod verdicts;

use files::{Files, Pool, Role};

/// The store in an SQLite file. Clones share their connections.
///
/// Commits survive `kill -9` of the process. When the power fails the last commits may be gone (WAL with
/// `synchronous = NORMAL`), the file stays sound.
#[derive(Clone)]
pub struct SqliteStore {
    readers: Pool,
    /// One connection: writers of this process queue up for it instead of running into `SQLITE_BUSY`.
    writer: Pool,
    passwords: Passwords,
}

impl SqliteStore {
    /// Opens the file, and creates it and its folder where they are missing.
    pub async fn open(config: &StoreConfig) -> Result<Self, StoreError> {
        let path: Arc<str> = config.sqlite_path()?.into();
        if let Some(folder) = Path::new(&*path).parent() {
            tokio::fs::create_dir_all(folder).await.map_err(unavailable)?;
        }
        let pool = |role, size| {
            Pool::builder(Files { path: Arc::clone(&path), role, busy_timeout: config.acquire_timeout })
                .max_size(size)
                .wait_timeout(Some(config.acquire_timeout))
                .runtime(Runtime::Tokio1)
                .build()
                .map_err(unavailable)
        };
        let store = Self {
            readers: pool(Role::Reader, config.pool_size.max(1))?,
            writer: pool(Role::Writer, 1)?,
            passwords: Passwords::new(),
        };
        // The first writer makes the file a WAL file, which readers rely on.
        drop(store.writer.get().await.map_err(unavailable)?);
        Ok(store)
    }

    /// Runs `query` on a thread that may block. Several statements that belong together need a transaction.
    async fn read<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    {
        run(&self.readers, query).await
    }

    /// Runs `change` in a transaction on a thread that may block. It goes on to its end when the future is dropped.
    async fn write<T, F>(&self, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    {
        // Immediate: a transaction that begins by reading could not wait for the lock of another process later.
        run(&self.writer, |conn| conn.immediate_transaction(change)).await
    }
}

async fn run<T, F>(pool: &Pool, query: F) -> Result<T, StoreError>
where
    T: Send + 'static,
    F: FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
{
    let conn = pool.get().await.map_err(unavailable)?;
    let outcome =
        conn.interact(query).await.map_err(|error| unavailable(format!("the query did not end: {error}")))?;
    outcome.map_err(StoreError::from)
}

#[async_trait]
impl Store for SqliteStore {
    fn pool_status(&self) -> PoolStatus {
        let (readers, writer) = (PoolStatus::of(self.readers.status()), PoolStatus::of(self.writer.status()));
        PoolStatus {
            size: readers.size + writer.size,
            in_use: readers.in_use + writer.in_use,
            max: readers.max + writer.max,
            waiting: readers.waiting + writer.waiting,
        }
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.read(|conn| Ok(conn.batch_execute("SELECT 1")?)).await
    }
}
