//! Takes single checks and publishes them in batches, whatever happens to the queue.

mod buffer;
mod task;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use buffer::{Buffer, Entry};
use greencheck_core::ports::{BatchSink, CheckRecorder};
use greencheck_core::{Check, Usage};
pub use task::{Drained, OutboxError, OutboxTask};
use tokio::sync::Notify;

use crate::config::Durability;
use crate::spool::{Frame, Spool};
use crate::{LogConfig, Metrics, SpoolError};

/// The end at which checks go in. When it is dropped, its [`OutboxTask`] delivers the rest and ends.
pub struct Outbox {
    shared: Arc<Shared>,
    spool_first: bool,
}

struct Shared {
    buffer: Mutex<Buffer>,
    wake: Notify,
    metrics: Metrics,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Buffer> {
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outbox {
    /// Opens the spool. What is in it, from this process's last run or from a dead one, is published first.
    ///
    /// The task must run for anything to be published; give it to the process's lifecycle.
    pub fn open(
        config: &LogConfig,
        sink: Arc<dyn BatchSink>,
        metrics: &Metrics,
    ) -> Result<(Self, OutboxTask), SpoolError> {
        let spool = Spool::open(&config.spool_dir, config.spool_max_bytes, metrics.clone())?;
        let shared = Arc::new(Shared {
            buffer: Mutex::new(Buffer::new(config, spool, metrics.clone())),
            wake: Notify::new(),
            metrics: metrics.clone(),
        });
        let outbox =
            Self { shared: Arc::clone(&shared), spool_first: config.durability == Durability::SpoolFirst };
        Ok((outbox, OutboxTask::new(config, shared, sink)))
    }

    fn add(&self, entry: Entry, frame: Option<&Frame>) {
        let wake = self.shared.lock().add(entry, frame);
        if wake {
            self.shared.wake.notify_one();
        }
    }

    /// Takes no more checks; the task delivers the rest and ends.
    pub fn close(&self) {
        self.shared.lock().close();
        self.shared.wake.notify_one();
    }
}

impl CheckRecorder for Outbox {
    fn record(&self, check: Check) {
        self.shared.metrics.recorded.inc();
        // Encoded before the lock is taken, so that the lock is held for little more than one write.
        let frame = self.spool_first.then(|| Frame::check(&check));
        self.add(Entry::Check(check), frame.as_ref());
    }

    fn count(&self, usage: Usage) {
        let frame = self.spool_first.then(|| Frame::usage(&usage));
        self.add(Entry::Usage(usage), frame.as_ref());
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests;
