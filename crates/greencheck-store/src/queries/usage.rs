use chrono::NaiveDate;
use diesel::dsl;
use diesel::prelude::*;

use crate::schema::key_usage;

/// What was asked with a key since a day, in order.
#[dsl::auto_type(no_type_alias)]
pub(crate) fn usage_of(key: i64, since: NaiveDate) -> _ {
    let of_key = key_usage::key_id.eq(key).and(key_usage::day.ge(since));
    key_usage::table.filter(of_key).order((key_usage::day, key_usage::route))
}

/// Adds rows up with those that are stored.
macro_rules! add_usage {
    ($rows:expr) => {{
        use diesel::ExpressionMethods as _;
        use $crate::schema::key_usage;
        let key = (key_usage::key_id, key_usage::day, key_usage::route);
        diesel::insert_into(key_usage::table).values($rows).on_conflict(key).do_update().set((
            key_usage::requests.eq(key_usage::requests + diesel::upsert::excluded(key_usage::requests)),
            key_usage::names.eq(key_usage::names + diesel::upsert::excluded(key_usage::names)),
        ))
    }};
}
pub(crate) use add_usage;
