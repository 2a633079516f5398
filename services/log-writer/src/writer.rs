use std::sync::Arc;
use std::time::{Duration, Instant};

use greencheck_core::ports::{Appended, BatchSource, CheckLog, Delivery, QueueError, Receipt, StoreError};
use greencheck_core::{CheckBatch, Clock};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::Metrics;
use crate::pace::Pace;

/// How often a batch that the database refuses is tried before it is given up.
const ATTEMPTS: u32 = 5;
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What an operator may choose about writing.
#[derive(Debug, Clone, Copy)]
pub struct WriterConfig {
    /// Rows that one transaction takes at most, if more have arrived; a single larger batch is written whole.
    pub rows_per_append: usize,
    /// The load on the database, whatever arrives; zero means no limit.
    pub max_rows_per_second: u32,
    /// Unsettled batches that the queue gives to one writer.
    pub prefetch: u16,
}

/// Writes checks to the log. Several may run side by side, each with its own source.
pub struct LogWriter {
    source: Box<dyn BatchSource>,
    log: Arc<dyn CheckLog>,
    clock: Arc<dyn Clock>,
    config: WriterConfig,
    metrics: Metrics,
    pace: Pace,
}

impl LogWriter {
    pub fn new(
        source: Box<dyn BatchSource>,
        log: Arc<dyn CheckLog>,
        clock: Arc<dyn Clock>,
        config: WriterConfig,
        metrics: Metrics,
    ) -> Self {
        let pace = Pace::new(config.max_rows_per_second);
        metrics.writer(config.prefetch);
        Self { source, log, clock, config, metrics, pace }
    }

