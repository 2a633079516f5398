use std::collections::HashSet;

use async_trait::async_trait;
use diesel_async::{AsyncConnection, RunQueryDsl};
use greencheck_core::CheckBatch;
use greencheck_core::ports::{Appended, CheckLog, StoreError};

use super::bulk::{Freshen, NewBatches, NewChecks};
use super::{Conn, PgStore};
use crate::failure::query_error;
use crate::rows::{CheckRow, Freshness};

#[async_trait]
impl CheckLog for PgStore {
    async fn append(&self, batches: &[CheckBatch]) -> Result<Vec<Appended>, StoreError> {
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| append(conn, batches).await).await.map_err(query_error)
    }
}

async fn append(conn: &mut Conn, batches: &[CheckBatch]) -> diesel::QueryResult<Vec<Appended>> {
    let mut ids: Vec<String> = batches.iter().map(|batch| batch.id.to_string()).collect();
    ids.sort_unstable();
    let mut new: HashSet<String> = NewBatches { ids }.load(conn).await?.into_iter().collect();
    let mut outcomes = Vec::with_capacity(batches.len());
    let mut rows: Vec<CheckRow<'_>> = Vec::new();
    for batch in batches {
        // Taken out, so that an id that is given twice is stored once.
        if new.remove(&batch.id.to_string()) {
            rows.extend(batch.checks.iter().map(CheckRow::from));
            outcomes.push(Appended::Stored);
        } else {
            outcomes.push(Appended::Duplicate);
        }
    }
    if !rows.is_empty() {
        let freshness = Freshness::of(&rows);
        let freshen = Freshen::from(&freshness);
        rows.into_iter().collect::<NewChecks<'_>>().execute(conn).await?;
        freshen.execute(conn).await?;
    }
    Ok(outcomes)
}
