//! Values of a checked document in the types of the columns. The check lets nothing else pass; what it did let pass is
//! told all the same.

use std::fmt::Display;
use std::net::IpAddr;

use chrono::{NaiveDate, NaiveDateTime};
use greencheck_core::Host;
use greencheck_core::catalog::{parse_date, parse_time};
use greencheck_core::ports::StoreError;

use crate::rows::naive;

/// What is wrong at a path of the document.
pub(super) fn invalid(path: &str, problem: impl Display) -> StoreError {
    StoreError::Invalid(format!("{path}: {problem}"))
}

pub(super) fn host(text: &str, path: impl FnOnce() -> String) -> Result<Host, StoreError> {
    Host::parse(text).map_err(|error| invalid(&path(), error))
}

/// An IPv4 address in the clothes of an IPv6 one (RFC 4291, section 2.5.5.2) is an IPv4 address.
pub(super) fn address(text: &str, path: impl FnOnce() -> String) -> Result<IpAddr, StoreError> {
    text.parse().map(|address: IpAddr| address.to_canonical()).map_err(|error| invalid(&path(), error))
}

pub(super) fn date(
    text: Option<&str>,
    path: impl FnOnce() -> String,
) -> Result<Option<NaiveDate>, StoreError> {
    let parse = |text| parse_date(text).ok_or_else(|| invalid(&path(), "not a date"));
    text.map(parse).transpose()
}

pub(super) fn time(
    text: Option<&str>,
    path: impl FnOnce() -> String,
) -> Result<Option<NaiveDateTime>, StoreError> {
    let parse = |text| parse_time(text).map(naive).ok_or_else(|| invalid(&path(), "not a time"));
    text.map(parse).transpose()
}
