use async_trait::async_trait;
use greencheck_core::Host;
use greencheck_core::ports::{QueueError, Receipt, RefreshJob, RefreshSink, RefreshSource, Requested};
use prometheus::IntCounter;

use super::mailbox::{Mailbox, Receiver, Sender};

/// The two ends of a queue of at most `capacity` waiting names.
pub fn refreshes(capacity: usize, metrics: &crate::Metrics) -> (MemoryRefreshSink, MemoryRefreshSource) {
    let sender = Sender::new(Mailbox::new(capacity));
    let receiver = sender.receiver();
    (MemoryRefreshSink::new(sender, metrics.refresh_overflow.clone()), MemoryRefreshSource::new(receiver))
}

#[derive(Clone)]
pub struct MemoryRefreshSink {
    sender: Sender<Host>,
    overflow: IntCounter,
}

impl MemoryRefreshSink {
    pub(super) fn new(sender: Sender<Host>, overflow: IntCounter) -> Self {
        Self { sender, overflow }
    }
}

#[async_trait]
impl RefreshSink for MemoryRefreshSink {
    async fn request(&self, host: &Host) -> Result<Requested, QueueError> {
        if self.sender.try_send(host.clone()) {
            return Ok(Requested::Queued);
        }
        self.overflow.inc();
        Ok(Requested::Overflow)
    }
}

/// Delivers names to refresh. Dropped, it gives back what it has not settled.
pub struct MemoryRefreshSource(Receiver<Host>);

impl MemoryRefreshSource {
    pub(super) fn new(receiver: Receiver<Host>) -> Self {
        Self(receiver)
    }
}

#[async_trait]
impl RefreshSource for MemoryRefreshSource {
    async fn next(&mut self) -> Result<Option<RefreshJob>, QueueError> {
        let taken = self.0.receive().await;
        Ok(taken.map(|taken| RefreshJob { host: (*taken.letter).clone(), receipt: Receipt(taken.receipt) }))
    }

    async fn settle(&mut self, Receipt(receipt): Receipt) -> Result<(), QueueError> {
        self.0.settle(receipt);
        Ok(())
    }
}
