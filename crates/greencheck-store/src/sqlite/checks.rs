use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use greencheck_core::CheckBatch;
use greencheck_core::ports::{Appended, CheckLog, LAST_CHECKED_LAG, StoreError};

use super::SqliteStore;
use crate::failure::Failure;
use crate::queries::add_usage;
use crate::rows::{CheckRow, Freshness, UsageRow};
use crate::schema::{check_batches, checks, green_domains};

#[async_trait]
impl CheckLog for SqliteStore {
    async fn append(&self, batches: &[CheckBatch]) -> Result<Vec<Appended>, StoreError> {
        let batches = batches.to_vec();
        self.write(move |conn| append(conn, &batches)).await
    }
}

fn append(conn: &mut SqliteConnection, batches: &[CheckBatch]) -> Result<Vec<Appended>, Failure> {
    let mut outcomes = Vec::with_capacity(batches.len());
    let (mut rows, mut usage) = (Vec::new(), Vec::new());
    for batch in batches {
        if is_new(conn, batch)? {
            rows.extend(batch.checks.iter().map(CheckRow::from));
            usage.extend(&batch.usage);
            outcomes.push(Appended::Stored);
        } else {
            outcomes.push(Appended::Duplicate);
        }
    }
    for row in &rows {
        diesel::insert_into(checks::table).values(row).execute(conn)?;
    }
    for (host, checked_at) in Freshness::of(&rows).iter() {
        freshen(conn, host, checked_at)?;
    }
    for row in UsageRow::sums(usage) {
        add_usage!(row).execute(conn)?;
    }
    Ok(outcomes)
}

fn is_new(conn: &mut SqliteConnection, batch: &CheckBatch) -> QueryResult<bool> {
    let id = check_batches::id.eq(batch.id.to_string());
    Ok(diesel::insert_or_ignore_into(check_batches::table).values(id).execute(conn)? > 0)
}

fn freshen(conn: &mut SqliteConnection, host: &str, checked_at: NaiveDateTime) -> QueryResult<usize> {
    let due = green_domains::last_checked_at
        .is_null()
        .or(green_domains::last_checked_at.le(checked_at - LAST_CHECKED_LAG));
    diesel::update(green_domains::table.find(host).filter(due))
        .set(green_domains::last_checked_at.eq(checked_at))
        .execute(conn)
}
