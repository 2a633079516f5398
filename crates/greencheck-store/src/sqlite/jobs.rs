use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use greencheck_core::ports::{
    DueNotice, ExpiringEvidence, JobEnd, JobRecord, JobRecords, Notice, NoticeBox, NoticeFate, StoreError,
};

use super::SqliteStore;
use crate::queries::{self, begin_job, end_job, file_notice, hold_lease};
use crate::rows::{EndRow, EvidenceRow, JobRow, NoticeRow, evidence, fate, naive};
use crate::schema::{leases, notices};

#[async_trait]
impl JobRecords for SqliteStore {
    async fn job_records(&self) -> Result<Vec<JobRecord>, StoreError> {
        let rows = self.read(|conn| Ok(queries::all_jobs().load::<JobRow>(conn)?)).await?;
        Ok(rows.into_iter().map(JobRecord::from).collect())
    }

    async fn hold_lease(
        &self,
        name: &str,
        holder: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let (name, holder) = (name.to_owned(), holder.to_owned());
        self.write(move |conn| Ok(hold_lease!(name, holder, naive(until), naive(now)).execute(conn)? > 0))
            .await
    }

    async fn drop_lease(&self, name: &str, holder: &str) -> Result<(), StoreError> {
        let (name, holder) = (name.to_owned(), holder.to_owned());
        self.write(move |conn| {
            diesel::delete(leases::table.find(name).filter(leases::holder.eq(holder))).execute(conn)?;
            Ok(())
        })
        .await
    }

    async fn begin_job(
        &self,
        name: &str,
        holder: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let (name, holder) = (name.to_owned(), holder.to_owned());
        self.write(move |conn| Ok(begin_job!(name, holder, naive(now), naive(until)).execute(conn)? > 0))
            .await
    }

    async fn end_job(&self, name: &str, holder: &str, end: &JobEnd) -> Result<(), StoreError> {
        let (name, holder, row) = (name.to_owned(), holder.to_owned(), EndRow::new(end));
        self.write(move |conn| {
            end_job!(name, holder, row).execute(conn)?;
            Ok(())
        })
        .await
    }
}

#[async_trait]
impl NoticeBox for SqliteStore {
    async fn file_notices(&self, filed: &[Notice], now: DateTime<Utc>) -> Result<u64, StoreError> {
        let filed = filed.to_vec();
        self.write(move |conn| {
            let mut new = 0;
            for notice in filed {
                new += file_notice!(notice, naive(now)).execute(conn)?;
            }
            Ok(new as u64)
        })
        .await
    }

    async fn take_due_notices(
        &self,
        now: DateTime<Utc>,
        again: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<DueNotice>, StoreError> {
        self.write(move |conn| {
            let rows: Vec<NoticeRow> = queries::due_notices(naive(now), limit.into()).load(conn)?;
            let mut taken = Vec::new();
            for row in rows {
                let change = diesel::update(notices::table.find(&row.id)).set(notices::due.eq(naive(again)));
                change.execute(conn)?;
                taken.push(row.into_due()?);
            }
            Ok(taken)
        })
        .await
    }

    async fn settle_notice(&self, id: &str, became: &NoticeFate) -> Result<(), StoreError> {
        let (id, (due, sent, error)) = (id.to_owned(), fate(became));
        self.write(move |conn| {
            diesel::update(notices::table.find(id))
                .set((
                    notices::due.eq(due),
                    notices::sent.eq(sent),
                    notices::error.eq(error),
                    notices::attempts.eq(notices::attempts + 1),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
    }

    async fn sweep_notices(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let old = notices::table.filter(notices::created.lt(naive(before)));
        self.write(move |conn| Ok(diesel::delete(old).execute(conn)? as u64)).await
    }

    async fn expiring_evidence(
        &self,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<ExpiringEvidence>, StoreError> {
        let query = move |conn: &mut diesel::SqliteConnection| {
            Ok(queries::expiring_evidence(first, last).load::<EvidenceRow>(conn)?)
        };
        Ok(self.read(query).await?.into_iter().map(evidence).collect())
    }
}
