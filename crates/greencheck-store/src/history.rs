//! How far the log is read for one name. Both databases use it.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use greencheck_core::history::{CatalogChange, Grounds};
use greencheck_core::ports::StoreError;

use crate::rows::{ChangeRow, naive};

/// Changes read at once.
pub(crate) const CHANGES: i64 = 5_000;

/// How far back the log is read, in turn, until there are enough rows: a name that everybody asks for has them in the last
/// minute, and reading a month of it would take long.
pub(crate) fn windows(now: DateTime<Utc>) -> impl Iterator<Item = NaiveDateTime> {
    [TimeDelta::minutes(1), TimeDelta::hours(1), TimeDelta::days(1), TimeDelta::days(31)]
        .into_iter()
        .map(move |window| naive(now - window))
}

/// Adds to `found` what touches `grounds`; whether it has enough then.
pub(crate) fn gather(
    found: &mut Vec<CatalogChange>,
    page: Vec<ChangeRow>,
    grounds: &Grounds,
    limit: u16,
) -> Result<bool, StoreError> {
    for row in page {
        let change = CatalogChange::try_from(row)?;
        if grounds.touched_by(&change) {
            found.push(change);
        }
        if found.len() >= limit.into() {
            return Ok(true);
        }
    }
    Ok(false)
}
