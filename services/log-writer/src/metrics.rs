use std::time::Duration;

use prometheus::{
    Counter, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
    exponential_buckets,
};

/// What the log-writer counts.
#[derive(Clone)]
pub struct Metrics {
    pub(crate) rows: IntCounter,
    pub(crate) duplicates: IntCounter,
    pub(crate) rejected: IntCounter,
    pub(crate) retries: IntCounter,
    writers: IntGauge,
    writers_busy: IntGauge,
    batches_held: IntGauge,
    batches_held_max: IntGauge,
    pub(crate) paced_seconds: Counter,
    batch_rows: Histogram,
    append_seconds: Histogram,
    lag_seconds: Histogram,
    upkeep: IntCounterVec,
}

impl Metrics {
    pub fn register(registry: &Registry) -> prometheus::Result<Self> {
        let metrics = Self {
            rows: IntCounter::new("greencheck_log_rows_total", "Checks written to the log")?,
            duplicates: IntCounter::new(
                "greencheck_log_duplicate_batches_total",
                "Batches that were stored before",
            )?,
            rejected: IntCounter::new(
                "greencheck_log_rejected_batches_total",
                "Batches given up as dead letters",
            )?,
            retries: IntCounter::new("greencheck_log_append_retries_total", "Appends tried again")?,
            writers: IntGauge::new("greencheck_log_writers", "Writers of this process")?,
            writers_busy: IntGauge::new(
                "greencheck_log_writers_busy",
                "Writers that have something to write",
            )?,
            batches_held: IntGauge::new("greencheck_log_batches_held", "Batches taken and not yet settled")?,
            batches_held_max: IntGauge::new(
                "greencheck_log_batches_held_max",
                "Unsettled batches that the queue gives to the writers of this process",
            )?,
            paced_seconds: Counter::new(
                "greencheck_log_paced_seconds_total",
                "Time that writers waited because of log.max_rows_per_second",
            )?,
            batch_rows: histogram("greencheck_log_append_rows", "Rows of one append", 1.0, 4.0, 8)?,
            append_seconds: histogram(
                "greencheck_log_append_duration_seconds",
                "How long an append takes",
                0.001,
                2.0,
                14,
            )?,
            lag_seconds: histogram(
                "greencheck_log_lag_seconds",
                "From the oldest check of an append to its row",
                0.005,
                2.5,
                14,
            )?,
            upkeep: IntCounterVec::new(
                Opts::new("greencheck_log_upkeep_runs_total", "Runs of the upkeep by outcome"),
                &["outcome"],
            )?,
        };
        registry.register(Box::new(metrics.rows.clone()))?;
        registry.register(Box::new(metrics.duplicates.clone()))?;
        registry.register(Box::new(metrics.rejected.clone()))?;
        registry.register(Box::new(metrics.retries.clone()))?;
        registry.register(Box::new(metrics.writers.clone()))?;
        registry.register(Box::new(metrics.writers_busy.clone()))?;
        registry.register(Box::new(metrics.batches_held.clone()))?;
        registry.register(Box::new(metrics.batches_held_max.clone()))?;
        registry.register(Box::new(metrics.paced_seconds.clone()))?;
        registry.register(Box::new(metrics.batch_rows.clone()))?;
        registry.register(Box::new(metrics.append_seconds.clone()))?;
        registry.register(Box::new(metrics.lag_seconds.clone()))?;
        registry.register(Box::new(metrics.upkeep.clone()))?;
        Ok(metrics)
    }

    /// Counts a writer that is given `prefetch` batches at once.
    pub(crate) fn writer(&self, prefetch: u16) {
        self.writers.inc();
        self.batches_held_max.add(prefetch.into());
    }

    /// Counts batches at work until the result is dropped.
    pub(crate) fn hold(&self, batches: usize) -> Held<'_> {
        let batches = i64::try_from(batches).unwrap_or(i64::MAX);
        self.writers_busy.inc();
        self.batches_held.add(batches);
        Held { metrics: self, batches }
    }

    pub(crate) fn appended(&self, rows: usize, took: Duration, lag: Duration) {
        self.rows.inc_by(rows as u64);
        #[expect(clippy::cast_precision_loss, reason = "a batch has fewer than 2^52 rows")]
        self.batch_rows.observe(rows as f64);
        self.append_seconds.observe(took.as_secs_f64());
        self.lag_seconds.observe(lag.as_secs_f64());
    }

    pub(crate) fn upkeep_ran(&self, succeeded: bool) {
        self.upkeep.with_label_values(&[if succeeded { "done" } else { "failed" }]).inc();
    }
}

/// A writer at work.
pub(crate) struct Held<'a> {
    metrics: &'a Metrics,
    batches: i64,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.metrics.writers_busy.dec();
        self.metrics.batches_held.sub(self.batches);
    }
}

fn histogram(name: &str, help: &str, start: f64, factor: f64, count: usize) -> prometheus::Result<Histogram> {
    Histogram::with_opts(HistogramOpts::new(name, help).buckets(exponential_buckets(start, factor, count)?))
}
