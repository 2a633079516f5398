use async_trait::async_trait;
use diesel::connection::SimpleConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use greencheck_core::ports::StoreError;

use super::SqliteStore;
use crate::failure::Failure;
use crate::store::Migrate;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

#[async_trait]
impl Migrate for SqliteStore {
    async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        // One transaction around all of them: a process that waits for the lock finds nothing left to do.
        self.write(|conn| {
            let names = missing(conn)?;
            conn.run_pending_migrations(MIGRATIONS).map_err(StoreError::Query)?;
            if !names.is_empty() {
                conn.batch_execute("PRAGMA optimize")?;
            }
            Ok(names)
        })
        .await
    }

    async fn pending(&self) -> Result<Vec<String>, StoreError> {
        self.write(missing).await
    }
}

fn missing(conn: &mut diesel::SqliteConnection) -> Result<Vec<String>, Failure> {
    let migrations = conn.pending_migrations(MIGRATIONS).map_err(StoreError::Query)?;
    Ok(migrations.iter().map(|migration| migration.name().to_string()).collect())
}
