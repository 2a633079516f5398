use chrono::NaiveDateTime;
use diesel::dsl;
use diesel::prelude::*;

use crate::schema::{carbon_txt_results, green_domains};

type VerdictColumns = (
    green_domains::host,
    green_domains::green,
    green_domains::provider_id,
    green_domains::hosted_by,
    green_domains::hosted_by_website,
    green_domains::partner,
    green_domains::listed,
    green_domains::match_kind,
    green_domains::match_id,
    green_domains::address,
    green_domains::created,
    green_domains::modified,
);

const VERDICT: VerdictColumns = (
    green_domains::host,
    green_domains::green,
    green_domains::provider_id,
    green_domains::hosted_by,
    green_domains::hosted_by_website,
    green_domains::partner,
    green_domains::listed,
    green_domains::match_kind,
    green_domains::match_id,
    green_domains::address,
    green_domains::created,
    green_domains::modified,
);

#[dsl::auto_type(no_type_alias)]
pub(crate) fn verdict_on<'a>(host: &'a str) -> _ {
    let columns: VerdictColumns = VERDICT;
    green_domains::table.find(host).select(columns)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn verdicts_on<'a>(hosts: &'a [&'a str]) -> _ {
    let columns: VerdictColumns = VERDICT;
    green_domains::table.filter(green_domains::host.eq_any(hosts)).select(columns)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn green_count() -> _ {
    green_domains::table.filter(green_domains::green.eq(true)).count()
}

/// Pages by name, so that the last page is as quick as the first.
#[dsl::auto_type(no_type_alias)]
pub(crate) fn green_page<'a>(after: &'a str, max: i64) -> _ {
    let columns: VerdictColumns = VERDICT;
    green_domains::table
        .filter(green_domains::green.eq(true))
        .filter(green_domains::host.gt(after))
        .order(green_domains::host)
        .limit(max)
        .select(columns)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn all_verdicts() -> _ {
    let columns: VerdictColumns = VERDICT;
    green_domains::table.select(columns).order(green_domains::host)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn carbon_txt_result<'a>(host: &'a str, since: NaiveDateTime) -> _ {
    carbon_txt_results::table.find(host).filter(carbon_txt_results::created.ge(since))
}
