use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use diesel::sql_types::{BigInt, Timestamp};
use diesel::{RunQueryDsl, sql_query};
use greencheck_core::ports::{LogUpkeep, StoreError};

use super::SqliteStore;
use crate::rows::naive;

/// Rows deleted in one transaction: other writers get their turn in between.
const ROWS: i64 = 5_000;

#[async_trait]
impl LogUpkeep for SqliteStore {
    async fn prepare_days(&self, _: NaiveDate, _: NaiveDate) -> Result<(), StoreError> {
        Ok(())
    }

    async fn drop_before(&self, day: NaiveDate, batch_ids_before: DateTime<Utc>) -> Result<u64, StoreError> {
        let midnight = day.and_time(NaiveTime::MIN);
        let old = "DELETE FROM checks WHERE id IN (SELECT id FROM checks WHERE checked_at < ? LIMIT ?)";
        let checks = self.delete_in_turns(old, midnight).await?;
        let old = "DELETE FROM check_batches WHERE id IN (SELECT id FROM check_batches WHERE stored_at < ? LIMIT ?)";
        self.delete_in_turns(old, naive(batch_ids_before)).await?;
        let old = "DELETE FROM catalog_changes WHERE id IN (SELECT id FROM catalog_changes WHERE changed_at < ? LIMIT ?)";
        self.delete_in_turns(old, midnight).await?;
        let old =
            "DELETE FROM key_usage WHERE rowid IN (SELECT rowid FROM key_usage WHERE day < date(?) LIMIT ?)";
        self.delete_in_turns(old, midnight).await?;
        Ok(checks)
    }

    async fn expire_verdicts(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let old = "DELETE FROM green_domains WHERE host IN \
                   (SELECT host FROM green_domains WHERE COALESCE(last_checked_at, stored_at) < ? LIMIT ?)";
        self.delete_in_turns(old, naive(before)).await
    }
}

impl SqliteStore {
    /// Runs `delete`, whose parameters are a time and a number of rows, until nothing is left to delete.
    async fn delete_in_turns(&self, delete: &'static str, before: NaiveDateTime) -> Result<u64, StoreError> {
        let mut total = 0;
        loop {
            let turn = self.write(move |conn| {
                Ok(sql_query(delete).bind::<Timestamp, _>(before).bind::<BigInt, _>(ROWS).execute(conn)?)
            });
            match turn.await? {
                0 => return Ok(total),
                deleted => total += deleted as u64,
            }
        }
    }
}
