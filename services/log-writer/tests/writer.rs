//! The writer on the in-process queue: a database that is away, refuses, or knows a batch already.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use greencheck_core::CheckBatch;
use greencheck_core::ports::{Appended, BatchSink, CheckLog, StoreError};
use greencheck_queue::{MemoryQueue, QueueConfig};
use greencheck_testkit::contract::queue::samples;
use greencheck_testkit::fakes::FixedClock;
use log_writer::{LogWriter, Metrics, WriterConfig};
use prometheus::Registry;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Fails as often as it is told to, refuses one batch for ever, and keeps the rest.
#[derive(Default)]
struct Log {
    away: AtomicUsize,
    poison: Option<Uuid>,
    stored: Mutex<BTreeSet<Uuid>>,
}

#[async_trait]
impl CheckLog for Log {
    async fn append(&self, batches: &[CheckBatch]) -> Result<Vec<Appended>, StoreError> {
        if self.away.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            return Err(StoreError::Unavailable("away".into()));
        }
        if batches.iter().any(|batch| Some(batch.id) == self.poison) {
            return Err(StoreError::Query("poison".into()));
        }
        let mut stored = self.stored.lock().expect("nobody panics while writing");
        let store =
            |batch: &CheckBatch| if stored.insert(batch.id) { Appended::Stored } else { Appended::Duplicate };
        Ok(batches.iter().map(store).collect())
    }
}

/// Publishes the batches, writes until the queue has ended, and tells what the log has.
async fn write(log: Log, batches: Vec<CheckBatch>) -> BTreeSet<Uuid> {
    let folder = tempfile::tempdir().expect("a folder");
    let config = QueueConfig { dead_letter_dir: folder.path().to_owned(), ..QueueConfig::default() };
    let registry = Registry::new();
    let queue_metrics = greencheck_queue::Metrics::register(&registry).expect("a new registry is empty");
    let queue = MemoryQueue::new(&config, &queue_metrics);
    let (sink, source) = (queue.batch_sink(), Box::new(queue.batch_source()));
    drop(queue);
    let log = Arc::new(log);
    let clock = Arc::new(FixedClock::at("2026-11-21T12:00:00Z"));
    let metrics = Metrics::register(&registry).expect("other names");
    let config = WriterConfig { rows_per_append: 1_000, max_rows_per_second: 0, prefetch: 200 };
    let writer = LogWriter::new(source, log.clone(), clock, config, metrics);
    let publish = async move {
        futures_util::future::join_all(batches.iter().map(|batch| sink.publish(batch))).await;
    };
    let (written, ()) = tokio::join!(writer.run(CancellationToken::new()), publish);
    written.expect("the writer ends well");
    log.stored.lock().expect("nobody panics while writing").clone()
}

fn ids(batches: &[CheckBatch]) -> BTreeSet<Uuid> {
    batches.iter().map(|batch| batch.id).collect()
}

fn five() -> Vec<CheckBatch> {
    (0..5).map(|_| samples::batch(3)).collect()
}

#[tokio::test(start_paused = true)]
async fn batches_wait_for_a_database_that_is_away() {
    let batches = five();
    let log = Log { away: AtomicUsize::new(7), ..Log::default() };
    assert_eq!(write(log, batches.clone()).await, ids(&batches));
}

#[tokio::test(start_paused = true)]
async fn one_batch_that_can_never_be_stored_keeps_no_other_out() {
    let batches = five();
    let log = Log { poison: Some(batches[2].id), ..Log::default() };
    let mut expected = ids(&batches);
    expected.remove(&batches[2].id);
    assert_eq!(write(log, batches).await, expected);
}
