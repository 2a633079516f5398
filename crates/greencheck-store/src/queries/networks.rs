//! The networks of one provider, active or not.

use diesel::dsl;
use diesel::prelude::*;

use crate::schema::{asns, ip_ranges, providers};

#[dsl::auto_type(no_type_alias)]
pub(crate) fn provider_state(id: i64) -> _ {
    providers::table.find(id).select((providers::name, providers::archived))
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn ranges_of(provider: i64) -> _ {
    ip_ranges::table.filter(ip_ranges::provider_id.eq(provider)).order(ip_ranges::id)
}

#[dsl::auto_type(no_type_alias)]
pub(crate) fn asns_of(provider: i64) -> _ {
    asns::table.filter(asns::provider_id.eq(provider)).order(asns::id)
}

/// Active entries of other providers among these AS numbers.
#[dsl::auto_type(no_type_alias)]
pub(crate) fn asns_of_others<'a>(provider: i64, numbers: &'a [i64]) -> _ {
    asns::table
        .filter(asns::active.eq(true))
        .filter(asns::provider_id.ne(provider))
        .filter(asns::asn.eq_any(numbers))
        .order(asns::id)
}

/// Lets entries count, or stop to count.
macro_rules! set_active {
    ($table:ident, $ids:expr, $active:expr, $now:expr) => {
        diesel::update($crate::schema::$table::table.filter($crate::schema::$table::id.eq_any($ids)))
            .set(($crate::schema::$table::active.eq($active), $crate::schema::$table::modified.eq($now)))
    };
}
pub(crate) use set_active;
