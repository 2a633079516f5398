use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use greencheck_core::ports::{Change, ChangeSink, CheckRecorder, QueueError};
use greencheck_core::{Check, Clock, Usage};

/// A clock that stands still until it is moved.
pub struct FixedClock(Mutex<DateTime<Utc>>);

impl FixedClock {
    /// A clock that shows an RFC 3339 time.
    pub fn at(time: &str) -> Self {
        Self(Mutex::new(time.parse().expect("an RFC 3339 time")))
    }

    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps what was announced.
#[derive(Default)]
pub struct RecordedChanges(Mutex<Vec<Change>>);

impl RecordedChanges {
    pub fn all(&self) -> Vec<Change> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl ChangeSink for RecordedChanges {
    async fn announce(&self, change: &Change) -> Result<(), QueueError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(change.clone());
        Ok(())
    }
}

/// Keeps the checks that were recorded, and what was asked with keys.
#[derive(Default)]
pub struct RecordedChecks {
    checks: Mutex<Vec<Check>>,
    usage: Mutex<Vec<Usage>>,
}

impl RecordedChecks {
    pub fn all(&self) -> Vec<Check> {
        self.checks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Each count by itself, in their order.
    pub fn usage(&self) -> Vec<Usage> {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl CheckRecorder for RecordedChecks {
    fn record(&self, check: Check) {
        self.checks.lock().unwrap_or_else(PoisonError::into_inner).push(check);
    }

    fn count(&self, usage: Usage) {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner).push(usage);
    }
}
