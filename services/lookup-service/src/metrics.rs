use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use greencheck_core::ports::{Mode, QueueError, StoreError};
use greencheck_core::{Generation, UnknownReason, Verdict, VerdictKind};
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    exponential_buckets,
};

use crate::service::Turn;

/// What the lookup-service counts.
#[derive(Clone)]
pub struct Metrics {
    lookups: IntCounterVec,
    seconds: HistogramVec,
    in_flight: IntGauge,
    max_in_flight: IntGauge,
    pub(crate) waiting: IntGauge,
    max_waiting: IntGauge,
    pub(crate) joined: IntCounter,
    turned_away: IntCounterVec,
    store_failures: IntCounterVec,
    announce_failures: IntCounter,
    persisted: IntCounterVec,
    refreshes: IntCounterVec,
    catalog: CatalogMetrics,
}

/// What is known of the catalog in memory.
#[derive(Clone)]
struct CatalogMetrics {
    generation: IntGauge,
    entries: IntGaugeVec,
    loaded: IntGauge,
    load_seconds: Histogram,
}

/// What was written after a look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Persisted {
    Stored,
    Removed,
    Kept,
}

impl Persisted {
    pub(crate) fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Green { .. } => Self::Stored,
            Verdict::Grey { .. } => Self::Removed,
            Verdict::Unknown { .. } => Self::Kept,
        }
    }
}

/// What became of a refresh job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refreshed {
    Done,
    /// Another replica has it, or it is fresh already.
    Skipped,
    Failed,
}

impl Metrics {
    pub fn register(registry: &Registry) -> prometheus::Result<Self> {
        let metrics = Self {
            lookups: IntCounterVec::new(
                Opts::new("greencheck_lookups_total", "Full look-ups by what caused them and their verdict"),
                &["cause", "verdict"],
            )?,
            seconds: HistogramVec::new(
                HistogramOpts::new("greencheck_lookup_duration_seconds", "How long full look-ups take")
                    .buckets(exponential_buckets(0.000_5, 2.0, 14)?),
                &["verdict"],
            )?,
            in_flight: IntGauge::new("greencheck_lookups_in_flight", "Full look-ups under way")?,
            max_in_flight: IntGauge::new(
                "greencheck_lookups_in_flight_max",
                "Full look-ups allowed at once",
            )?,
            waiting: IntGauge::new("greencheck_lookups_waiting", "Full look-ups that wait for their turn")?,
            max_waiting: IntGauge::new(
                "greencheck_lookups_waiting_max",
                "Full look-ups that may wait before further ones are turned away",
            )?,
            joined: IntCounter::new(
                "greencheck_lookups_joined_total",
                "Checks that joined a look-up under way",
            )?,
            turned_away: IntCounterVec::new(
                Opts::new(
                    "greencheck_lookups_turned_away_total",
                    "Checks answered before their look-up, by reason",
                ),
                &["reason"],
            )?,
            store_failures: IntCounterVec::new(
                Opts::new(
                    "greencheck_lookup_store_failures_total",
                    "Store operations that failed, by operation",
                ),
                &["operation"],
            )?,
            announce_failures: IntCounter::new(
                "greencheck_lookup_announce_failures_total",
                "Changes that could not be announced",
            )?,
            persisted: IntCounterVec::new(
                Opts::new(
                    "greencheck_lookup_verdicts_written_total",
                    "What look-ups did to the stored verdicts",
                ),
                &["change"],
            )?,
            refreshes: IntCounterVec::new(
                Opts::new("greencheck_refreshes_total", "Background refreshes by outcome"),
                &["outcome"],
            )?,
            catalog: CatalogMetrics::register(registry)?,
        };
        metrics.register_all(registry)?;
        Ok(metrics)
    }

    fn register_all(&self, registry: &Registry) -> prometheus::Result<()> {
        registry.register(Box::new(self.lookups.clone()))?;
        registry.register(Box::new(self.seconds.clone()))?;
        registry.register(Box::new(self.in_flight.clone()))?;
        registry.register(Box::new(self.max_in_flight.clone()))?;
        registry.register(Box::new(self.waiting.clone()))?;
        registry.register(Box::new(self.max_waiting.clone()))?;
        registry.register(Box::new(self.joined.clone()))?;
        registry.register(Box::new(self.turned_away.clone()))?;
        registry.register(Box::new(self.store_failures.clone()))?;
        registry.register(Box::new(self.announce_failures.clone()))?;
        registry.register(Box::new(self.persisted.clone()))?;
        registry.register(Box::new(self.refreshes.clone()))
    }

