//! Checks of single values. A problem quotes the value, never a secret.

use std::net::IpAddr;

use url::Url;

use crate::catalog::{parse_date, parse_time};
use crate::{Asn, Host, IpRange};

type Checked = Result<(), String>;

/// Longer texts fit in no column of the platform.
const MAX_TEXT: usize = 10_000;

pub(super) fn id(id: i64) -> Checked {
    if id >= 1 { Ok(()) } else { Err(format!("`{id}` is no id: expected 1 or more")) }
}

/// Free text that may be empty. Databases refuse NUL, terminals and pages should not meet other control characters.
pub(super) fn text(text: &str) -> Checked {
    if text.len() > MAX_TEXT {
        return Err(format!("has {} bytes: expected at most {MAX_TEXT}", text.len()));
    }
    let control = text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    if control { Err(format!("`{}` has a control character", quoted(text))) } else { Ok(()) }
}

pub(super) fn filled(value: &str) -> Checked {
    if value.trim().is_empty() { Err("is empty".to_owned()) } else { text(value) }
}

pub(super) fn one_of(value: &str, known: &[&str]) -> Checked {
    if known.contains(&value) {
        return Ok(());
    }
    let known: Vec<_> =
        known.iter().filter(|word| !word.is_empty()).map(|word| format!("`{word}`")).collect();
    Err(format!("`{}` is not known: expected {}", quoted(value), known.join(", ")))
}

pub(super) fn country(code: &str) -> Checked {
    if code.is_empty() { Ok(()) } else { letters(code, 2) }
}

pub(super) fn letters(code: &str, count: usize) -> Checked {
    let valid = code.len() == count && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    if valid { Ok(()) } else { Err(format!("`{}` is no country code of {count} letters", quoted(code))) }
}

pub(super) fn host(name: &str) -> Result<Host, String> {
    Host::parse(name).map_err(|error| error.to_string())
}

pub(super) fn address(text: &str) -> Result<IpAddr, String> {
    text.parse().map_err(|_| format!("`{}` is no IP address", quoted(text)))
}

/// The problem of two addresses that are valid each, as the problem of the second.
pub(super) fn range(start: IpAddr, end: IpAddr) -> Checked {
    IpRange::new(start, end).map(|_| ()).map_err(|error| error.to_string())
}

pub(super) fn asn(number: u32) -> Checked {
    Asn::try_from(number).map(|_| ()).map_err(|error| error.to_string())
}

/// An `http` or `https` URL, or nothing.
pub(super) fn url_or_empty(text: &str) -> Checked {
    if text.is_empty() { Ok(()) } else { web_url(text).map(|_| ()) }
}

/// A website as people write it: with or without a scheme.
pub(super) fn website(text: &str) -> Checked {
    if text.is_empty() || text.contains("://") {
        return url_or_empty(text);
    }
    match Host::parse(text) {
        Ok(_) if !text.contains('@') => Ok(()),
        _ => Err(format!("`{}` is neither a URL nor a domain", quoted(text))),
    }
}

/// The URL of a carbon.txt: its host can be looked up.
pub(super) fn carbon_txt_url(text: &str) -> Checked {
    let url = web_url(text)?;
    host(url.host_str().unwrap_or_default()).map(|_| ())
}

fn web_url(text: &str) -> Result<Url, String> {
    let invalid = || format!("`{}` is no http or https URL", quoted(text));
    let url = Url::parse(text).map_err(|_| invalid())?;
    let trimmed = text.trim() == text && text.len() <= 2_048;
    let plain =
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    if plain && trimmed { Ok(url) } else { Err(invalid()) }
}

pub(super) fn date(text: Option<&str>) -> Checked {
    match text {
        Some(text) if parse_date(text).is_none() => {
            Err(format!("`{}` is no date: expected `YYYY-MM-DD`", quoted(text)))
        }
        _ => Ok(()),
    }
}

/// Two valid dates as a period: the problem of the second.
pub(super) fn period(from: Option<&str>, to: Option<&str>) -> Checked {
    match (from.and_then(parse_date), to.and_then(parse_date)) {
        (Some(from), Some(to)) if to < from => Err(format!("`{to}` is before the beginning `{from}`")),
        _ => Ok(()),
    }
}

pub(super) fn time(text: Option<&str>) -> Checked {
    match text {
        Some(text) if parse_time(text).is_none() => {
            Err(format!("`{}` is no time: expected a form such as `2026-01-31T10:00:00Z`", quoted(text)))
        }
        _ => Ok(()),
    }
}

pub(super) fn not_negative(number: f64) -> Checked {
    if number.is_finite() && number >= 0.0 { Ok(()) } else { Err(format!("`{number}` is not 0 or more")) }
}

pub(super) fn percentage(number: f64) -> Checked {
    if (0.0..=100.0).contains(&number) {
        Ok(())
    } else {
        Err(format!("`{number}` is no percentage from 0 to 100"))
    }
}

pub(super) fn year(year: i32) -> Checked {
    if (1900..=2200).contains(&year) { Ok(()) } else { Err(format!("`{year}` is no year from 1900 to 2200")) }
}

/// Clear text, or a hash whose parts can be told apart.
pub(super) fn password(password: &str) -> Checked {
    if password.trim().is_empty() {
        return Err("is empty: leave it out for a user who cannot log in".to_owned());
    }
    if password.starts_with("$argon2") && password.split('$').count() != 6 {
        return Err("is no complete argon2 hash: expected `$argon2id$v=19$m=…,t=…,p=…$salt$hash`".to_owned());
    }
    Ok(())
}

pub(super) fn secret(secret: &str) -> Checked {
    if secret.trim().is_empty() { Err("is empty: leave it out for none".to_owned()) } else { Ok(()) }
}

fn quoted(text: &str) -> String {
    text.chars().take(100).flat_map(char::escape_debug).collect()
}
