use std::sync::Arc;

use arc_swap::ArcSwapOption;
use chrono::{DateTime, TimeDelta, Utc};
use greencheck_core::Generation;
use greencheck_core::ports::DirectoryError;
use tokio::sync::Mutex;

/// How long after a reading in vain nobody tries again.
const PAUSE: TimeDelta = TimeDelta::seconds(1);

/// A value that is read again when the catalog has moved on, once however many ask for it. While it cannot be read the one
/// before it is given.
pub(super) struct Fresh<T> {
    kept: ArcSwapOption<Kept<T>>,
    /// Held by who reads; when that was in vain the last time.
    failed: Mutex<Option<DateTime<Utc>>>,
}

struct Kept<T> {
    generation: Generation,
    value: Arc<T>,
}

impl<T> Default for Fresh<T> {
    fn default() -> Self {
        Self { kept: ArcSwapOption::empty(), failed: Mutex::default() }
    }
}

impl<T> Fresh<T> {
    /// The value at `wanted` or later; `read` gives it and the generation that it is of.
    pub(super) async fn get(
        &self,
        wanted: Generation,
        now: DateTime<Utc>,
        read: impl AsyncFnOnce() -> Result<(Generation, T), DirectoryError>,
    ) -> Result<Arc<T>, DirectoryError> {
        if let Some(value) = self.kept_since(wanted) {
            return Ok(value);
        }
        let mut failed = self.failed.lock().await;
        // Who had the lock before may have read it.
        if let Some(value) = self.kept_since(wanted) {
            return Ok(value);
        }
        let outcome = match *failed {
            Some(failed) if now < failed + PAUSE => {
                Err(DirectoryError::Unavailable("it was not a moment ago".into()))
            }
            _ => read().await,
        };
        match outcome {
            Ok((generation, value)) => {
                // A replica of the database may be behind.
                *failed = (generation < wanted).then_some(now);
                let value = Arc::new(value);
                self.kept.store(Some(Arc::new(Kept { generation, value: Arc::clone(&value) })));
                Ok(value)
            }
            Err(error) => {
                if failed.is_none_or(|failed| failed + PAUSE <= now) {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the directory cannot be read");
                    *failed = Some(now);
                }
                self.kept_since(Generation::default()).ok_or(error)
            }
        }
    }

    fn kept_since(&self, wanted: Generation) -> Option<Arc<T>> {
        let kept = self.kept.load();
        kept.as_ref().filter(|kept| kept.generation >= wanted).map(|kept| Arc::clone(&kept.value))
    }
}
