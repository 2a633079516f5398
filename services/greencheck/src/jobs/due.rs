use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use greencheck_core::ports::JobRecord;

/// A job that failed is tried again after this time, if it is not due sooner.
const RETRY: Duration = Duration::from_secs(15 * 60);

/// When the job runs next: in the past if it is due. `None` while it runs.
pub(super) fn next_run(
    every: Duration,
    record: Option<&JobRecord>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let Some(record) = record else { return Some(now) };
    if record.busy_until.is_some_and(|until| until > now) {
        return None;
    }
    // Whoever ran it was killed.
    if record.running_since.is_some() {
        return Some(now);
    }
    let Some(last) = &record.last else { return Some(now) };
    // A clock was wrong, then or now.
    if last.at > now + TimeDelta::minutes(5) {
        return Some(now);
    }
    let pause = if last.outcome.is_ok() { every } else { every.min(RETRY) };
    Some(last.at + TimeDelta::from_std(pause).unwrap_or(TimeDelta::days(36_500)))
}

#[cfg(test)]
mod tests {
    use greencheck_core::ports::JobEnd;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn minute(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).unwrap() + TimeDelta::minutes(minute)
    }

    fn record(outcome: Result<String, String>) -> JobRecord {
        JobRecord {
            name: "expiry".to_owned(),
            running_since: None,
            busy_until: None,
            last: Some(JobEnd { at: minute(0), seconds: 1.0, outcome }),
            succeeded_at: None,
        }
    }

    #[test]
    fn a_job_runs_at_once_and_then_each_time_after_its_interval() {
        assert_eq!(next_run(HOUR, None, minute(3)), Some(minute(3)));
        let done = record(Ok(String::new()));
        assert_eq!(next_run(HOUR, Some(&done), minute(3)), Some(minute(60)));
        let failed = record(Err(String::new()));
        assert_eq!(next_run(HOUR, Some(&failed), minute(3)), Some(minute(15)));
        assert_eq!(next_run(Duration::from_secs(60), Some(&failed), minute(3)), Some(minute(1)));
    }

    #[test]
    fn a_job_under_way_is_left_alone_until_its_runner_is_silent() {
        let running = JobRecord {
            running_since: Some(minute(1)),
            busy_until: Some(minute(2)),
            ..record(Ok(String::new()))
        };
        assert_eq!(next_run(HOUR, Some(&running), minute(1)), None);
        assert_eq!(next_run(HOUR, Some(&running), minute(2)), Some(minute(2)));
    }

    #[test]
    fn a_clock_that_was_ahead_stops_nothing() {
        assert_eq!(next_run(HOUR, Some(&record(Ok(String::new()))), minute(-600)), Some(minute(-600)));
    }
}
