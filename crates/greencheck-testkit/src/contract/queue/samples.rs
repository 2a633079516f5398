//! Checks to send through queues.

use chrono::{DateTime, NaiveDate};
use greencheck_core::{Check, CheckBatch, Host, Match, MatchKind, ProviderId, Source, Usage, VerdictKind};
use uuid::Uuid;

/// The `number`th of a varied lot of checks: every verdict, kind of match, source and address family is among them.
pub fn check(number: usize) -> Check {
    let green = number.is_multiple_of(2);
    let id = i64::try_from(number).expect("samples are few");
    let verdicts = [VerdictKind::Grey, VerdictKind::Unknown];
    Check {
        checked_at: DateTime::from_timestamp_micros(1_763_700_000_000_000 + id * 1_001)
            .expect("the date exists"),
        host: host(number),
        verdict: if green { VerdictKind::Green } else { verdicts[number / 2 % 2] },
        provider: green.then_some(ProviderId(id)),
        matched: green.then(|| {
            let kind = MatchKind::ALL[number / 2 % 5];
            Match { kind, id: (kind != MatchKind::Snapshot).then_some(id) }
        }),
        address: match number % 3 {
            0 => Some([192, 0, 2, 7].into()),
            1 => Some([0x2001, 0xdb8, 0, 0, 0, 0, 0, 7].into()),
            _ => None,
        },
        cached: number % 3 == 2,
        source: Source::ALL[number % 4],
        request_id: (number % 5 == 4).then(|| format!("request-{number}").into()),
    }
}

/// A new batch of `checks` checks.
pub fn batch(checks: usize) -> CheckBatch {
    CheckBatch { id: Uuid::now_v7(), checks: (0..checks).map(check).collect(), usage: Vec::new() }
}

/// A new batch of `checks` checks, and of what was asked with keys.
pub fn batch_with_usage(checks: usize) -> CheckBatch {
    CheckBatch { usage: usage(), ..batch(checks) }
}

/// What was asked with two keys.
pub fn usage() -> Vec<Usage> {
    let day = NaiveDate::from_ymd_opt(2026, 11, 21).expect("the date exists");
    let of = |key, route: &str, names| Usage { key, day, route: route.to_owned(), requests: 2, names };
    vec![of(1, "/api/v4/check/{domain}", 2), of(2, "/data/directory/", 0)]
}

/// Different names, the same ones each time.
pub fn hosts(count: usize) -> Vec<Host> {
    (0..count).map(host).collect()
}

fn host(number: usize) -> Host {
    let name = match number % 7 {
        3 => "192.0.2.10".to_owned(),
        5 => format!("bücher-{number}.example.org"),
        _ => format!("site-{number}.example.org"),
    };
    Host::parse(&name).expect("samples are hosts")
}
