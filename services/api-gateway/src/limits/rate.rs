use std::time::Duration;

use actix_web::http::header::HeaderValue;

use super::bucket::Level;
use super::{Allowance, seconds_up};

/// How much callers of one kind may spend.
pub(super) struct Rate {
    name: &'static str,
    /// How long a bucket takes to earn one unit.
    pub(super) interval: Duration,
    /// The debt that a bucket may have: it is empty then.
    pub(super) capacity: Duration,
    policy: HeaderValue,
}

impl Rate {
    /// `name` is that of the policy in the headers of answers; `rate` is a second's, `burst` is what may be spent at once.
    pub(super) fn new(name: &'static str, rate: u32, burst: u32) -> Self {
        let interval = Duration::from_secs(1) / rate.max(1);
        let capacity = interval * burst.max(1);
        let policy = format!("\"{name}\";q={burst};w={}", capacity.as_secs().max(1));
        let policy = HeaderValue::from_str(&policy).expect("letters, digits and signs");
        Self { name, interval, capacity, policy }
    }

    pub(super) fn allowance(&self, level: Level) -> Allowance {
        let left = self.capacity.saturating_sub(level.debt);
        let remaining = left.as_micros() / self.interval.as_micros().max(1);
        Allowance {
            name: self.name,
            policy: self.policy.clone(),
            remaining: u64::try_from(remaining).unwrap_or(u64::MAX),
            reset: seconds_up(level.debt),
        }
    }
}
