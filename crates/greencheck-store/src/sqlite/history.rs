use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use greencheck_core::history::{CatalogChange, Grounds};
use greencheck_core::ports::{CheckHistory, HistoryError};
use greencheck_core::{Check, Host};

use super::SqliteStore;
use crate::history::{self, CHANGES};
use crate::queries;
use crate::rows::{ChangeRow, LoggedRow, naive};

#[async_trait]
impl CheckHistory for SqliteStore {
    async fn recent_checks(
        &self,
        host: &Host,
        limit: u16,
        now: DateTime<Utc>,
    ) -> Result<Vec<Check>, HistoryError> {
        let host = host.clone();
        let rows = self
            .read(move |conn| {
                let mut newest: Vec<LoggedRow> = Vec::new();
                for since in history::windows(now) {
                    newest = queries::checks_of_since(host.as_str(), since, limit.into()).load(conn)?;
                    if newest.len() >= limit.into() {
                        break;
                    }
                }
                Ok(newest)
            })
            .await?;
        Ok(rows.into_iter().map(Check::try_from).collect::<Result<_, _>>()?)
    }

    async fn catalog_changes(
        &self,
        grounds: &Grounds,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        limit: u16,
    ) -> Result<Vec<CatalogChange>, HistoryError> {
        let grounds = grounds.clone();
        let changes = self.read(move |conn| {
            let mut found = Vec::new();
            let mut before = i64::MAX;
            loop {
                let page = queries::catalog_changes_before(before, naive(from), naive(to), CHANGES);
                let page: Vec<ChangeRow> = page.load(conn)?;
                let Some(last) = page.last() else { return Ok(found) };
                before = last.id;
                if history::gather(&mut found, page, &grounds, limit)? {
                    return Ok(found);
                }
            }
        });
        Ok(changes.await?)
    }
}
