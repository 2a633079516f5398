use async_trait::async_trait;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::QueryResult;
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
use greencheck_core::history::{CatalogChange, Grounds};
use greencheck_core::ports::{CheckHistory, HistoryError};
use greencheck_core::{Check, Host};

use super::{Conn, PgStore};
use crate::failure::query_error;
use crate::history::{self, CHANGES};
use crate::queries;
use crate::rows::{ChangeRow, LoggedRow, naive};

#[async_trait]
impl CheckHistory for PgStore {
    async fn recent_checks(
        &self,
        host: &Host,
        limit: u16,
        now: DateTime<Utc>,
    ) -> Result<Vec<Check>, HistoryError> {
        let mut conn = self.conn().await?;
        let mut newest: Vec<LoggedRow> = Vec::new();
        for (turn, since) in history::windows(now).enumerate() {
            let rows = conn.transaction(async |conn| rows_since(conn, host, since, limit).await).await;
            match rows {
                Ok(rows) => newest = rows,
                // Looking further takes too long: what is found so far is the newest there is.
                Err(_) if turn > 0 => break,
                Err(error) => return Err(query_error(error).into()),
            }
            if newest.len() >= limit.into() {
                break;
            }
        }
        Ok(newest.into_iter().map(Check::try_from).collect::<Result<_, _>>()?)
    }

    async fn catalog_changes(
        &self,
        grounds: &Grounds,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        limit: u16,
    ) -> Result<Vec<CatalogChange>, HistoryError> {
        let mut conn = self.conn().await?;
        let mut found = Vec::new();
        let mut before = i64::MAX;
        loop {
            let page = queries::catalog_changes_before(before, naive(from), naive(to), CHANGES);
            let page: Vec<ChangeRow> = page.load(&mut conn).await.map_err(query_error)?;
            let Some(last) = page.last() else { return Ok(found) };
            before = last.id;
            if history::gather(&mut found, page, grounds, limit)? {
                return Ok(found);
            }
        }
    }
}

async fn rows_since(
    conn: &mut Conn,
    host: &Host,
    since: NaiveDateTime,
    limit: u16,
) -> QueryResult<Vec<LoggedRow>> {
    // Nobody waits longer for a page, and the checks of everybody else come first.
    conn.batch_execute("SET LOCAL statement_timeout = '2s'").await?;
    queries::checks_of_since(host.as_str(), since, limit.into()).load(conn).await
}
