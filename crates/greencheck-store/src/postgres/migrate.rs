use async_trait::async_trait;
use diesel::connection::SimpleConnection;
use diesel::migration::Migration;
use diesel::pg::Pg;
use diesel::{RunQueryDsl, sql_query};
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use greencheck_core::ports::StoreError;

use super::{Conn, PgStore};
use crate::failure::{query_error, unavailable};
use crate::store::Migrate;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

type Blocking = AsyncConnectionWrapper<Conn>;

#[async_trait]
impl Migrate for PgStore {
    async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        self.alone(|conn| {
            let names = missing(conn)?;
            conn.run_pending_migrations(MIGRATIONS).map_err(StoreError::Query)?;
            Ok(names)
        })
        .await
    }

    async fn pending(&self) -> Result<Vec<String>, StoreError> {
        self.alone(missing).await
    }
}

impl PgStore {
    /// Runs `work` on a thread that may block, while no other process does the same in this schema. The lock goes with the
    /// connection.
    async fn alone<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Blocking) -> Result<T, StoreError> + Send + 'static,
    {
        let conn = self.connector.open().await.map_err(unavailable)?;
        let done = tokio::task::spawn_blocking(move || {
            let mut conn = Blocking::from(conn);
            conn.batch_execute("SET statement_timeout = 0").map_err(query_error)?;
            sql_query(
                "SELECT pg_advisory_lock(hashtext('greencheck migrations'), hashtext(current_schema()))",
            )
            .execute(&mut conn)
            .map_err(query_error)?;
            work(&mut conn)
        });
        done.await.map_err(unavailable)?
    }
}

fn missing(conn: &mut Blocking) -> Result<Vec<String>, StoreError> {
    let migrations: Vec<Box<dyn Migration<Pg>>> =
        conn.pending_migrations(MIGRATIONS).map_err(StoreError::Query)?;
    Ok(migrations.iter().map(|migration| migration.name().to_string()).collect())
}
