//! Wall-clock time as a parameter.

use chrono::{DateTime, Utc};

/// Tells the time of day. Everything that stamps or compares dates takes one, so that tests choose the time.
pub trait Clock: Send + Sync {
    fn now(&self) -> DateTime<Utc>;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one home of the system time")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}
