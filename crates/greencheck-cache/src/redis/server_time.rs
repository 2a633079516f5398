use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use ::redis::{Value, from_redis_value_ref};

/// What time it is at Redis, at the earliest: the marks of changes bear its clock, and the clocks of the processes need
/// not agree.
pub(super) struct ServerTime {
    began: Instant,
    /// Microseconds from the time since `began` to the time of Redis; [`UNKNOWN`](Self::UNKNOWN) before the first answer.
    ahead: AtomicI64,
}

impl Default for ServerTime {
    fn default() -> Self {
        Self { began: Instant::now(), ahead: AtomicI64::new(Self::UNKNOWN) }
    }
}

impl ServerTime {
    const UNKNOWN: i64 = i64::MIN;

    /// Takes the answer to `TIME` that arrived at `arrived`. It was right some time before; that error only makes
    /// [`at_the_earliest`](Self::at_the_earliest) earlier.
    pub(super) fn learn(&self, time: &Value, arrived: Instant) {
        if let Ok((seconds, micros)) = from_redis_value_ref::<(i64, i64)>(time) {
            let time = seconds.saturating_mul(1_000_000).saturating_add(micros);
            self.ahead.store(time.saturating_sub(self.local(arrived)), Ordering::Relaxed);
        }
    }

    /// The time of Redis at `instant` or shortly before, in microseconds since 1970; 0 while nothing is known.
    pub(super) fn at_the_earliest(&self, instant: Instant) -> i64 {
        match self.ahead.load(Ordering::Relaxed) {
            Self::UNKNOWN => 0,
            ahead => self.local(instant).saturating_add(ahead),
        }
    }

    fn local(&self, instant: Instant) -> i64 {
        let micros = |duration: std::time::Duration| i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        match instant.checked_duration_since(self.began) {
            Some(since) => micros(since),
            None => -micros(self.began.duration_since(instant)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn answer(seconds: &str, micros: &str) -> Value {
        Value::Array([seconds, micros].map(|text| Value::BulkString(text.into())).to_vec())
    }

    #[test]
    fn the_time_of_redis_is_told_for_any_instant_once_it_is_known() {
        let time = ServerTime::default();
        let earlier = time.began;
        let arrived = earlier + Duration::from_secs(10);
        assert_eq!(time.at_the_earliest(arrived), 0);
        time.learn(&answer("1700000000", "250000"), arrived);
        assert_eq!(time.at_the_earliest(arrived), 1_700_000_000_250_000);
        assert_eq!(time.at_the_earliest(arrived + Duration::from_micros(1)), 1_700_000_000_250_001);
        assert_eq!(time.at_the_earliest(earlier), 1_699_999_990_250_000);
        time.learn(&Value::Nil, arrived);
        assert_eq!(time.at_the_earliest(arrived), 1_700_000_000_250_000);
    }
}
