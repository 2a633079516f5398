use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use greencheck_core::Usage;
use greencheck_core::partner::ApiKey;
use serde::Serialize;

/// What was asked with a key.
#[derive(Serialize)]
pub(crate) struct UsageBody<'a> {
    key: Key<'a>,
    from: NaiveDate,
    to: NaiveDate,
    total: Total,
    usage: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Key<'a> {
    id: i64,
    prefix: &'a str,
    service: &'a str,
    expires: Option<String>,
}

#[derive(Serialize)]
struct Total {
    requests: u64,
    names: u64,
}

#[derive(Serialize)]
struct Line<'a> {
    day: NaiveDate,
    route: &'a str,
    requests: u64,
    names: u64,
}

impl<'a> UsageBody<'a> {
    pub(crate) fn new(key: &'a ApiKey, from: NaiveDate, to: NaiveDate, usage: &'a [Usage]) -> Self {
        let sum = |of: fn(&Usage) -> u64| usage.iter().map(of).fold(0, u64::saturating_add);
        let line = |usage: &'a Usage| Line {
            day: usage.day,
            route: &usage.route,
            requests: usage.requests,
            names: usage.names,
        };
        let second = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
        Self {
            key: Key {
                id: key.id,
                prefix: &key.prefix,
                service: &key.service,
                expires: key.expires.map(second),
            },
            from,
            to,
            total: Total { requests: sum(|usage| usage.requests), names: sum(|usage| usage.names) },
            usage: usage.iter().map(line).collect(),
        }
    }
}
