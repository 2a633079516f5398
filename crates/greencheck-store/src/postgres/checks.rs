mod connection;
mod freshened;

use std::collections::HashSet;

use async_trait::async_trait;
use greencheck_core::ports::{Appended, CheckLog, StoreError};
use greencheck_core::{CheckBatch, Usage};

pub(super) use self::connection::LogConnections;
pub(super) use self::freshened::Freshened;
use super::PgStore;
use crate::failure::{driver_error, unavailable};
use crate::rows::{CheckRow, Freshness, UsageRow};

#[async_trait]
impl CheckLog for PgStore {
    async fn append(&self, batches: &[CheckBatch]) -> Result<Vec<Appended>, StoreError> {
        let mut connection = self.log.get().await.map_err(unavailable)?;
        let append = connection.begin().await.map_err(driver_error)?;
        let mut ids: Vec<String> = batches.iter().map(|batch| batch.id.to_string()).collect();
        // Two writers wait for each other in one order.
        ids.sort_unstable();
        let new = append.keep_new(&ids).await.map_err(driver_error)?;
        let New { rows, usage, outcomes } = New::of(batches, new);
        if !rows.is_empty() {
            append.copy(&rows).await.map_err(driver_error)?;
        }
        let stale = Freshness::of(rows.iter().filter(|row| !self.freshened.covers(row.host, row.checked_at)));
        let freshened = append.freshen(&stale).await.map_err(driver_error)?;
        if !usage.is_empty() {
            append.count(&UsageRow::sums(usage)).await.map_err(driver_error)?;
        }
        append.commit().await.map_err(driver_error)?;
        for (host, checked_at) in freshened {
            self.freshened.learn(&host, checked_at);
        }
        Ok(outcomes)
    }
}

/// What of some batches is not stored yet.
struct New<'a> {
    rows: Vec<CheckRow<'a>>,
    usage: Vec<&'a Usage>,
    outcomes: Vec<Appended>,
}

impl<'a> New<'a> {
    fn of(batches: &'a [CheckBatch], mut ids: HashSet<String>) -> Self {
        let rows = batches.iter().map(|batch| batch.checks.len()).sum();
        let mut new = Self { rows: Vec::with_capacity(rows), usage: Vec::new(), outcomes: Vec::new() };
        for batch in batches {
            // Taken out, so that an id that is given twice is stored once.
            if ids.remove(&batch.id.to_string()) {
                new.rows.extend(batch.checks.iter().map(CheckRow::from));
                new.usage.extend(&batch.usage);
                new.outcomes.push(Appended::Stored);
            } else {
                new.outcomes.push(Appended::Duplicate);
            }
        }
        new
    }
}
