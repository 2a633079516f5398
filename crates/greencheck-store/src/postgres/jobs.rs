use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::{AsyncConnection, RunQueryDsl};
use greencheck_core::ports::{
    DueNotice, ExpiringEvidence, JobEnd, JobRecord, JobRecords, Notice, NoticeBox, NoticeFate, StoreError,
};

use super::PgStore;
use crate::failure::query_error;
use crate::queries::{self, begin_job, end_job, file_notice, hold_lease};
use crate::rows::{EndRow, EvidenceRow, JobRow, NoticeRow, evidence, fate, naive};
use crate::schema::{leases, notices};

#[async_trait]
impl JobRecords for PgStore {
    async fn job_records(&self) -> Result<Vec<JobRecord>, StoreError> {
        let mut conn = self.conn().await?;
        let rows: Vec<JobRow> = queries::all_jobs().load(&mut conn).await.map_err(query_error)?;
        Ok(rows.into_iter().map(JobRecord::from).collect())
    }

    async fn hold_lease(
        &self,
        name: &str,
        holder: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut conn = self.conn().await?;
        let held = hold_lease!(name, holder, naive(until), naive(now)).execute(&mut conn).await;
        Ok(held.map_err(query_error)? > 0)
    }

    async fn drop_lease(&self, name: &str, holder: &str) -> Result<(), StoreError> {
        let mut conn = self.conn().await?;
        let held = leases::table.find(name).filter(leases::holder.eq(holder));
        diesel::delete(held).execute(&mut conn).await.map_err(query_error)?;
        Ok(())
    }

    async fn begin_job(
        &self,
        name: &str,
        holder: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut conn = self.conn().await?;
        let begun = begin_job!(name, holder, naive(now), naive(until)).execute(&mut conn).await;
        Ok(begun.map_err(query_error)? > 0)
    }

    async fn end_job(&self, name: &str, holder: &str, end: &JobEnd) -> Result<(), StoreError> {
        let mut conn = self.conn().await?;
        let row = EndRow::new(end);
        end_job!(name, holder, row).execute(&mut conn).await.map_err(query_error)?;
        Ok(())
    }
}

#[async_trait]
impl NoticeBox for PgStore {
    async fn file_notices(&self, filed: &[Notice], now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut conn = self.conn().await?;
        let filing = conn.transaction(async |conn| {
            let mut new = 0;
            for notice in filed {
                new += file_notice!(notice.clone(), naive(now)).execute(conn).await?;
            }
            diesel::QueryResult::Ok(new as u64)
        });
        filing.await.map_err(query_error)
    }

    async fn take_due_notices(
        &self,
        now: DateTime<Utc>,
        again: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<DueNotice>, StoreError> {
        let mut conn = self.conn().await?;
        let due = queries::due_notices(naive(now), limit.into());
        let rows: Vec<NoticeRow> = due.load(&mut conn).await.map_err(query_error)?;
        let mut taken = Vec::new();
        for row in rows {
            // Somebody else may have taken it since.
            let as_seen = notices::table.find(&row.id).filter(notices::due.eq(row.due));
            let change = diesel::update(as_seen).set(notices::due.eq(naive(again)));
            if change.execute(&mut conn).await.map_err(query_error)? > 0 {
                taken.push(row.into_due()?);
            }
        }
        Ok(taken)
    }

    async fn settle_notice(&self, id: &str, became: &NoticeFate) -> Result<(), StoreError> {
        let mut conn = self.conn().await?;
        let (due, sent, error) = fate(became);
        diesel::update(notices::table.find(id))
            .set((
                notices::due.eq(due),
                notices::sent.eq(sent),
                notices::error.eq(error),
                notices::attempts.eq(notices::attempts + 1),
            ))
            .execute(&mut conn)
            .await
            .map_err(query_error)?;
        Ok(())
    }

    async fn sweep_notices(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut conn = self.conn().await?;
        let old = notices::table.filter(notices::created.lt(naive(before)));
        Ok(diesel::delete(old).execute(&mut conn).await.map_err(query_error)? as u64)
    }

    async fn expiring_evidence(
        &self,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<ExpiringEvidence>, StoreError> {
        let mut conn = self.conn().await?;
        let query = queries::expiring_evidence(first, last);
        let rows: Vec<EvidenceRow> = query.load(&mut conn).await.map_err(query_error)?;
        Ok(rows.into_iter().map(evidence).collect())
    }
}
