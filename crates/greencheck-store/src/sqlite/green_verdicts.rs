use async_trait::async_trait;
use diesel::prelude::*;
use greencheck_core::ports::{GreenVerdicts, StoreError};
use greencheck_core::{Host, StoredVerdict};

use super::SqliteStore;
use crate::queries;
use crate::rows::GreenDomainRow;
use crate::verdict_rows::all_verdicts;

#[async_trait]
impl GreenVerdicts for SqliteStore {
    async fn green_count(&self) -> Result<u64, StoreError> {
        let count: i64 = self.read(|conn| Ok(queries::green_count().get_result(conn)?)).await?;
        Ok(count.unsigned_abs())
    }

    async fn green_page(&self, after: Option<&Host>, max: usize) -> Result<Vec<StoredVerdict>, StoreError> {
        // Every name comes after the empty one.
        let after = after.map_or_else(String::new, |host| host.as_str().to_owned());
        let max = i64::try_from(max).unwrap_or(i64::MAX);
        let rows: Vec<GreenDomainRow> =
            self.read(move |conn| Ok(queries::green_page(&after, max).load(conn)?)).await?;
        all_verdicts(rows)
    }
}