    pub(crate) fn limits(&self, in_flight: usize, waiting: usize) {
        self.max_in_flight.set(i64::try_from(in_flight).unwrap_or(i64::MAX));
        self.max_waiting.set(i64::try_from(waiting).unwrap_or(i64::MAX));
    }

    /// Counts a look-up as under way until the returned value ends or is dropped.
    pub(crate) fn start(&self, mode: Mode, turn: Turn) -> Running<'_> {
        self.in_flight.inc();
        let cause = match (turn, mode) {
            (Turn::Background, _) => "refresh",
            (Turn::Interactive, Mode::Fast) => "fast",
            (Turn::Interactive, Mode::Full) => "full",
        };
        Running { metrics: self, cause, started: Instant::now() }
    }

    pub(crate) fn turned_away(&self, reason: UnknownReason) {
        self.turned_away.with_label_values(&[reason.as_str()]).inc();
    }

    pub(crate) fn store_failed(&self, operation: &'static str, error: &StoreError) {
        self.store_failures.with_label_values(&[operation]).inc();
        tracing::warn!(
            operation,
            error = error as &dyn std::error::Error,
            "the store did not answer; deciding without it"
        );
    }

    pub(crate) fn announce_failed(&self, error: &QueueError) {
        self.announce_failures.inc();
        tracing::warn!(
            error = error as &dyn std::error::Error,
            "a change could not be announced; other processes see it later"
        );
    }

    pub(crate) fn persisted(&self, what: Persisted) {
        let label = match what {
            Persisted::Stored => "stored",
            Persisted::Removed => "removed",
            Persisted::Kept => "kept",
        };
        self.persisted.with_label_values(&[label]).inc();
    }

    pub(crate) fn refreshed(&self, outcome: Refreshed) {
        let label = match outcome {
            Refreshed::Done => "done",
            Refreshed::Skipped => "skipped",
            Refreshed::Failed => "failed",
        };
        self.refreshes.with_label_values(&[label]).inc();
    }

    pub(crate) fn loaded(
        &self,
        generation: Generation,
        ranges: usize,
        asns: usize,
        took: Duration,
        at: DateTime<Utc>,
    ) {
        self.catalog.generation.set(i64::try_from(generation.0).unwrap_or(i64::MAX));
        self.catalog.entries.with_label_values(&["range"]).set(i64::try_from(ranges).unwrap_or(i64::MAX));
        self.catalog.entries.with_label_values(&["asn"]).set(i64::try_from(asns).unwrap_or(i64::MAX));
        self.catalog.load_seconds.observe(took.as_secs_f64());
        self.catalog.loaded.set(at.timestamp());
    }

    /// Full look-ups that ended, by verdict.
    pub fn lookups_ended(&self, verdict: VerdictKind) -> u64 {
        ["fast", "full", "refresh"]
            .iter()
            .map(|cause| self.lookups.with_label_values(&[*cause, verdict.as_str()]).get())
            .sum()
    }
}

impl CatalogMetrics {
    fn register(registry: &Registry) -> prometheus::Result<Self> {
        let metrics = Self {
            generation: IntGauge::new(
                "greencheck_catalog_generation",
                "Generation of the catalog that decides",
            )?,
            entries: IntGaugeVec::new(
                Opts::new("greencheck_catalog_entries", "Entries of the catalog that decides"),
                &["kind"],
            )?,
            loaded: IntGauge::new(
                "greencheck_catalog_loaded_timestamp_seconds",
                "When the catalog that decides was loaded, Unix time",
            )?,
            load_seconds: Histogram::with_opts(
                HistogramOpts::new(
                    "greencheck_catalog_load_duration_seconds",
                    "How long loading the catalog takes",
                )
                .buckets(exponential_buckets(0.001, 4.0, 8)?),
            )?,
        };
        registry.register(Box::new(metrics.generation.clone()))?;
        registry.register(Box::new(metrics.entries.clone()))?;
        registry.register(Box::new(metrics.loaded.clone()))?;
        registry.register(Box::new(metrics.load_seconds.clone()))?;
        Ok(metrics)
    }
}

/// A look-up under way.
pub(crate) struct Running<'a> {
    metrics: &'a Metrics,
    cause: &'static str,
    started: Instant,
}

impl Running<'_> {
    pub(crate) fn end(self, verdict: &Verdict) {
        let verdict = verdict.kind().as_str();
        self.metrics.lookups.with_label_values(&[self.cause, verdict]).inc();
        self.metrics.seconds.with_label_values(&[verdict]).observe(self.started.elapsed().as_secs_f64());
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.metrics.in_flight.dec();
    }
}
