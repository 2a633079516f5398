use std::collections::HashSet;

use async_trait::async_trait;
use diesel_async::{AsyncConnection, RunQueryDsl};
use greencheck_core::ports::{Appended, CheckLog, StoreError};
use greencheck_core::{CheckBatch, Usage};

use super::bulk::{Freshen, NewBatches, NewChecks};
use super::{Conn, PgStore};
use crate::failure::query_error;
use crate::queries::add_usage;
use crate::rows::{CheckRow, Freshness, UsageRow};

/// Rows in one statement: it has five parameters for each, of 65,535 at most.
const USAGE_ROWS: usize = 1_000;

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
    let (mut rows, mut usage): (Vec<CheckRow<'_>>, Vec<&Usage>) = (Vec::new(), Vec::new());
    for batch in batches {
        // Taken out, so that an id that is given twice is stored once.
        if new.remove(&batch.id.to_string()) {
            rows.extend(batch.checks.iter().map(CheckRow::from));
            usage.extend(&batch.usage);
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
    for rows in UsageRow::sums(usage).chunks(USAGE_ROWS) {
        add_usage!(rows).execute(conn).await?;
    }
    Ok(outcomes)
}
