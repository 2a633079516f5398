//! One server, many processes.

use std::sync::Arc;

use async_trait::async_trait;
use deadpool::Runtime;
use deadpool::managed::{Manager, Object, Pool};
use diesel::ConnectionError;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use greencheck_core::ports::StoreError;
use tokio::runtime::Handle;

use self::checks::{Freshened, LogConnections};
use self::connector::Connector;
use crate::config::StoreConfig;
use crate::failure::{query_error, unavailable};
use crate::partners::Passwords;
use crate::store::{PoolStatus, Store};

mod accounts;
mod bulk;
mod catalog;
mod checks;
mod connector;
mod directory;
mod green_verdicts;
mod history;
mod import;
mod jobs;
mod migrate;
mod networks;
mod partitions;
mod partners;
mod sequences;
mod snapshot;
mod tls;
mod upkeep;
mod verdicts;
mod verifier;

type Conn = AsyncPgConnection;
type Diesel = AsyncDieselConnectionManager<Conn>;

/// The store in a PostgreSQL database (version 14 or later). Clones share their connections.
#[derive(Clone)]
pub struct PgStore {
    pool: Pool<Diesel>,
    /// For appending to it.
    log: Pool<LogConnections>,
    freshened: Arc<Freshened>,
    /// Migrations have a connection of their own.
    connector: Connector,
    passwords: Passwords,
}

impl PgStore {
    /// Connects once, so that a wrong URL is told at the start. Connections belong to the runtime that this is called on:
    /// call it on the main one.
    pub async fn connect(config: &StoreConfig) -> Result<Self, StoreError> {
        let connector = Connector::new(config)?;
        // The connector has the URL.
        let manager = AsyncDieselConnectionManager::new_with_config("", on_this_runtime(connector.clone()));
        let (pool, log) = (pool(manager, config)?, pool(LogConnections::new(connector.clone()), config)?);
        let freshened = Arc::new(Freshened::new());
        let store = Self { pool, log, freshened, connector, passwords: Passwords::new() };
        drop(store.conn().await?);
        Ok(store)
    }

    async fn conn(&self) -> Result<Object<Diesel>, StoreError> {
        self.pool.get().await.map_err(unavailable)
    }
}

fn pool<M: Manager>(connections: M, config: &StoreConfig) -> Result<Pool<M>, StoreError> {
    Pool::builder(connections)
        .max_size(config.pool_size.max(1))
        .wait_timeout(Some(config.acquire_timeout))
        .create_timeout(Some(config.acquire_timeout))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(unavailable)
}

#[async_trait]
impl Store for PgStore {
    fn pool_status(&self) -> PoolStatus {
        PoolStatus::of(self.pool.status()) + PoolStatus::of(self.log.status())
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.conn().await?.batch_execute("SELECT 1").await.map_err(query_error)
    }
}

/// A connection lives on the runtime that opened it. Opened by an actix worker, it would die with that worker while
/// somebody else uses it.
fn on_this_runtime(connector: Connector) -> ManagerConfig<Conn> {
    let runtime = Handle::current();
    let mut config = ManagerConfig::default();
    // No query before every query: a connection that broke, for instance because the server was restarted, is seen by its
    // driver and replaced.
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |_| {
        let connector = connector.clone();
        let open = runtime.spawn(async move { connector.open().await });
        Box::pin(
            async move { open.await.map_err(|error| ConnectionError::BadConnection(error.to_string()))? },
        )
    });
    config
}

/// Lifts the limit that is made for the statements of a check, for the rest of the transaction.
async fn take_your_time(conn: &mut Conn) -> diesel::QueryResult<()> {
    conn.batch_execute("SET LOCAL statement_timeout = 0").await
}
