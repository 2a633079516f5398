use async_trait::async_trait;
use diesel::prelude::*;
use greencheck_core::catalog::SnapshotRow;
use greencheck_core::ports::{ChunkReport, SnapshotImport, StoreError};
use greencheck_core::{Generation, MatchKind};

use super::SqliteStore;
use crate::failure::Failure;
use crate::queries::{self, next_generation};
use crate::rows::NewGreenDomain;
use crate::schema::{green_domains, providers};
use crate::snapshot_providers::Chunk;

#[async_trait]
impl SnapshotImport for SqliteStore {
    async fn import_chunk(&self, rows: Vec<SnapshotRow>) -> Result<ChunkReport, StoreError> {
        self.write(move |conn| store(conn, &Chunk::of(rows))).await
    }

    async fn finish(&self) -> Result<Generation, StoreError> {
        self.write(|conn| {
            let generation: i64 = next_generation!().get_result(conn)?;
            Ok(Generation(generation.unsigned_abs()))
        })
        .await
    }
}

fn store(conn: &mut SqliteConnection, chunk: &Chunk) -> Result<ChunkReport, Failure> {
    let mut report =
        ChunkReport { providers_created: create_providers(conn, chunk)?, ..ChunkReport::default() };
    report.unchanged = chunk.repeated;
    for row in &chunk.rows {
        if diesel::insert_or_ignore_into(green_domains::table).values(row).execute(conn)? > 0 {
            report.inserted += 1;
        } else if update(conn, row)? {
            report.updated += 1;
        } else {
            report.unchanged += 1;
        }
    }
    Ok(report)
}

fn create_providers(conn: &mut SqliteConnection, chunk: &Chunk) -> Result<u64, Failure> {
    let ids: Vec<i64> = chunk.providers.iter().map(|provider| provider.id).collect();
    let mut known: Vec<i64> = Vec::new();
    for ids in ids.chunks(500) {
        known.extend(queries::providers_among(ids).load::<i64>(conn)?);
    }
    let missing = chunk.missing_providers(&known);
    if !missing.is_empty() {
        next_generation!().get_result::<i64>(conn)?;
    }
    for provider in &missing {
        diesel::insert_into(providers::table).values(*provider).execute(conn)?;
    }
    Ok(missing.len() as u64)
}

/// Replaces what an older snapshot said.
fn update(conn: &mut SqliteConnection, row: &NewGreenDomain) -> QueryResult<bool> {
    let older = green_domains::table
        .find(row.host.as_str())
        .filter(green_domains::match_kind.eq(MatchKind::Snapshot.as_str()))
        .filter(green_domains::modified.lt(row.modified));
    let updated = diesel::update(older)
        .set((
            green_domains::green.eq(row.green),
            green_domains::provider_id.eq(row.provider_id),
            green_domains::hosted_by.eq(&row.hosted_by),
            green_domains::hosted_by_website.eq(&row.hosted_by_website),
            green_domains::partner.eq(&row.partner),
            green_domains::listed.eq(row.listed),
            green_domains::modified.eq(row.modified),
        ))
        .execute(conn)?;
    Ok(updated > 0)
}
