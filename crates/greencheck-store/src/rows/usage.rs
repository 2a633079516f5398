use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::{Insertable, Queryable, Selectable};
use greencheck_core::Usage;

use crate::schema::key_usage;

/// What was asked with a key, as a row.
#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = key_usage)]
pub(crate) struct UsageRow {
    pub(crate) key_id: i64,
    pub(crate) day: NaiveDate,
    pub(crate) route: String,
    pub(crate) requests: i64,
    pub(crate) names: i64,
}

impl UsageRow {
    /// The sums of `usage`. Sorted by their key, so that two writers lock rows in one order.
    pub(crate) fn sums<'a>(usage: impl IntoIterator<Item = &'a Usage>) -> Vec<Self> {
        let mut sums: BTreeMap<(i64, NaiveDate, &str), (i64, i64)> = BTreeMap::new();
        for Usage { key, day, route, requests, names } in usage {
            let (sum, sum_names) = sums.entry((*key, *day, route)).or_default();
            *sum = sum.saturating_add_unsigned(*requests);
            *sum_names = sum_names.saturating_add_unsigned(*names);
        }
        let row = |((key_id, day, route), (requests, names)): ((i64, NaiveDate, &str), (i64, i64))| Self {
            key_id,
            day,
            route: route.to_owned(),
            requests,
            names,
        };
        sums.into_iter().map(row).collect()
    }
}

impl From<UsageRow> for Usage {
    fn from(row: UsageRow) -> Self {
        Self {
            key: row.key_id,
            day: row.day,
            route: row.route,
            requests: row.requests.unsigned_abs(),
            names: row.names.unsigned_abs(),
        }
    }
}
