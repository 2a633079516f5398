use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, SubsecRound};
use greencheck_core::Host;
use greencheck_core::ports::StoreError;

/// What is wrong at a path of the document.
pub(super) fn invalid(path: &str, problem: impl std::fmt::Display) -> StoreError {
    StoreError::Invalid(format!("{path}: {problem}"))
}

pub(super) fn host(text: &str, path: impl FnOnce() -> String) -> Result<Host, StoreError> {
    Host::parse(text).map_err(|error| invalid(&path(), error))
}

pub(super) fn address(text: &str, path: impl FnOnce() -> String) -> Result<IpAddr, StoreError> {
    text.trim()
        .parse()
        .map(|address: IpAddr| address.to_canonical())
        .map_err(|_| invalid(&path(), format!("`{}` is no IP address", clipped(text))))
}

pub(super) fn date(
    text: Option<&str>,
    path: impl FnOnce() -> String,
) -> Result<Option<NaiveDate>, StoreError> {
    let parse = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    match text {
        None => Ok(None),
        Some(text) => match parse(text) {
            Some(date) => Ok(Some(date)),
            None => Err(invalid(
                &path(),
                format!("`{}` is no date, expected for example `2026-01-31`", clipped(text)),
            )),
        },
    }
}

/// RFC 3339, or the same without a zone, which is UTC.
pub(super) fn time(text: &str, path: impl FnOnce() -> String) -> Result<NaiveDateTime, StoreError> {
    let zoned = || DateTime::parse_from_rfc3339(text).ok().map(|time| time.naive_utc());
    let naive = |format| NaiveDateTime::parse_from_str(text, format).ok();
    let date = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    zoned()
        .or_else(|| naive("%Y-%m-%dT%H:%M:%S%.f"))
        .or_else(|| naive("%Y-%m-%d %H:%M:%S%.f"))
        .or_else(date)
        .map(|time| time.trunc_subsecs(6))
        .ok_or_else(|| {
            invalid(
                &path(),
                format!("`{}` is no time, expected for example `2026-01-31T12:00:00Z`", clipped(text)),
            )
        })
}

/// One of a few words.
pub(super) fn word(text: &str, words: &[&str], path: impl FnOnce() -> String) -> Result<String, StoreError> {
    if words.contains(&text) {
        return Ok(text.to_owned());
    }
    let expected: Vec<_> =
        words.iter().filter(|word| !word.is_empty()).map(|word| format!("`{word}`")).collect();
    Err(invalid(&path(), format!("`{}` is none of {}", clipped(text), expected.join(", "))))
}

/// Texts go to both databases; PostgreSQL takes no NUL.
pub(super) fn text(text: &str, path: impl FnOnce() -> String) -> Result<String, StoreError> {
    if text.contains('\0') {
        return Err(invalid(&path(), "a text must not hold the character U+0000"));
    }
    Ok(text.to_owned())
}

pub(super) fn optional(
    value: Option<&str>,
    path: impl FnOnce() -> String,
) -> Result<Option<String>, StoreError> {
    value.map(|value| text(value, path)).transpose()
}

/// Keys that a section may have once.
pub(super) struct Unique<K> {
    section: &'static str,
    field: &'static str,
    first: HashMap<K, usize>,
}

impl<K: Eq + Hash + std::fmt::Display> Unique<K> {
    pub(super) fn new(section: &'static str, field: &'static str) -> Self {
        Self { section, field, first: HashMap::new() }
    }

    pub(super) fn check(&mut self, at: usize, key: K) -> Result<(), StoreError> {
        let (section, field) = (self.section, self.field);
        if let Some(first) = self.first.get(&key) {
            return Err(invalid(
                &format!("{section}[{at}].{field}"),
                format!("{key} is already in {section}[{first}]"),
            ));
        }
        self.first.insert(key, at);
        Ok(())
    }
}

/// Input in an error message, at a length that does no harm.
fn clipped(text: &str) -> String {
    text.chars().take(100).collect()
}
