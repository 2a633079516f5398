//! How checks are written into messages and spool files: JSON with short keys, so that an operator can read a dead letter.
//!
//! Times are whole microseconds since 1970, as exact as the databases keep them.

use std::io::Write;
use std::net::IpAddr;

use chrono::serde::ts_microseconds;
use chrono::{DateTime, NaiveDate, Utc};
use greencheck_core::{Check, CheckBatch, Host, Match, ProviderId, Source, Usage, VerdictKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The version of all message bodies; a reader refuses what it does not know.
pub(crate) const SCHEMA: u32 = 1;
/// The version of batches that count what callers with keys asked: a reader of version 1 would store them without.
const SCHEMA_WITH_USAGE: u32 = 2;

/// A check without its envelope, as one JSON object.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Check")]
struct WireCheck {
    #[serde(rename = "t", with = "ts_microseconds")]
    checked_at: DateTime<Utc>,
    #[serde(rename = "h")]
    host: Host,
    #[serde(rename = "v")]
    verdict: VerdictKind,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    provider: Option<ProviderId>,
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    matched: Option<Match>,
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    address: Option<IpAddr>,
    #[serde(rename = "c")]
    cached: bool,
    #[serde(rename = "s")]
    source: Source,
    /// Readers that do not know it pass over it.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    request_id: Option<Box<str>>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Usage")]
struct WireUsage {
    #[serde(rename = "k")]
    key: i64,
    #[serde(rename = "d")]
    day: NaiveDate,
    #[serde(rename = "r")]
    route: String,
    #[serde(rename = "q")]
    requests: u64,
    #[serde(rename = "n")]
    names: u64,
}

#[derive(Deserialize)]
struct ReadUsage(#[serde(with = "WireUsage")] Usage);

#[derive(Deserialize)]
struct ReadCheck(#[serde(with = "WireCheck")] Check);

#[derive(Deserialize)]
struct ReadBatch {
    v: u32,
    id: Uuid,
    checks: Vec<ReadCheck>,
    #[serde(default)]
    usage: Vec<ReadUsage>,
}

/// A message cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("its schema version is {0}, this process knows {SCHEMA} and {SCHEMA_WITH_USAGE}")]
    Schema(u32),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// Writes the check at the end of `out`.
pub(crate) fn write_check(check: &Check, out: impl Write) -> serde_json::Result<()> {
    WireCheck::serialize(check, &mut serde_json::Serializer::new(out))
}

pub(crate) fn read_check(json: &[u8]) -> Result<Check, Unreadable> {
    let ReadCheck(check) = serde_json::from_slice(json)?;
    Ok(check)
}

/// Writes what was asked at the end of `out`.
pub(crate) fn write_usage(usage: &Usage, out: impl Write) -> serde_json::Result<()> {
    WireUsage::serialize(usage, &mut serde_json::Serializer::new(out))
}

pub(crate) fn read_usage(json: &[u8]) -> Result<Usage, Unreadable> {
    let ReadUsage(usage) = serde_json::from_slice(json)?;
    Ok(usage)
}

/// The version of the body that carries `batch`.
pub(crate) fn schema_of(batch: &CheckBatch) -> u32 {
    if batch.usage.is_empty() { SCHEMA } else { SCHEMA_WITH_USAGE }
}

/// The body of the message that carries `batch`.
pub(crate) fn encode_batch(batch: &CheckBatch) -> Vec<u8> {
    const USUAL_CHECK: usize = 128;
    let mut body = Vec::with_capacity(64 + batch.len() * USUAL_CHECK);
    let schema = schema_of(batch);
    write!(body, r#"{{"v":{schema},"id":"{}","checks":["#, batch.id).expect("a Vec takes every write");
    write_list(&batch.checks, &mut body, |check, body| write_check(check, body));
    if !batch.usage.is_empty() {
        body.extend_from_slice(br#"],"usage":["#);
        write_list(&batch.usage, &mut body, |usage, body| write_usage(usage, body));
    }
    body.extend_from_slice(b"]}");
    body
}

fn write_list<T>(
    items: &[T],
    body: &mut Vec<u8>,
    write: impl Fn(&T, &mut Vec<u8>) -> serde_json::Result<()>,
) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        write(item, body).expect("a Vec takes every write and no item has a map with other keys than text");
    }
}

pub(crate) fn decode_batch(body: &[u8]) -> Result<CheckBatch, Unreadable> {
    let batch: ReadBatch = match serde_json::from_slice(body) {
        Ok(batch) => batch,
        Err(error) => return Err(version_of(body).map_or_else(|| error.into(), Unreadable::Schema)),
    };
    if !is_known(batch.v) {
        return Err(Unreadable::Schema(batch.v));
    }
    Ok(CheckBatch {
        id: batch.id,
        checks: batch.checks.into_iter().map(|ReadCheck(check)| check).collect(),
        usage: batch.usage.into_iter().map(|ReadUsage(usage)| usage).collect(),
    })
}

/// The version of a body that has another one, if that is why it cannot be read.
fn version_of(body: &[u8]) -> Option<u32> {
    #[derive(Deserialize)]
    struct Versioned {
        v: u32,
    }
    serde_json::from_slice(body).ok().map(|Versioned { v }| v).filter(|version| !is_known(*version))
}

fn is_known(version: u32) -> bool {
    matches!(version, SCHEMA | SCHEMA_WITH_USAGE)
}

#[cfg(test)]
mod tests {
    use greencheck_testkit::contract::queue::samples;

    use super::*;

    #[test]
    fn a_batch_reads_back_as_it_was_written() {
        let batch = samples::batch(50);
        assert_eq!(decode_batch(&encode_batch(&batch)).unwrap(), batch);
        let empty = CheckBatch::with_capacity(batch.id, 0);
        assert_eq!(decode_batch(&encode_batch(&empty)).unwrap(), empty);
    }

    #[test]
    fn a_batch_without_usage_is_of_the_first_version_and_one_with_it_is_not() {
        let batch = samples::batch(2);
        let body = encode_batch(&batch);
        assert!(body.starts_with(br#"{"v":1,"id":""#) && !body.windows(7).any(|part| part == b"\"usage\""));
        assert_eq!(decode_batch(&body).unwrap(), batch, "as older releases left it");
        let batch = CheckBatch { usage: samples::usage(), ..batch };
        let body = encode_batch(&batch);
        assert!(body.starts_with(br#"{"v":2,"id":""#));
        assert_eq!(decode_batch(&body).unwrap(), batch);
    }

    #[test]
    fn a_check_is_one_short_object() {
        let batch = samples::batch(1);
        let mut json = Vec::new();
        write_check(&batch.checks[0], &mut json).unwrap();
        assert_eq!(read_check(&json).unwrap(), batch.checks[0]);
        assert!(json.len() < 140, "{}", String::from_utf8_lossy(&json));
        assert!(json.starts_with(br#"{"t":"#));
    }

    #[test]
    fn only_a_check_whose_caller_gave_an_id_carries_one() {
        let batch = samples::batch(2);
        let mut json = Vec::new();
        write_check(&batch.checks[0], &mut json).unwrap();
        assert!(!String::from_utf8(json).unwrap().contains("\"r\""));
        let given = batch.checks[1].clone().for_request(Some("trace-7"));
        let mut json = Vec::new();
        write_check(&given, &mut json).unwrap();
        assert!(json.ends_with(br#","r":"trace-7"}"#));
        assert_eq!(read_check(&json).unwrap(), given);
    }

    #[test]
    fn another_schema_version_is_named_in_the_error() {
        let error = decode_batch(br#"{"v":3,"id":"x","rows":[]}"#).unwrap_err();
        assert_eq!(error.to_string(), "its schema version is 3, this process knows 1 and 2");
        assert!(matches!(decode_batch(b"{"), Err(Unreadable::Json(_))));
    }
}
