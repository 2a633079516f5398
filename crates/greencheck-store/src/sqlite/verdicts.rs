use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use greencheck_core::carbon_txt::Resolved;
use greencheck_core::ports::{CarbonTxtResults, StoreError, Verdicts};
use greencheck_core::{Host, StoredVerdict};

use super::SqliteStore;
use crate::queries::{self, claim_refresh, upsert_carbon_txt_result, upsert_verdicts};
use crate::rows::{CarbonTxtResultRow, GreenDomainRow, NewGreenDomain, naive};
use crate::schema::{carbon_txt_results, green_domains};
use crate::verdict_rows::{NAMES, verdicts};

#[async_trait]
impl Verdicts for SqliteStore {
    async fn by_hosts(&self, hosts: &[Host]) -> Result<Vec<StoredVerdict>, StoreError> {
        let names = hosts.to_vec();
        let rows = match hosts {
            [] => Vec::new(),
            [_] => {
                let one = self.read(move |conn| {
                    Ok(queries::verdict_on(names[0].as_str()).first::<GreenDomainRow>(conn).optional()?)
                });
                one.await?.into_iter().collect()
            }
            _ => {
                self.read(move |conn| {
                    let names: Vec<&str> = names.iter().map(Host::as_str).collect();
                    let mut rows: Vec<GreenDomainRow> = Vec::new();
                    for chunk in names.chunks(NAMES) {
                        rows.extend(queries::verdicts_on(chunk).load::<GreenDomainRow>(conn)?);
                    }
                    Ok(rows)
                })
                .await?
            }
        };
        verdicts(rows, hosts)
    }

    async fn put(&self, verdict: &StoredVerdict) -> Result<(), StoreError> {
        let row = NewGreenDomain::from(verdict);
        self.write(move |conn| {
            upsert_verdicts!(&row).execute(conn)?;
            Ok(())
        })
        .await
    }

    async fn remove(&self, host: &Host) -> Result<bool, StoreError> {
        let host = host.clone();
        self.write(
            move |conn| Ok(diesel::delete(green_domains::table.find(host.as_str())).execute(conn)? > 0),
        )
        .await
    }

    async fn claim_refresh(
        &self,
        host: &Host,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        let (host, expired) = (host.clone(), naive(now - lease));
        self.write(move |conn| Ok(claim_refresh!(host.as_str(), naive(now), expired).execute(conn)? > 0))
            .await
    }
}

#[async_trait]
impl CarbonTxtResults for SqliteStore {
    async fn get(&self, host: &Host, since: DateTime<Utc>) -> Result<Option<Resolved>, StoreError> {
        let host = host.clone();
        let row = self
            .read(move |conn| {
                let query = queries::carbon_txt_result(host.as_str(), naive(since));
                Ok(query.first::<CarbonTxtResultRow>(conn).optional()?)
            })
            .await?;
        row.map(CarbonTxtResultRow::into_resolved).transpose()
    }

    async fn put(&self, host: &Host, resolved: &Resolved, at: DateTime<Utc>) -> Result<(), StoreError> {
        let row = CarbonTxtResultRow::new(host, resolved, at);
        self.write(move |conn| {
            upsert_carbon_txt_result!(&row).execute(conn)?;
            Ok(())
        })
        .await
    }

    async fn sweep(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let old = carbon_txt_results::table.filter(carbon_txt_results::created.lt(naive(before)));
        self.write(move |conn| Ok(diesel::delete(old).execute(conn)? as u64)).await
    }
}