    /// Runs until no batch can come any more, or until `stop`. A batch under way at `stop` is stored and settled first;
    /// what has not been settled is delivered again.
    pub async fn run(mut self, stop: CancellationToken) -> anyhow::Result<()> {
        loop {
            let next = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                next = self.source.next() => next,
            };
            match next {
                Ok(Some(first)) => self.write(first, &stop).await,
                Ok(None) => return Ok(()),
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "checks cannot be read; trying again"
                    );
                    sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    async fn write(&mut self, first: Delivery, stop: &CancellationToken) {
        let (batches, receipts) = self.collect(first).await;
        let rows: usize = batches.iter().map(|batch| batch.checks.len()).sum();
        let metrics = self.metrics.clone();
        let _held = metrics.hold(batches.len());
        metrics.paced_seconds.inc_by(self.pace.book(rows).await.as_secs_f64());
        match self.append(&batches, stop).await {
            Ok(()) => self.settle(receipts).await,
            Err(Refusal::Stopping) => {}
            Err(Refusal::Refused(error)) => self.write_one_by_one(batches, receipts, &error).await,
        }
    }

    /// `first` and whatever else has arrived, up to the size of one transaction.
    async fn collect(&mut self, first: Delivery) -> (Vec<CheckBatch>, Vec<Receipt>) {
        let mut rows = first.batch.checks.len();
        let (mut batches, mut receipts) = (vec![first.batch], vec![first.receipt]);
        while rows < self.config.rows_per_append {
            match self.source.ready().await {
                Ok(Some(delivery)) => {
                    rows += delivery.batch.checks.len();
                    batches.push(delivery.batch);
                    receipts.push(delivery.receipt);
                }
                Ok(None) | Err(_) => break,
            }
        }
        (batches, receipts)
    }

    /// Appends, again and again while the database is away.
    async fn append(&mut self, batches: &[CheckBatch], stop: &CancellationToken) -> Result<(), Refusal> {
        let mut pause = Duration::from_millis(50);
        let mut attempt = 0;
        loop {
            let started = Instant::now();
            match self.log.append(batches).await {
                Ok(appended) => {
                    self.count(batches, &appended, started.elapsed());
                    return Ok(());
                }
                Err(error @ StoreError::Unavailable(_)) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        request.ids = request_ids(batches),
                        "the log cannot be written; trying again"
                    );
                }
                Err(error) => {
                    attempt += 1;
                    if attempt == ATTEMPTS {
                        return Err(Refusal::Refused(error));
                    }
                }
            }
            self.metrics.retries.inc();
            tokio::select! {
                () = sleep(pause) => {}
                () = stop.cancelled() => return Err(Refusal::Stopping),
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// One bad batch must not keep the good ones beside it out of the log.
    async fn write_one_by_one(
        &mut self,
        batches: Vec<CheckBatch>,
        receipts: Vec<Receipt>,
        error: &StoreError,
    ) {
        tracing::warn!(
            error = error as &dyn std::error::Error,
            "the database refuses an append; writing batch by batch"
        );
        for (batch, receipt) in batches.into_iter().zip(receipts) {
            let started = Instant::now();
            let batch = [batch];
            match self.log.append(&batch).await {
                Ok(appended) => {
                    self.count(&batch, &appended, started.elapsed());
                    self.settle(vec![receipt]).await;
                }
                // Not settled: it comes again.
                Err(StoreError::Unavailable(_)) => {}
                Err(error) => self.reject(receipt, &batch[0], &error).await,
            }
        }
    }

    async fn settle(&mut self, receipts: Vec<Receipt>) {
        let settled = self.source.settle(receipts).await;
        report(settled, "batches are stored but could not be settled; they come again and are recognised");
    }

    async fn reject(&mut self, receipt: Receipt, batch: &CheckBatch, error: &StoreError) {
        self.metrics.rejected.inc();
        tracing::error!(
            error = error as &dyn std::error::Error,
            batch.id = %batch.id,
            request.ids = request_ids(std::slice::from_ref(batch)),
            "a batch can never be stored; it is given up"
        );
        let rejected = self.source.reject(receipt, batch, &in_full(error)).await;
        report(rejected, "a batch could not be given up; it comes again");
    }

    fn count(&self, batches: &[CheckBatch], appended: &[Appended], took: Duration) {
        tracing::debug!(batches = batches.len(), request.ids = request_ids(batches), "stored");
        let stored = batches.iter().zip(appended).filter(|(_, appended)| **appended == Appended::Stored);
        let (mut rows, mut oldest) = (0, None);
        for (batch, _) in stored {
            rows += batch.checks.len();
            oldest = oldest.into_iter().chain(batch.checks.first().map(|check| check.checked_at)).min();
        }
        let duplicates = appended.iter().filter(|appended| **appended == Appended::Duplicate).count();
        self.metrics.duplicates.inc_by(duplicates as u64);
        if let Some(oldest) = oldest {
            let lag = self.clock.now().signed_duration_since(oldest).to_std().unwrap_or_default();
            self.metrics.appended(rows, took, lag);
        }
    }
}

enum Refusal {
    /// The process stops; what is not settled comes again.
    Stopping,
    Refused(StoreError),
}

/// The ids that callers gave their requests, as far as a log line should be long; `None` where nobody gave one.
fn request_ids(batches: &[CheckBatch]) -> Option<String> {
    const SHOWN: usize = 50;
    let checks = batches.iter().flat_map(|batch| &batch.checks);
    let mut ids: Vec<&str> = checks.filter_map(|check| check.request_id.as_deref()).collect();
    // The names of one request stand side by side.
    ids.dedup();
    let more = ids.len().saturating_sub(SHOWN);
    ids.truncate(SHOWN);
    let text = ids.join(" ");
    match (ids.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(text),
        (false, more) => Some(format!("{text} and {more} more")),
    }
}

/// An error with its causes, on one line.
fn in_full(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

fn report(result: Result<(), QueueError>, consequence: &str) {
    if let Err(error) = result {
        tracing::warn!(error = &error as &dyn std::error::Error, "{consequence}");
    }
}

#[cfg(test)]
mod tests {
    use greencheck_testkit::contract::queue::samples;

    use super::*;

    #[test]
    fn ids_that_callers_gave_are_named_and_the_rest_is_counted() {
        assert_eq!(request_ids(&[samples::batch(3)]), None);
        assert_eq!(request_ids(&[samples::batch(5), samples::batch(10)]).unwrap(), "request-4 request-9");
        let text = request_ids(&[samples::batch(300)]).unwrap();
        assert!(text.ends_with("request-249 and 10 more"), "{text}");
    }
}
