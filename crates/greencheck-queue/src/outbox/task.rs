//! Publishes what the buffer holds.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use greencheck_core::ports::{BatchSink, QueueError};
use tokio::time::Instant;

use super::Shared;
use super::buffer::Closed;
use crate::backoff::Backoff;
use crate::config::Durability;
use crate::spool::{Chunk, Readable};
use crate::{LogConfig, spool};

const FIRST_RETRY: Duration = Duration::from_millis(100);
const LONGEST_RETRY: Duration = Duration::from_secs(2);

/// How the outbox ended: everything is published, or safe in the spool for the next start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drained {
    /// Batches left in the spool.
    pub spooled_batches: u64,
    /// Checks in them.
    pub spooled_checks: u64,
}

/// The outbox could not keep its promise.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    #[error("{0} entries of the log are lost: the queue is away and the spool refuses them")]
    Lost(u64),
}

/// Publishes until the [`Outbox`](crate::Outbox) is dropped or closed, and then the rest.
///
/// Dropped early, it moves what is only in memory to the spool.
pub struct OutboxTask {
    shared: Arc<Shared>,
    sink: Arc<dyn BatchSink>,
    linger: Duration,
    window: usize,
    drain: Duration,
    answer_first: bool,
    in_flight: FuturesUnordered<Attempt>,
    /// What is in flight, in case the task is dropped or has to stop.
    published: BTreeMap<u64, Closed>,
    chunk: Option<Chunk>,
    backoff: Backoff,
    /// After a failure: when to try again. Until that succeeds, one batch at a time.
    retry_at: Option<Instant>,
}

type Attempt = Pin<Box<dyn Future<Output = Attempted> + Send>>;

struct Attempted {
    sequence: u64,
    took: Duration,
    result: Result<(), QueueError>,
}

impl OutboxTask {
    pub(super) fn new(config: &LogConfig, shared: Arc<Shared>, sink: Arc<dyn BatchSink>) -> Self {
        Self {
            shared,
            sink,
            linger: config.linger,
            window: config.window.max(1),
            drain: config.drain,
            answer_first: config.durability == Durability::AnswerFirst,
            in_flight: FuturesUnordered::new(),
            published: BTreeMap::new(),
            chunk: None,
            backoff: Backoff::new(FIRST_RETRY, LONGEST_RETRY),
            retry_at: None,
        }
    }

    /// Runs until everything recorded is published, or safe in the spool after `log.drain`.
    pub async fn run(mut self) -> Result<Drained, OutboxError> {
        let mut deadline = None;
        loop {
            self.close_lingering();
            self.fill_window().await;
            self.remove_obsolete().await;
            if self.shared.lock().is_closed() {
                let deadline = *deadline.get_or_insert_with(|| Instant::now() + self.drain);
                if self.is_drained() || Instant::now() >= deadline {
                    return self.stop().await;
                }
            }
            self.wait(deadline).await;
        }
    }

    fn close_lingering(&self) {
        let mut buffer = self.shared.lock();
        if buffer.open_since().is_some_and(|since| buffer.is_closed() || since.elapsed() >= self.linger) {
            buffer.close_open();
        }
    }

    fn is_drained(&self) -> bool {
        self.in_flight.is_empty()
            && self.retry_at.is_none()
            && self.chunk.is_none()
            && self.shared.lock().is_empty()
    }

    async fn wait(&mut self, deadline: Option<Instant>) {
        let lingers = self.shared.lock().open_since().map(|since| since + self.linger);
        let waits_for_retry = self.retry_at.filter(|_| self.in_flight.is_empty());
        let until = [lingers, waits_for_retry, deadline].into_iter().flatten().min();
        let timer = async {
            match until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(attempted) = self.in_flight.next(), if !self.in_flight.is_empty() => self.settle(attempted),
            () = self.shared.wake.notified() => {}
            () = timer => {}
        }
    }

    /// Publishes as many batches as the window has room for.
    async fn fill_window(&mut self) {
        while self.may_publish() {
            let Some((sequence, closed)) = self.next_batch().await else { return };
            self.publish(sequence, closed);
        }
    }

    fn may_publish(&self) -> bool {
        match self.retry_at {
            Some(at) => self.in_flight.is_empty() && Instant::now() >= at,
            None => self.in_flight.len() < self.window,
        }
    }

    fn publish(&mut self, sequence: u64, closed: Closed) {
        let batch = Arc::clone(&closed.batch);
        let sink = Arc::clone(&self.sink);
        self.published.insert(sequence, closed);
        self.in_flight.push(Box::pin(async move {
            let started = Instant::now();
            let result = sink.publish(&batch).await;
            Attempted { sequence, took: started.elapsed(), result }
        }));
        self.count_in_flight();
    }

