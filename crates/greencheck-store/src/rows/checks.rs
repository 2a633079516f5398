#![expect(clippy::ref_option_ref, reason = "diesel's derive borrows every field")]

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::Insertable;
use greencheck_core::Check;

use super::naive;
use crate::schema::checks;

/// A check as a row of the log.
#[derive(Debug, Insertable)]
#[diesel(table_name = checks, treat_none_as_default_value = false)]
pub(crate) struct CheckRow<'a> {
    pub(crate) checked_at: NaiveDateTime,
    pub(crate) host: &'a str,
    pub(crate) tld: &'a str,
    pub(crate) verdict: &'static str,
    pub(crate) provider_id: Option<i64>,
    pub(crate) match_kind: Option<&'static str>,
    pub(crate) match_id: Option<i64>,
    pub(crate) address: Option<String>,
    pub(crate) address_family: Option<i32>,
    pub(crate) cached: bool,
    pub(crate) source: &'static str,
}

impl<'a> From<&'a Check> for CheckRow<'a> {
    fn from(check: &'a Check) -> Self {
        Self {
            checked_at: naive(check.checked_at),
            host: check.host.as_str(),
            tld: check.host.suffix().unwrap_or_default(),
            verdict: check.verdict.as_str(),
            provider_id: check.provider.map(|provider| provider.0),
            match_kind: check.matched.map(|by| by.kind.as_str()),
            match_id: check.matched.and_then(|by| by.id),
            address: check.address.map(|address| address.to_string()),
            address_family: check.address.map(|address| if address.is_ipv4() { 4 } else { 6 }),
            cached: check.cached,
            source: check.source.as_str(),
        }
    }
}

/// When each name was last asked for. Sorted by name, so that two writers lock rows in one order.
pub(crate) struct Freshness<'a>(BTreeMap<&'a str, NaiveDateTime>);

impl<'a> Freshness<'a> {
    pub(crate) fn of<'b>(rows: impl IntoIterator<Item = &'b CheckRow<'a>>) -> Self
    where
        'a: 'b,
    {
        let mut latest = BTreeMap::new();
        for row in rows {
            let at = latest.entry(row.host).or_insert(row.checked_at);
            *at = row.checked_at.max(*at);
        }
        Self(latest)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'a str, NaiveDateTime)> {
        self.0.iter().map(|(host, at)| (*host, *at))
    }
}
