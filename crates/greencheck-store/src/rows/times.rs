use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};

/// A time as it is stored: UTC, in whole microseconds on both databases.
pub(crate) fn naive(time: DateTime<Utc>) -> NaiveDateTime {
    time.naive_utc().trunc_subsecs(6)
}

/// A stored time.
pub(crate) fn utc(time: NaiveDateTime) -> DateTime<Utc> {
    time.and_utc()
}
