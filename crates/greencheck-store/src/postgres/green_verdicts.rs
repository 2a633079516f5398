use async_trait::async_trait;
use diesel::QueryResult;
use diesel_async::{AsyncConnection, RunQueryDsl};
use greencheck_core::ports::{GreenVerdicts, StoreError};
use greencheck_core::{Host, StoredVerdict};

use super::{PgStore, take_your_time};
use crate::failure::query_error;
use crate::queries;
use crate::rows::GreenDomainRow;
use crate::verdict_rows::all_verdicts;

#[async_trait]
impl GreenVerdicts for PgStore {
    async fn green_count(&self) -> Result<u64, StoreError> {
        let mut conn = self.conn().await?;
        let counted: QueryResult<i64> = conn
            .transaction(async |conn| {
                take_your_time(conn).await?;
                queries::green_count().get_result(conn).await
            })
            .await;
        Ok(counted.map_err(query_error)?.unsigned_abs())
    }

    async fn green_page(&self, after: Option<&Host>, max: usize) -> Result<Vec<StoredVerdict>, StoreError> {
        let mut conn = self.conn().await?;
        // Every name comes after the empty one.
        let after = after.map_or("", Host::as_str);
        let max = i64::try_from(max).unwrap_or(i64::MAX);
        let rows: Vec<GreenDomainRow> =
            queries::green_page(after, max).load(&mut conn).await.map_err(query_error)?;
        all_verdicts(rows)
    }
}
