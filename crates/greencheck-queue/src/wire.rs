//! How checks are written: compactly into messages on their way, as JSON with short keys into spool files and dead letters, so that
//! an operator can read them. Every reader takes both.
//!
//! Times are whole microseconds since 1970, as exact as the databases keep them.

mod compact;

use std::io::{self, Write};
use std::net::IpAddr;

use chrono::serde::ts_microseconds;
use chrono::{DateTime, NaiveDate, Utc};
use greencheck_core::{Check, CheckBatch, Host, Match, ProviderId, Source, Usage, VerdictKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The version of a message of JSON; a reader refuses what it does not know.
pub(crate) const SCHEMA: u32 = 1;
/// The version of batches that count what callers with keys asked: a reader of version 1 would store them without.
const SCHEMA_WITH_USAGE: u32 = 2;

/// A check without its envelope, as one JSON object; [`write_check`] writes it.
#[derive(Deserialize)]
#[serde(remote = "Check")]
struct WireCheck {
    #[serde(rename = "t", with = "ts_microseconds")]
    checked_at: DateTime<Utc>,
    #[serde(rename = "h")]
    host: Host,
    #[serde(rename = "v")]
    verdict: VerdictKind,
    #[serde(rename = "p", default)]
    provider: Option<ProviderId>,
    #[serde(rename = "m", default)]
    matched: Option<Match>,
    #[serde(rename = "a", default)]
    address: Option<IpAddr>,
    #[serde(rename = "c")]
    cached: bool,
    #[serde(rename = "s")]
    source: Source,
    /// Readers that do not know it pass over it.
    #[serde(rename = "r", default)]
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

/// The version of messages that are not JSON.
const COMPACT: u8 = compact::VERSION;

/// A message cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("its schema version is {0}, this process knows {SCHEMA} to {COMPACT}")]
    Schema(u32),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Compact(#[from] compact::Broken),
}

/// The body of a message, and what its properties say of it.
pub(crate) struct Encoded {
    pub(crate) body: Vec<u8>,
    pub(crate) schema: u32,
    pub(crate) content_type: &'static str,
}

impl Encoded {
    /// For a message on its way.
    pub(crate) fn compact(batch: &CheckBatch) -> Self {
        Self::of(compact::encode(batch), batch)
    }

    /// For people.
    pub(crate) fn readable(batch: &CheckBatch) -> Self {
        Self::of(encode_readable(batch), batch)
    }

    /// A body that is that of `batch`.
    pub(crate) fn of(body: Vec<u8>, batch: &CheckBatch) -> Self {
        if body.first() == Some(&compact::VERSION) {
            let content_type = "application/x-postcard";
            return Self { body, schema: compact::VERSION.into(), content_type };
        }
        Self { body, schema: schema_of(batch), content_type: "application/json" }
    }
}

/// Writes the check at the end of `out`, piece by piece: with `spool_first` an answer waits for it.
pub(crate) fn write_check(check: &Check, mut out: impl Write) -> io::Result<()> {
    let out = &mut out;
    let mut number = itoa::Buffer::new();
    write_parts(out, &["{\"t\":", number.format(check.checked_at.timestamp_micros()), ",\"h\":"])?;
    serde_json::to_writer(&mut *out, check.host.as_str())?;
    write_parts(out, &[",\"v\":\"", check.verdict.as_str(), "\""])?;
    if let Some(provider) = check.provider {
        write_parts(out, &[",\"p\":", number.format(provider.0)])?;
    }
    if let Some(Match { kind, id }) = check.matched {
        let id = id.map_or("null", |id| number.format(id));
        write_parts(out, &[",\"m\":{\"kind\":\"", kind.as_str(), "\",\"id\":", id, "}"])?;
    }
    if let Some(address) = check.address {
        write!(out, ",\"a\":\"{address}\"")?;
    }
    let cached = if check.cached { "true" } else { "false" };
    write_parts(out, &[",\"c\":", cached, ",\"s\":\"", check.source.as_str(), "\""])?;
    if let Some(id) = &check.request_id {
        out.write_all(b",\"r\":")?;
        serde_json::to_writer(&mut *out, id)?;
    }
    out.write_all(b"}")
}

fn write_parts(out: &mut impl Write, parts: &[&str]) -> io::Result<()> {
    parts.iter().try_for_each(|part| out.write_all(part.as_bytes()))
}

pub(crate) fn read_check(json: &[u8]) -> Result<Check, Unreadable> {
    let ReadCheck(check) = serde_json::from_slice(json)?;
    Ok(check)
}

/// Writes what was asked at the end of `out`.
pub(crate) fn write_usage(usage: &Usage, out: impl Write) -> io::Result<()> {
    Ok(WireUsage::serialize(usage, &mut serde_json::Serializer::new(out))?)
}

pub(crate) fn read_usage(json: &[u8]) -> Result<Usage, Unreadable> {
    let ReadUsage(usage) = serde_json::from_slice(json)?;
    Ok(usage)
}

/// The version of the JSON that carries `batch`.
fn schema_of(batch: &CheckBatch) -> u32 {
    if batch.usage.is_empty() { SCHEMA } else { SCHEMA_WITH_USAGE }
}

/// The JSON that carries `batch`.
pub(crate) fn encode_readable(batch: &CheckBatch) -> Vec<u8> {
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

fn write_list<T>(items: &[T], body: &mut Vec<u8>, write: impl Fn(&T, &mut Vec<u8>) -> io::Result<()>) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        write(item, body).expect("a Vec takes every write and no item has a map with other keys than text");
    }
}

pub(crate) fn decode_batch(body: &[u8]) -> Result<CheckBatch, Unreadable> {
    if let Some((&compact::VERSION, compact)) = body.split_first() {
        return Ok(compact::decode(compact)?);
    }
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
    use greencheck_core::MatchKind;
    use greencheck_testkit::contract::queue::samples;

    use super::*;

    #[test]
    fn a_batch_reads_back_as_it_was_written() {
        let batch = samples::batch(50);
        assert_eq!(decode_batch(&encode_readable(&batch)).unwrap(), batch);
        let empty = CheckBatch::with_capacity(batch.id, 0);
        assert_eq!(decode_batch(&encode_readable(&empty)).unwrap(), empty);
    }

    #[test]
    fn a_batch_without_usage_is_of_the_first_version_and_one_with_it_is_not() {
        let batch = samples::batch(2);
        let body = encode_readable(&batch);
        assert!(body.starts_with(br#"{"v":1,"id":""#) && !body.windows(7).any(|part| part == b"\"usage\""));
        assert_eq!(decode_batch(&body).unwrap(), batch, "as older releases left it");
        let batch = CheckBatch { usage: samples::usage(), ..batch };
        let body = encode_readable(&batch);
        assert!(body.starts_with(br#"{"v":2,"id":""#));
        assert_eq!(decode_batch(&body).unwrap(), batch);
    }

    #[test]
    fn a_check_is_written_with_all_that_it_has() {
        let at = "2026-11-30T12:00:00.000001Z".parse().unwrap();
        let written = |check: &Check| {
            let mut json = Vec::new();
            write_check(check, &mut json).unwrap();
            assert_eq!(&read_check(&json).unwrap(), check);
            String::from_utf8(json).unwrap()
        };
        let mut check = Check {
            checked_at: at,
            host: Host::parse("www.example.com").unwrap(),
            verdict: VerdictKind::Unknown,
            provider: None,
            matched: None,
            address: None,
            cached: true,
            source: Source::Badge,
            request_id: None,
        };
        assert_eq!(
            written(&check),
            r#"{"t":1796040000000001,"h":"www.example.com","v":"unknown","c":true,"s":"badge"}"#
        );
        check.provider = Some(ProviderId(7));
        check.address = Some("2001:db8::7".parse().unwrap());
        check.request_id = Some("a-1".into());
        check.cached = false;
        for kind in MatchKind::ALL {
            for (id, text) in [(Some(-4), "-4"), (None, "null")] {
                check.matched = Some(Match { kind, id });
                let name = serde_json::to_string(&kind).unwrap();
                let expected = format!(
                    r#","p":7,"m":{{"kind":{name},"id":{text}}},"a":"2001:db8::7","c":false,"s":"badge","r":"a-1"}}"#
                );
                assert!(written(&check).ends_with(&expected), "{}", written(&check));
            }
        }
        for verdict in VerdictKind::ALL {
            check.verdict = verdict;
            written(&check);
        }
        for source in Source::ALL {
            check.source = source;
            written(&check);
        }
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
        let error = decode_batch(br#"{"v":4,"id":"x","rows":[]}"#).unwrap_err();
        assert_eq!(error.to_string(), "its schema version is 4, this process knows 1 to 3");
        assert!(matches!(decode_batch(b"{"), Err(Unreadable::Json(_))));
    }
}
