use chrono::NaiveDateTime;
use diesel::dsl;
use diesel::prelude::*;

use crate::schema::{catalog_changes, checks, providers};

type LoggedColumns = (
    checks::checked_at,
    checks::host,
    checks::verdict,
    checks::provider_id,
    checks::match_kind,
    checks::match_id,
    checks::address,
    checks::cached,
    checks::source,
);

const LOGGED: LoggedColumns = (
    checks::checked_at,
    checks::host,
    checks::verdict,
    checks::provider_id,
    checks::match_kind,
    checks::match_id,
    checks::address,
    checks::cached,
    checks::source,
);

#[dsl::auto_type(no_type_alias)]
pub(crate) fn checks_of_since<'a>(host: &'a str, since: NaiveDateTime, limit: i64) -> _ {
    let columns: LoggedColumns = LOGGED;
    checks::table
        .filter(checks::host.eq(host))
        .filter(checks::checked_at.ge(since))
        .order((checks::checked_at.desc(), checks::id.desc()))
        .limit(limit)
        .select(columns)
}

/// Pages by id, newest first.
#[dsl::auto_type(no_type_alias)]
pub(crate) fn catalog_changes_before(id: i64, from: NaiveDateTime, to: NaiveDateTime, limit: i64) -> _ {
    catalog_changes::table
        .left_join(providers::table)
        .filter(catalog_changes::id.lt(id))
        .filter(catalog_changes::changed_at.between(from, to))
        .order(catalog_changes::id.desc())
        .limit(limit)
        .select((
            catalog_changes::id,
            catalog_changes::changed_at,
            catalog_changes::provider_id,
            providers::name.nullable(),
            catalog_changes::kind,
            catalog_changes::subject,
            catalog_changes::added,
        ))
}
