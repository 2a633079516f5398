use async_trait::async_trait;
use greencheck_core::ports::{Change, ChangeSink, ChangeSource, QueueError};
use prometheus::IntCounter;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// A way to tell every source in this process; the sink's [`subscribe`](MemoryChangeSink::subscribe) makes more sources.
pub fn changes(capacity: usize, metrics: &crate::Metrics) -> (MemoryChangeSink, MemoryChangeSource) {
    let (sender, receiver) = broadcast::channel(capacity.max(1));
    (MemoryChangeSink::new(sender), MemoryChangeSource::new(receiver, metrics.changes_missed.clone()))
}

#[derive(Clone)]
pub struct MemoryChangeSink(broadcast::Sender<Change>);

impl MemoryChangeSink {
    pub(super) fn new(sender: broadcast::Sender<Change>) -> Self {
        Self(sender)
    }

    /// One more source, which hears what is announced from now on.
    pub fn subscribe(&self, metrics: &crate::Metrics) -> MemoryChangeSource {
        MemoryChangeSource::new(self.0.subscribe(), metrics.changes_missed.clone())
    }
}

#[async_trait]
impl ChangeSink for MemoryChangeSink {
    async fn announce(&self, change: &Change) -> Result<(), QueueError> {
        // Having no listener is no error.
        self.0.send(change.clone()).ok();
        Ok(())
    }
}

pub struct MemoryChangeSource {
    receiver: broadcast::Receiver<Change>,
    missed: IntCounter,
}

impl MemoryChangeSource {
    pub(super) fn new(receiver: broadcast::Receiver<Change>, missed: IntCounter) -> Self {
        Self { receiver, missed }
    }
}

#[async_trait]
impl ChangeSource for MemoryChangeSource {
    async fn next(&mut self) -> Result<Option<Change>, QueueError> {
        loop {
            match self.receiver.recv().await {
                Ok(change) => return Ok(Some(change)),
                Err(RecvError::Closed) => return Ok(None),
                Err(RecvError::Lagged(missed)) => self.missed.inc_by(missed),
            }
        }
    }
}
