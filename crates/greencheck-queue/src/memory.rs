//! The queue of a single process: nothing to install, nothing kept across a restart (the outbox's spool does that).

mod batches;
mod changes;
mod mailbox;
mod refreshes;

use std::sync::Arc;

pub use batches::{MemoryBatchSink, MemoryBatchSource, batches};
pub use changes::{MemoryChangeSink, MemoryChangeSource, changes};
use greencheck_core::Host;
use greencheck_core::ports::Change;
use mailbox::{Mailbox, Sender};
pub use refreshes::{MemoryRefreshSink, MemoryRefreshSource, refreshes};
use tokio::sync::broadcast;

use crate::{Metrics, QueueConfig};

/// Gives out the ends of the three in-process queues.
///
/// Sources end when every sink and the `MemoryQueue` itself are dropped, and everything is delivered.
pub struct MemoryQueue {
    batches: Sender<batches::Letter>,
    changes: broadcast::Sender<Change>,
    refreshes: Sender<Host>,
    dead_letters: Arc<batches::DeadLetters>,
    metrics: Metrics,
}

impl MemoryQueue {
    pub fn new(config: &QueueConfig, metrics: &Metrics) -> Self {
        metrics.connected.set(1);
        Self {
            batches: Sender::new(Mailbox::new(config.capacity)),
            changes: broadcast::Sender::new(config.change_capacity.max(1)),
            refreshes: Sender::new(Mailbox::new(config.refresh_capacity as usize)),
            dead_letters: Arc::new(batches::DeadLetters::new(
                config.dead_letter_dir.clone(),
                metrics.clone(),
            )),
            metrics: metrics.clone(),
        }
    }

    pub fn batch_sink(&self) -> MemoryBatchSink {
        MemoryBatchSink::new(self.batches.clone())
    }

    pub fn batch_source(&self) -> MemoryBatchSource {
        MemoryBatchSource::new(self.batches.receiver(), Arc::clone(&self.dead_letters))
    }

    pub fn change_sink(&self) -> MemoryChangeSink {
        MemoryChangeSink::new(self.changes.clone())
    }

    pub fn change_source(&self) -> MemoryChangeSource {
        MemoryChangeSource::new(self.changes.subscribe(), self.metrics.changes_missed.clone())
    }

    pub fn refresh_sink(&self) -> MemoryRefreshSink {
        MemoryRefreshSink::new(self.refreshes.clone(), self.metrics.refresh_overflow.clone())
    }

    pub fn refresh_source(&self) -> MemoryRefreshSource {
        MemoryRefreshSource::new(self.refreshes.receiver())
    }

    /// Batches that wait for a source.
    pub fn waiting_batches(&self) -> usize {
        self.batches.waiting()
    }
}
