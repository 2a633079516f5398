use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::RunQueryDsl;
use greencheck_core::carbon_txt::Resolved;
use greencheck_core::ports::{CarbonTxtResults, StoreError, Verdicts};
use greencheck_core::{Host, StoredVerdict};

use super::PgStore;
use crate::failure::query_error;
use crate::queries::{self, claim_refresh, upsert_carbon_txt_result, upsert_verdicts};
use crate::rows::{CarbonTxtResultRow, GreenDomainRow, NewGreenDomain, naive};
use crate::schema::{carbon_txt_results, green_domains};
use crate::verdict_rows::{NAMES, verdicts};

#[async_trait]
impl Verdicts for PgStore {
    async fn by_hosts(&self, hosts: &[Host]) -> Result<Vec<StoredVerdict>, StoreError> {
        if hosts.is_empty() {
            return Ok(Vec::new());
        }
        let mut conn = self.conn().await?;
        let mut rows: Vec<GreenDomainRow> = Vec::new();
        if let [host] = hosts {
            rows.extend(
                queries::verdict_on(host.as_str()).first(&mut conn).await.optional().map_err(query_error)?,
            );
        } else {
            let names: Vec<&str> = hosts.iter().map(Host::as_str).collect();
            for chunk in names.chunks(NAMES) {
                let found: Vec<GreenDomainRow> =
                    queries::verdicts_on(chunk).load(&mut conn).await.map_err(query_error)?;
                rows.extend(found);
            }
        }
        drop(conn);
        verdicts(rows, hosts)
    }

    async fn put(&self, verdict: &StoredVerdict) -> Result<(), StoreError> {
        let row = NewGreenDomain::from(verdict);
        let mut conn = self.conn().await?;
        upsert_verdicts!(&row).execute(&mut conn).await.map_err(query_error)?;
        Ok(())
    }

    async fn remove(&self, host: &Host) -> Result<bool, StoreError> {
        let mut conn = self.conn().await?;
        let removed = diesel::delete(green_domains::table.find(host.as_str())).execute(&mut conn).await;
        Ok(removed.map_err(query_error)? > 0)
    }

    async fn claim_refresh(
        &self,
        host: &Host,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        let mut conn = self.conn().await?;
        let claimed = claim_refresh!(host.as_str(), naive(now), naive(now - lease)).execute(&mut conn).await;
        Ok(claimed.map_err(query_error)? > 0)
    }
}

#[async_trait]
impl CarbonTxtResults for PgStore {
    async fn get(&self, host: &Host, since: DateTime<Utc>) -> Result<Option<Resolved>, StoreError> {
        let mut conn = self.conn().await?;
        let query = queries::carbon_txt_result(host.as_str(), naive(since));
        let row: Option<CarbonTxtResultRow> = query.first(&mut conn).await.optional().map_err(query_error)?;
        row.map(CarbonTxtResultRow::into_resolved).transpose()
    }

    async fn put(&self, host: &Host, resolved: &Resolved, at: DateTime<Utc>) -> Result<(), StoreError> {
        let row = CarbonTxtResultRow::new(host, resolved, at);
        let mut conn = self.conn().await?;
        upsert_carbon_txt_result!(&row).execute(&mut conn).await.map_err(query_error)?;
        Ok(())
    }

    async fn sweep(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut conn = self.conn().await?;
        let old = carbon_txt_results::table.filter(carbon_txt_results::created.lt(naive(before)));
        Ok(diesel::delete(old).execute(&mut conn).await.map_err(query_error)? as u64)
    }
}
