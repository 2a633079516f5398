//! Many rows in one prepared statement: each column travels as an array, so the statement is the same for any number of
//! rows and is planned once a connection.

use chrono::NaiveDateTime;
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Text, Timestamp};

use crate::rows::NewGreenDomain;

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