    fn count_in_flight(&self) {
        self.shared.metrics.in_flight.set(i64::try_from(self.in_flight.len()).unwrap_or(i64::MAX));
    }

    fn settle(&mut self, Attempted { sequence, took, result }: Attempted) {
        self.count_in_flight();
        let metrics = &self.shared.metrics;
        let closed = self.published.remove(&sequence).expect("what is in flight is in the list");
        match result {
            Ok(()) => {
                metrics.publish_seconds.observe(took.as_secs_f64());
                metrics.batches_confirmed.inc();
                self.shared.lock().confirm(&closed);
                self.recover();
            }
            Err(error) => {
                metrics.batches_failed.inc();
                let mut buffer = self.shared.lock();
                buffer.put_back(sequence, closed);
                if self.answer_first {
                    buffer.make_safe();
                }
                drop(buffer);
                self.hold_back(&error);
            }
        }
    }

    fn recover(&mut self) {
        if self.retry_at.take().is_some() {
            self.backoff.reset();
            tracing::info!("the queue takes batches again");
        }
    }

    fn hold_back(&mut self, error: &(dyn std::error::Error + 'static)) {
        match self.retry_at {
            None => tracing::warn!(error, "the queue takes no batches; checks go to the spool until it does"),
            // The rest of the window fails after the first: only a retry that fails makes the wait longer.
            Some(at) if Instant::now() < at => return,
            Some(_) => {}
        }
        self.retry_at = Some(Instant::now() + self.backoff.next_wait());
    }

    /// The oldest batch that is not in flight.
    async fn next_batch(&mut self) -> Option<(u64, Closed)> {
        loop {
            if let Some(ready) = self.shared.lock().pop_ready() {
                return Some(ready);
            }
            if let Some(mut chunk) = self.chunk.take() {
                if let Some(found) = chunk.next() {
                    if chunk.is_recovered() {
                        self.shared.metrics.spool_batches.inc();
                    }
                    self.chunk = Some(chunk);
                    let closed = Closed { batch: Arc::new(found.batch), spooled: Some(found.position) };
                    return Some((self.shared.lock().number(), closed));
                }
                self.shared.lock().finish(&chunk);
            }
            let readable = self.shared.lock().readable();
            self.chunk = Some(self.read(readable).await?);
        }
    }

    async fn read(&mut self, readable: Readable) -> Option<Chunk> {
        let Readable::Span { path, from, end, recovered } = readable else { return None };
        let file = path.clone();
        let read = tokio::task::spawn_blocking(move || Chunk::read(&file, from, end, recovered)).await;
        match read.unwrap_or_else(|died| Err(died.into())) {
            Ok(chunk) => Some(chunk),
            Err(error) if recovered => {
                tracing::error!(path = %path.display(), error = %error, "a spool file cannot be read");
                Some(Chunk::unreadable(from, end))
            }
            Err(error) => {
                self.hold_back(&error);
                None
            }
        }
    }

    async fn remove_obsolete(&mut self) {
        let obsolete = self.shared.lock().spool_mut().take_obsolete();
        if !obsolete.is_empty() {
            // Its panic would be a bug that costs a file, never a check.
            tokio::task::spawn_blocking(|| spool::remove(obsolete)).await.ok();
        }
    }

    async fn stop(&mut self) -> Result<Drained, OutboxError> {
        let lost = self.make_safe();
        let segments = {
            let mut buffer = self.shared.lock();
            buffer.spool_mut().seal();
            buffer.spool_mut().segments()
        };
        self.remove_obsolete().await;
        if lost > 0 {
            return Err(OutboxError::Lost(lost));
        }
        let left = tokio::task::spawn_blocking(move || spool::count(&segments)).await.unwrap_or_default();
        let drained = Drained { spooled_batches: left.batches, spooled_checks: left.checks };
        if drained.spooled_batches > 0 {
            tracing::warn!(
                batches = left.batches,
                checks = left.checks,
                "left in the spool for the next start"
            );
        }
        Ok(drained)
    }

    /// Gives up publishing; says how many entries are nowhere.
    fn make_safe(&mut self) -> u64 {
        self.in_flight.clear();
        let mut buffer = self.shared.lock();
        for (sequence, closed) in std::mem::take(&mut self.published) {
            buffer.put_back(sequence, closed);
        }
        buffer.make_safe();
        buffer.drop_unsafe()
    }
}

impl Drop for OutboxTask {
    fn drop(&mut self) {
        let lost = self.make_safe();
        if lost > 0 {
            tracing::error!(entries = lost, "lost: the outbox was stopped and the spool refuses them");
        }
    }
}
