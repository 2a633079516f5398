use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use greencheck_core::CheckBatch;
use greencheck_core::ports::{BatchSink, BatchSource, Delivery, QueueError, Receipt};
use tokio::sync::oneshot;

use super::mailbox::{Mailbox, Receiver, Sender, Taken};
use crate::Metrics;
use crate::dead_letters::DeadLetterFolder;

/// A batch on its way, and who waits for it to be stored.
pub(super) struct Letter {
    batch: CheckBatch,
    settled: Mutex<Option<oneshot::Sender<()>>>,
}

impl Letter {
    fn settle(&self) {
        let waiting = self.settled.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Nobody waits any more when the publisher's future was dropped.
        waiting.map(|waiting| waiting.send(()));
    }
}

/// The two ends of a queue of at most `capacity` waiting batches.
pub fn batches(
    capacity: usize,
    dead_letter_dir: PathBuf,
    metrics: &Metrics,
) -> (MemoryBatchSink, MemoryBatchSource) {
    let sender = Sender::new(Mailbox::new(capacity));
    let receiver = sender.receiver();
    let dead_letters = Arc::new(DeadLetters::new(dead_letter_dir, metrics.clone()));
    (MemoryBatchSink::new(sender), MemoryBatchSource::new(receiver, dead_letters))
}

/// Publishes into this process. A publisher waits until its batch is stored.
#[derive(Clone)]
pub struct MemoryBatchSink(Sender<Letter>);

impl MemoryBatchSink {
    pub(super) fn new(sender: Sender<Letter>) -> Self {
        Self(sender)
    }
}

#[async_trait]
impl BatchSink for MemoryBatchSink {
    async fn publish(&self, batch: &CheckBatch) -> Result<(), QueueError> {
        let (settled, stored) = oneshot::channel();
        self.0.send(Letter { batch: batch.clone(), settled: Mutex::new(Some(settled)) }).await;
        stored.await.map_err(|_| QueueError::Closed)
    }
}

/// Delivers what was published in this process. Dropped, it gives back what it has not settled.
pub struct MemoryBatchSource {
    receiver: Receiver<Letter>,
    dead_letters: Arc<DeadLetters>,
}

impl MemoryBatchSource {
    pub(super) fn new(receiver: Receiver<Letter>, dead_letters: Arc<DeadLetters>) -> Self {
        Self { receiver, dead_letters }
    }
}

#[async_trait]
impl BatchSource for MemoryBatchSource {
    async fn next(&mut self) -> Result<Option<Delivery>, QueueError> {
        Ok(self.receiver.receive().await.map(delivery))
    }

    async fn ready(&mut self) -> Result<Option<Delivery>, QueueError> {
        Ok(self.receiver.try_receive().map(delivery))
    }

    async fn settle(&mut self, receipts: Vec<Receipt>) -> Result<(), QueueError> {
        for Receipt(receipt) in receipts {
            if let Some(letter) = self.receiver.settle(receipt) {
                letter.settle();
            }
        }
        Ok(())
    }

    async fn reject(
        &mut self,
        Receipt(receipt): Receipt,
        _: &CheckBatch,
        why: &str,
    ) -> Result<(), QueueError> {
        if let Some(letter) = self.receiver.settle(receipt) {
            self.dead_letters.keep(Arc::clone(&letter), why).await;
            // The publisher is told that it is done: publishing it again would bring it here again.
            letter.settle();
        }
        Ok(())
    }
}

fn delivery(Taken { letter, receipt, redelivered }: Taken<Letter>) -> Delivery {
    Delivery { batch: letter.batch.clone(), receipt: Receipt(receipt), redelivered }
}

/// Keeps batches that could never be stored for an operator.
pub(super) struct DeadLetters {
    folder: Arc<DeadLetterFolder>,
    metrics: Metrics,
}

impl DeadLetters {
    pub(super) fn new(dir: PathBuf, metrics: Metrics) -> Self {
        Self { folder: Arc::new(DeadLetterFolder::new(dir)), metrics }
    }

    async fn keep(&self, letter: Arc<Letter>, why: &str) {
        self.metrics.dead_letters.with_label_values(&["rejected"]).inc();
        let (batch_id, checks) = (letter.batch.id, letter.batch.checks.len());
        let (folder, reason) = (Arc::clone(&self.folder), why.to_owned());
        let kept = tokio::task::spawn_blocking(move || folder.keep(&letter.batch, &reason)).await;
        match kept.map_err(std::io::Error::other).flatten() {
            Ok(path) => {
                tracing::error!(batch.id = %batch_id, checks, why, path = %path.display(), "batch given up");
            }
            Err(error) => {
                tracing::error!(batch.id = %batch_id, checks, why, %error, "batch given up and lost");
            }
        }
    }
}
