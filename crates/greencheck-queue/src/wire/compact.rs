//! Batches on their way: a byte for the version, a head, then each check and each count, all in postcard
//! (<https://postcard.jamesmunns.com/wire-format>). A check takes a third of what it takes in JSON, and the broker copies, sums up
//! and syncs every byte.
//!
//! Codes are places in lists that only grow at their end.

use std::net::IpAddr;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use greencheck_core::{Check, CheckBatch, Host, Match, MatchKind, ProviderId, Source, Usage, VerdictKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The first byte of a body; those of JSON begin with another.
pub(super) const VERSION: u8 = 3;
/// What nearly every check finds room in.
const USUAL: usize = 512;
/// What no check is shorter than.
const LEAST: usize = 8;

#[derive(Serialize, Deserialize)]
struct Head {
    id: [u8; 16],
    /// Microseconds since 1970; checks tell by how much they were later.
    begins: i64,
    checks: usize,
    usage: usize,
}

#[derive(Serialize, Deserialize)]
struct Row<'a> {
    /// Microseconds.
    later: i64,
    host: &'a str,
    verdict: u8,
    provider: Option<i64>,
    matched: Option<(u8, Option<i64>)>,
    address: Option<IpAddr>,
    cached: bool,
    source: u8,
    request_id: Option<&'a str>,
}

#[derive(Serialize, Deserialize)]
struct Count<'a> {
    key: i64,
    /// Days since the first of January of the year 1.
    day: i32,
    route: &'a str,
    requests: u64,
    names: u64,
}

/// Why a body cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    #[error("it breaks off or is damaged: {0}")]
    Form(#[from] postcard::Error),
    #[error("{0} bytes stand behind its end")]
    Longer(usize),
    #[error("it has the code {1} for a {0}, which this process does not know")]
    Code(&'static str, u8),
    #[error("it has a time or a day that there is not")]
    Time,
    #[error(transparent)]
    Host(#[from] greencheck_core::InvalidHost),
}

pub(super) fn encode(batch: &CheckBatch) -> Vec<u8> {
    let begins = batch.checks.first().map_or(0, |check| check.checked_at.timestamp_micros());
    let head =
        Head { id: batch.id.into_bytes(), begins, checks: batch.checks.len(), usage: batch.usage.len() };
    let mut body = Vec::with_capacity(64 + batch.len() * 48);
    body.push(VERSION);
    append(&head, &mut body);
    for check in &batch.checks {
        append(&Row::of(check, begins), &mut body);
    }
    for usage in &batch.usage {
        append(&Count::of(usage), &mut body);
    }
    body
}

fn append(value: &impl Serialize, body: &mut Vec<u8>) {
    // Into an array and then into the body is faster than byte by byte.
    let mut room = [0; USUAL];
    if let Ok(written) = postcard::to_slice(value, &mut room) {
        return body.extend_from_slice(written);
    }
    let written = postcard::to_extend(value, std::mem::take(body));
    *body = written.expect("a Vec takes every byte, and all of these have a length");
}

/// Reads what stands behind the version.
pub(super) fn decode(body: &[u8]) -> Result<CheckBatch, Broken> {
    let (head, mut rest): (Head, _) = postcard::take_from_bytes(body)?;
    let mut batch = CheckBatch::with_capacity(Uuid::from_bytes(head.id), head.checks.min(rest.len() / LEAST));
    for _ in 0..head.checks {
        let row: Row<'_>;
        (row, rest) = postcard::take_from_bytes(rest)?;
        batch.checks.push(row.check(head.begins)?);
    }
    for _ in 0..head.usage {
        let count: Count<'_>;
        (count, rest) = postcard::take_from_bytes(rest)?;
        batch.usage.push(count.usage()?);
    }
    if rest.is_empty() { Ok(batch) } else { Err(Broken::Longer(rest.len())) }
}

impl<'a> Row<'a> {
    fn of(check: &'a Check, begins: i64) -> Self {
        Self {
            later: check.checked_at.timestamp_micros() - begins,
            host: check.host.as_str(),
            verdict: check.verdict as u8,
            provider: check.provider.map(|provider| provider.0),
            matched: check.matched.map(|Match { kind, id }| (kind as u8, id)),
            address: check.address,
            cached: check.cached,
            source: check.source as u8,
            request_id: check.request_id.as_deref(),
        }
    }

    fn check(self, begins: i64) -> Result<Check, Broken> {
        let at = begins.checked_add(self.later).and_then(DateTime::<Utc>::from_timestamp_micros);
        let matched =
            |(kind, id)| Ok::<_, Broken>(Match { kind: meant("match", &MatchKind::ALL, kind)?, id });
        Ok(Check {
            checked_at: at.ok_or(Broken::Time)?,
            host: Host::from_canonical(self.host)?,
            verdict: meant("verdict", &VerdictKind::ALL, self.verdict)?,
            provider: self.provider.map(ProviderId),
            matched: self.matched.map(matched).transpose()?,
            address: self.address,
            cached: self.cached,
            source: meant("source", &Source::ALL, self.source)?,
            request_id: self.request_id.map(Box::from),
        })
    }
}

impl<'a> Count<'a> {
    fn of(usage: &'a Usage) -> Self {
        let Usage { key, day, route, requests, names } = usage;
        Self { key: *key, day: day.num_days_from_ce(), route, requests: *requests, names: *names }
    }

    fn usage(self) -> Result<Usage, Broken> {
        let Self { key, day, route, requests, names } = self;
        let day = NaiveDate::from_num_days_from_ce_opt(day).ok_or(Broken::Time)?;
        Ok(Usage { key, day, route: route.to_owned(), requests, names })
    }
}

/// What a code stands for.
fn meant<T: Copy>(what: &'static str, all: &[T], code: u8) -> Result<T, Broken> {
    all.get(usize::from(code)).copied().ok_or(Broken::Code(what, code))
}

#[cfg(test)]
mod tests;
