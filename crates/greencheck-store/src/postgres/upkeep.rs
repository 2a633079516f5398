use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use diesel::sql_types::{BigInt, Timestamp};
use diesel::{ExpressionMethods, QueryDsl, sql_query};
use diesel_async::{AsyncConnection, RunQueryDsl};
use greencheck_core::ports::{LogUpkeep, StoreError};

use super::{PgStore, partitions, take_your_time};
use crate::failure::query_error;
use crate::rows::naive;
use crate::schema::{catalog_changes, check_batches, key_usage};

/// Verdicts deleted in one transaction.
const ROWS: i64 = 50_000;

#[async_trait]
impl LogUpkeep for PgStore {
    async fn prepare_days(&self, first: NaiveDate, last: NaiveDate) -> Result<(), StoreError> {
        let mut conn = self.conn().await?;
        for day in first.iter_days().take_while(|day| *day <= last) {
            conn.transaction(async |conn| partitions::create(conn, day).await).await.map_err(query_error)?;
        }
        Ok(())
    }

    async fn drop_before(&self, day: NaiveDate, batch_ids_before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut conn = self.conn().await?;
        let days = partitions::days_before(&mut conn, day).await.map_err(query_error)?;
        for day in &days {
            conn.transaction(async |conn| partitions::drop_day(conn, *day).await)
                .await
                .map_err(query_error)?;
        }
        let (midnight, before) = (day.and_time(NaiveTime::MIN), naive(batch_ids_before));
        let late: usize = conn
            .transaction(async |conn| {
                take_your_time(conn).await?;
                let old = check_batches::table.filter(check_batches::stored_at.lt(before));
                diesel::delete(old).execute(conn).await?;
                let old = catalog_changes::table.filter(catalog_changes::changed_at.lt(midnight));
                diesel::delete(old).execute(conn).await?;
                diesel::delete(key_usage::table.filter(key_usage::day.lt(day))).execute(conn).await?;
                sql_query("DELETE FROM checks_default WHERE checked_at < $1")
                    .bind::<Timestamp, _>(midnight)
                    .execute(conn)
                    .await
            })
            .await
            .map_err(query_error)?;
        Ok((days.len() + late) as u64)
    }

    async fn expire_verdicts(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let before = naive(before);
        let mut conn = self.conn().await?;
        let mut total = 0;
        loop {
            let deleted: usize = conn
                .transaction(async |conn| {
                    take_your_time(conn).await?;
                    // What somebody else has locked is being asked for right now.
                    sql_query(
                        "DELETE FROM green_domains WHERE host IN (SELECT host FROM green_domains \
                         WHERE COALESCE(last_checked_at, stored_at) < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
                    )
                    .bind::<Timestamp, _>(before)
                    .bind::<BigInt, _>(ROWS)
                    .execute(conn)
                    .await
                })
                .await
                .map_err(query_error)?;
            if deleted == 0 {
                return Ok(total);
            }
            total += deleted as u64;
        }
    }
}
