use async_trait::async_trait;
use diesel::{ExpressionMethods, QueryResult};
use diesel_async::{AsyncConnection, RunQueryDsl};
use greencheck_core::Generation;
use greencheck_core::catalog::SnapshotRow;
use greencheck_core::ports::{ChunkReport, SnapshotImport, StoreError};

use super::bulk::SnapshotDomains;
use super::sequences::move_past_ids;
use super::{Conn, PgStore, take_your_time};
use crate::failure::query_error;
use crate::queries::{self, next_generation};
use crate::schema::providers;
use crate::snapshot_providers::Chunk;

#[async_trait]
impl SnapshotImport for PgStore {
    async fn import_chunk(&self, rows: Vec<SnapshotRow>) -> Result<ChunkReport, StoreError> {
        let chunk = Chunk::of(rows);
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| store(conn, &chunk).await).await.map_err(query_error)
    }

    async fn finish(&self) -> Result<Generation, StoreError> {
        let mut conn = self.conn().await?;
        let generation: i64 = next_generation!().get_result(&mut conn).await.map_err(query_error)?;
        Ok(Generation(generation.unsigned_abs()))
    }
}

async fn store(conn: &mut Conn, chunk: &Chunk) -> QueryResult<ChunkReport> {
    take_your_time(conn).await?;
    let providers_created = create_providers(conn, chunk).await?;
    let (inserted, updated): (i64, i64) = SnapshotDomains::of(&chunk.rows).get_result(conn).await?;
    let (inserted, updated) = (inserted.unsigned_abs(), updated.unsigned_abs());
    let unchanged = chunk.repeated + chunk.rows.len() as u64 - inserted - updated;
    Ok(ChunkReport { inserted, updated, unchanged, providers_created })
}

async fn create_providers(conn: &mut Conn, chunk: &Chunk) -> QueryResult<u64> {
    let ids: Vec<i64> = chunk.providers.iter().map(|provider| provider.id).collect();
    let known: Vec<i64> = queries::providers_among(&ids).load(conn).await?;
    let missing = chunk.missing_providers(&known);
    if missing.is_empty() {
        return Ok(0);
    }
    next_generation!().get_result::<i64>(conn).await?;
    // Somebody else may have created some of them since.
    let created =
        diesel::insert_into(providers::table).values(missing).on_conflict_do_nothing().execute(conn).await?;
    move_past_ids(conn, "providers").await?;
    Ok(created as u64)
}
