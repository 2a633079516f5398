use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use greencheck_core::ports::JobRecord;

use super::Job;
use super::due::next_run;

/// What is known of each job, one a line, with what its last run said below it.
pub(super) fn of(jobs: &[Job], records: &[JobRecord], now: DateTime<Utc>) -> String {
    let records: BTreeMap<&str, &JobRecord> =
        records.iter().map(|record| (record.name.as_str(), record)).collect();
    let width = jobs.iter().map(|job| job.name.len()).max().unwrap_or_default();
    let mut text =
        format!("{:width$}  {:20}  {:8}  {:>8}  next run\n", "job", "last run", "outcome", "seconds");
    for job in jobs {
        let record = records.get(job.name.as_str()).copied();
        let next = next_run(job.every, record, now);
        let last = record.and_then(|record| record.last.as_ref());
        let (at, outcome, seconds, message) = match last {
            None => ("-".to_owned(), "-", String::new(), ""),
            Some(last) => {
                let (outcome, message) = match &last.outcome {
                    Ok(message) => ("done", message.as_str()),
                    Err(message) => ("failed", message.as_str()),
                };
                (time(last.at), outcome, format!("{:.1}", last.seconds), message)
            }
        };
        let next = match next {
            None => "is running".to_owned(),
            Some(_) if job.every.is_zero() => "when asked for".to_owned(),
            Some(next) if next <= now => "now".to_owned(),
            Some(next) => time(next),
        };
        let _ = writeln!(text, "{:width$}  {at:20}  {outcome:8}  {seconds:>8}  {next}", job.name);
        for line in message.lines().take(3) {
            let _ = writeln!(text, "{:width$}  {line}", "");
        }
    }
    text
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
