//! How checks are written into messages and spool files: JSON with short keys, so that an operator can read a dead letter.
//!
//! Times are whole microseconds since 1970, as exact as the databases keep them.

use std::io::Write;
use std::net::IpAddr;

use chrono::serde::ts_microseconds;
use chrono::{DateTime, Utc};
use greencheck_core::{Check, CheckBatch, Host, Match, ProviderId, Source, VerdictKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The version of all message bodies; a reader refuses what it does not know.
pub(crate) const SCHEMA: u32 = 1;

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

#[derive(Deserialize)]
struct ReadCheck(#[serde(with = "WireCheck")] Check);

#[derive(Deserialize)]
struct ReadBatch {
    v: u32,
    id: Uuid,
    checks: Vec<ReadCheck>,
}

/// A message cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("its schema version is {0}, this process knows {SCHEMA}")]
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

/// The body of the message that carries `batch`.
pub(crate) fn encode_batch(batch: &CheckBatch) -> Vec<u8> {
    const USUAL_CHECK: usize = 128;
    let mut body = Vec::with_capacity(64 + batch.checks.len() * USUAL_CHECK);
    write!(body, r#"{{"v":{SCHEMA},"id":"{}","checks":["#, batch.id).expect("a Vec takes every write");
    for (index, check) in batch.checks.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        write_check(check, &mut body)
            .expect("a Vec takes every write and a check has no map with other keys than text");
    }
    body.extend_from_slice(b"]}");
    body
}

pub(crate) fn decode_batch(body: &[u8]) -> Result<CheckBatch, Unreadable> {
    let batch: ReadBatch = match serde_json::from_slice(body) {
        Ok(batch) => batch,
        Err(error) => return Err(version_of(body).map_or_else(|| error.into(), Unreadable::Schema)),
    };
    if batch.v != SCHEMA {
        return Err(Unreadable::Schema(batch.v));
    }
    Ok(CheckBatch { id: batch.id, checks: batch.checks.into_iter().map(|ReadCheck(check)| check).collect() })
}

/// The version of a body that has another one, if that is why it cannot be read.
fn version_of(body: &[u8]) -> Option<u32> {
    #[derive(Deserialize)]
    struct Versioned {
        v: u32,
    }
    serde_json::from_slice(body).ok().map(|Versioned { v }| v).filter(|version| *version != SCHEMA)
}

#[cfg(test)]
mod tests {
    use greencheck_testkit::contract::queue::samples;

    use super::*;

    #[test]
    fn a_batch_reads_back_as_it_was_written() {
        let batch = samples::batch(50);
        assert_eq!(decode_batch(&encode_batch(&batch)).unwrap(), batch);
        let empty = CheckBatch { id: batch.id, checks: Vec::new() };
        assert_eq!(decode_batch(&encode_batch(&empty)).unwrap(), empty);
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
        let error = decode_batch(br#"{"v":2,"id":"x","rows":[]}"#).unwrap_err();
        assert_eq!(error.to_string(), "its schema version is 2, this process knows 1");
        assert!(matches!(decode_batch(b"{"), Err(Unreadable::Json(_))));
    }
}
