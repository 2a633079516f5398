//! Bodies of requests as named fields, whatever they are written in, and the platform's words for what is wrong with them.

mod errors;
mod multipart;
mod read;

use std::net::IpAddr;

pub(crate) use errors::FieldErrors;
use greencheck_core::{Asn, ProviderId};
use serde_json::{Map, Value};

/// The fields of a body.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Fields(Map<String, Value>);

/// What speaks against a field, in the platform's words.
type Checked<T> = Result<T, String>;

impl Fields {
    /// A field as text; `None` when it is something else.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// A text that may not be blank.
    pub(crate) fn required_text(&self, name: &str) -> Checked<&str> {
        match self.required(name)? {
            Value::String(text) if text.is_empty() => Err("This field may not be blank.".to_owned()),
            Value::String(text) => Ok(text),
            _ => Err("Not a valid string.".to_owned()),
        }
    }

    pub(crate) fn address(&self, name: &str) -> Checked<IpAddr> {
        let text = match self.required(name)? {
            Value::Number(number) => number.to_string(),
            _ => self.required_text(name)?.trim().to_owned(),
        };
        text.parse().map_err(|_| "Enter a valid IPv4 or IPv6 address.".to_owned())
    }

    pub(crate) fn asn(&self, name: &str) -> Checked<Asn> {
        let number = integer(self.required(name)?).ok_or("A valid integer is required.")?;
        match u32::try_from(number) {
            Ok(number) if number > 0 => Ok(Asn::new(number).expect("it is greater than 0")),
            _ if number < 1 => Err("Ensure this value is greater than or equal to 1.".to_owned()),
            _ => Err(format!("Ensure this value is less than or equal to {}.", u32::MAX)),
        }
    }

    pub(crate) fn provider(&self, name: &str) -> Checked<ProviderId> {
        let value = self.required(name)?;
        let number = match value {
            Value::Number(_) | Value::String(_) => integer(value),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        let id = number.and_then(|number| i64::try_from(number).ok()).map(ProviderId);
        id.ok_or_else(|| format!("Incorrect type. Expected pk value, received {}.", errors::kind(value)))
    }

    fn required(&self, name: &str) -> Checked<&Value> {
        match self.0.get(name) {
            None => Err("This field is required.".to_owned()),
            Some(Value::Null) => Err("This field may not be null.".to_owned()),
            Some(value) => Ok(value),
        }
    }
}

/// A whole number, as a number or as text, with a fraction of zeros or without. One too long for any column is cut off
/// at the ends of `i128`.
fn integer(value: &Value) -> Option<i128> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    let whole = match text.split_once('.') {
        Some((whole, fraction)) => fraction.bytes().all(|byte| byte == b'0').then_some(whole)?,
        None => &*text,
    };
    let (negative, digits) = match whole.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, whole.strip_prefix('+').unwrap_or(whole)),
    };
    if digits.is_empty() || digits.len() > 1_000 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse().unwrap_or(i128::MAX);
    Some(if negative { -size } else { size })
}

#[cfg(test)]
mod tests;
