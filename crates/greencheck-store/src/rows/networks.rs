use chrono::NaiveDateTime;
use diesel::Insertable;

use crate::schema::{asns, ip_ranges};

/// A range whose id is the database's business.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = ip_ranges, treat_none_as_default_value = false)]
pub(crate) struct ListedRange {
    pub(crate) provider_id: i64,
    pub(crate) start_address: String,
    pub(crate) end_address: String,
    pub(crate) family: i32,
    pub(crate) active: bool,
    pub(crate) created: NaiveDateTime,
    pub(crate) modified: NaiveDateTime,
}

/// An AS number whose id is the database's business.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = asns, treat_none_as_default_value = false)]
pub(crate) struct ListedAsn {
    pub(crate) provider_id: i64,
    pub(crate) asn: i64,
    pub(crate) active: bool,
    pub(crate) created: NaiveDateTime,
    pub(crate) modified: NaiveDateTime,
}
