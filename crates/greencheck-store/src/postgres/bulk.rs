//! Many rows in one prepared statement: each column travels as an array, so the statement is the same for any number of
//! rows and is planned once a connection.

use chrono::NaiveDateTime;
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::pg::data_types::PgInterval;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Integer, Interval, Nullable, Text, Timestamp};
use greencheck_core::ports::LAST_CHECKED_LAG;

use crate::rows::{CheckRow, Freshness, NewGreenDomain};

/// Binds columns in their order, separated by commas.
macro_rules! push_columns {
    ($out:expr, $first:expr => $first_type:ty $(, $column:expr => $sql_type:ty)* $(,)?) => {{
        $out.push_bind_param::<Array<$first_type>, _>($first)?;
        $(
            $out.push_sql(", ");
            $out.push_bind_param::<Array<$sql_type>, _>($column)?;
        )*
    }};
}

/// Keeps the batch ids that are new, and answers with them.
pub(super) struct NewBatches {
    /// Sorted, so that two writers wait for each other in one order.
    pub(super) ids: Vec<String>,
}

impl QueryFragment<Pg> for NewBatches {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("INSERT INTO check_batches (id) SELECT * FROM UNNEST(");
        push_columns!(out, &self.ids => Text);
        out.push_sql(") ON CONFLICT DO NOTHING RETURNING id");
        Ok(())
    }
}

impl QueryId for NewBatches {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for NewBatches {
    type SqlType = Text;
}

/// Appends rows to the log.
#[derive(Default)]
pub(super) struct NewChecks<'a> {
    checked_at: Vec<NaiveDateTime>,
    host: Vec<&'a str>,
    tld: Vec<&'a str>,
    verdict: Vec<&'static str>,
    provider_id: Vec<Option<i64>>,
    match_kind: Vec<Option<&'static str>>,
    match_id: Vec<Option<i64>>,
    address: Vec<Option<String>>,
    address_family: Vec<Option<i32>>,
    cached: Vec<bool>,
    source: Vec<&'static str>,
}

impl<'a> FromIterator<CheckRow<'a>> for NewChecks<'a> {
    fn from_iter<I: IntoIterator<Item = CheckRow<'a>>>(rows: I) -> Self {
        let mut columns = Self::default();
        for row in rows {
            columns.checked_at.push(row.checked_at);
            columns.host.push(row.host);
            columns.tld.push(row.tld);
            columns.verdict.push(row.verdict);
            columns.provider_id.push(row.provider_id);
            columns.match_kind.push(row.match_kind);
            columns.match_id.push(row.match_id);
            columns.address.push(row.address);
            columns.address_family.push(row.address_family);
            columns.cached.push(row.cached);
            columns.source.push(row.source);
        }
        columns
    }
}

impl QueryFragment<Pg> for NewChecks<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO checks (checked_at, host, tld, verdict, provider_id, match_kind, match_id, address, \
             address_family, cached, source) SELECT * FROM UNNEST(",
        );
        push_columns!(
            out,
            &self.checked_at => Timestamp,
            &self.host => Text,
            &self.tld => Text,
            &self.verdict => Text,
            &self.provider_id => Nullable<BigInt>,
            &self.match_kind => Nullable<Text>,
            &self.match_id => Nullable<BigInt>,
            &self.address => Nullable<Text>,
            &self.address_family => Nullable<Integer>,
            &self.cached => Bool,
            &self.source => Text,
        );
        out.push_sql(")");
        Ok(())
    }
}

impl QueryId for NewChecks<'_> {
    type QueryId = NewChecks<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

const LAG: PgInterval =
    PgInterval { microseconds: LAST_CHECKED_LAG.num_seconds() * 1_000_000, days: 0, months: 0 };

/// Says of stored verdicts when they were last asked for.
pub(super) struct Freshen<'a> {
    host: Vec<&'a str>,
    checked_at: Vec<NaiveDateTime>,
}

impl<'a> From<&Freshness<'a>> for Freshen<'a> {
    fn from(freshness: &Freshness<'a>) -> Self {
        let (host, checked_at) = freshness.iter().unzip();
        Self { host, checked_at }
    }
}

impl QueryFragment<Pg> for Freshen<'_> {
    /// The rows are locked by name before any is written, so that two writers never wait for each other in a circle.
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "UPDATE green_domains AS stored SET last_checked_at = fresh.checked_at FROM \
             (SELECT known.host, asked.checked_at FROM UNNEST(",
        );
        push_columns!(out, &self.host => Text, &self.checked_at => Timestamp);
        out.push_sql(
            ") AS asked (host, checked_at) JOIN green_domains AS known ON known.host = asked.host \
             WHERE known.last_checked_at IS NULL OR known.last_checked_at <= asked.checked_at - ",
        );
        out.push_bind_param::<Interval, _>(&LAG)?;
        out.push_sql(
            " ORDER BY known.host FOR UPDATE OF known) AS fresh \
             WHERE stored.host = fresh.host \
             AND (stored.last_checked_at IS NULL OR stored.last_checked_at < fresh.checked_at)",
        );
        Ok(())
    }
}

impl QueryId for Freshen<'_> {
    type QueryId = Freshen<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

/// Inserts the rows of a snapshot, or updates those that an older snapshot brought; answers with the numbers of both.
#[derive(Default)]
pub(super) struct SnapshotDomains<'a> {
    host: Vec<&'a str>,
    provider_id: Vec<i64>,
    hosted_by: Vec<&'a str>,
    hosted_by_website: Vec<&'a str>,
    partner: Vec<&'a str>,
    listed: Vec<bool>,
    created: Vec<NaiveDateTime>,
    modified: Vec<NaiveDateTime>,
}

impl<'a> SnapshotDomains<'a> {
    pub(super) fn of(rows: &'a [NewGreenDomain]) -> Self {
        let mut columns = Self::default();
        for row in rows {
            columns.host.push(&row.host);
            columns.provider_id.push(row.provider_id);
            columns.hosted_by.push(&row.hosted_by);
            columns.hosted_by_website.push(&row.hosted_by_website);
            columns.partner.push(&row.partner);
            columns.listed.push(row.listed);
            columns.created.push(row.created);
            columns.modified.push(row.modified);
        }
        columns
    }
}

impl QueryFragment<Pg> for SnapshotDomains<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "WITH stored AS (INSERT INTO green_domains AS old (host, provider_id, hosted_by, hosted_by_website, partner, \
             listed, created, modified, green, match_kind) SELECT *, true, 'snapshot' FROM UNNEST(",
        );
        push_columns!(
            out,
            &self.host => Text,
            &self.provider_id => BigInt,
            &self.hosted_by => Text,
            &self.hosted_by_website => Text,
            &self.partner => Text,
            &self.listed => Bool,
            &self.created => Timestamp,
            &self.modified => Timestamp,
        );
        // A row that was inserted has no transaction that deleted it.
        out.push_sql(
            ") ON CONFLICT (host) DO UPDATE SET green = excluded.green, provider_id = excluded.provider_id, \
             hosted_by = excluded.hosted_by, hosted_by_website = excluded.hosted_by_website, \
             partner = excluded.partner, listed = excluded.listed, modified = excluded.modified \
             WHERE old.match_kind = 'snapshot' AND old.modified < excluded.modified RETURNING xmax = 0 AS is_new) \
             SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM stored",
        );
        Ok(())
    }
}

impl QueryId for SnapshotDomains<'_> {
    type QueryId = SnapshotDomains<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for SnapshotDomains<'_> {
    type SqlType = (BigInt, BigInt);
}
