//! What the queue tells Prometheus.

use greencheck_core::CheckBatch;
use prometheus::core::Collector;
use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry};

/// The counters of one process. Clones share their values.
#[derive(Debug, Clone)]
pub struct Metrics {
    pub(crate) recorded: IntCounter,
    pub(crate) confirmed: IntCounter,
    pub(crate) dropped: IntCounterVec,
    pub(crate) usage_lost: IntCounter,
    pub(crate) batches_confirmed: IntCounter,
    pub(crate) batches_failed: IntCounter,
    pub(crate) in_flight: IntGauge,
    pub(crate) publish_seconds: Histogram,
    pub(crate) buffered: IntGauge,
    pub(crate) spool_bytes: IntGauge,
    pub(crate) spool_batches: IntGauge,
    pub(crate) spool_damaged: IntCounterVec,
    pub(crate) refresh_overflow: IntCounter,
    pub(crate) changes_missed: IntCounter,
    pub(crate) dead_letters: IntCounterVec,
    pub(crate) connected: IntGauge,
}

/// The queue cannot be reached, or has not been yet. The log says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not connected; connecting again until it works")]
pub struct NotConnected;

/// Why a check was answered and never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DropReason {
    /// The buffer is full, and so is the spool.
    SpoolFull,
    /// The buffer is full, and the disk refuses.
    DiskError,
    /// The outbox was closed before the check came.
    Closed,
}

impl DropReason {
    const ALL: [Self; 3] = [Self::SpoolFull, Self::DiskError, Self::Closed];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::SpoolFull => "spool_full",
            Self::DiskError => "disk_error",
            Self::Closed => "closed",
        }
    }
}

impl Metrics {
    /// Creates the metrics and enters them in `registry`; a registry takes them once.
    pub fn register(registry: &Registry) -> prometheus::Result<Self> {
        let to = Entry(registry);
        let metrics = Self {
            recorded: to.counter("checks_recorded_total", "Checks handed to the log.")?,
            confirmed: to.counter("checks_confirmed_total", "Checks that the queue is responsible for.")?,
            dropped: to.counters("checks_dropped_total", "Checks that are lost to the log.", "reason")?,
            usage_lost: to.counter(
                "usage_lost_total",
                "Requests with a key that are lost to the count of its usage.",
            )?,
            batches_confirmed: to.counter("batches_confirmed_total", "Batches confirmed by the queue.")?,
            batches_failed: to.counter("batches_failed_total", "Failed attempts to publish a batch.")?,
            in_flight: to.gauge("batches_in_flight", "Batches published and not yet confirmed.")?,
            publish_seconds: to.seconds("publish_seconds", "From publishing a batch to its confirmation.")?,
            buffered: to.gauge("checks_buffered", "Checks of closed batches waiting in memory.")?,
            spool_bytes: to.gauge("spool_bytes", "Bytes in the spool.")?,
            spool_batches: to.gauge("spool_batches", "Batches known to be in the spool, unconfirmed.")?,
            spool_damaged: to.counters(
                "spool_damaged_total",
                "Spool files with an unreadable end.",
                "kind",
            )?,
            refresh_overflow: to
                .counter("refresh_overflow_total", "Refreshes turned away: the queue is full.")?,
            changes_missed: to.counter("changes_missed_total", "Changes missed by a slow listener.")?,
            dead_letters: to.counters("dead_letters_total", "Messages given up.", "reason")?,
            connected: to.gauge("queue_connected", "1 while the queue is reachable.")?,
        };
        for reason in DropReason::ALL {
            metrics.dropped.with_label_values(&[reason.as_str()]);
        }
        Ok(metrics)
    }

    /// Whether the queue that counts here is reachable now.
    pub fn reachable(&self) -> Result<(), NotConnected> {
        if self.connected.get() == 1 { Ok(()) } else { Err(NotConnected) }
    }

    pub(crate) fn drop_batch(&self, reason: DropReason, batch: &CheckBatch) {
        self.drop_checks(reason, batch.checks.len());
        self.usage_lost.inc_by(batch.usage.iter().map(|usage| usage.requests).sum());
    }

    pub(crate) fn drop_checks(&self, reason: DropReason, checks: usize) {
        self.dropped.with_label_values(&[reason.as_str()]).inc_by(checks as u64);
    }
}

#[cfg(test)]
impl Metrics {
    pub(crate) fn unregistered() -> Self {
        Self::register(&Registry::new()).expect("a new registry has no metrics")
    }

    pub(crate) fn dropped_checks(&self) -> u64 {
        DropReason::ALL.iter().map(|reason| self.dropped.with_label_values(&[reason.as_str()]).get()).sum()
    }
}

/// Enters metrics in a registry, under the project's prefix.
struct Entry<'a>(&'a Registry);

impl Entry<'_> {
    fn add<C: Collector + Clone + 'static>(&self, metric: C) -> prometheus::Result<C> {
        self.0.register(Box::new(metric.clone()))?;
        Ok(metric)
    }

    fn counter(&self, name: &str, help: &str) -> prometheus::Result<IntCounter> {
        self.add(IntCounter::new(prefixed(name), help)?)
    }

    fn counters(&self, name: &str, help: &str, label: &str) -> prometheus::Result<IntCounterVec> {
        self.add(IntCounterVec::new(Opts::new(prefixed(name), help), &[label])?)
    }

    fn gauge(&self, name: &str, help: &str) -> prometheus::Result<IntGauge> {
        self.add(IntGauge::new(prefixed(name), help)?)
    }

    fn seconds(&self, name: &str, help: &str) -> prometheus::Result<Histogram> {
        let buckets = vec![0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0];
        self.add(Histogram::with_opts(HistogramOpts::new(prefixed(name), help).buckets(buckets))?)
    }
}

fn prefixed(name: &str) -> String {
    format!("greencheck_{name}")
}
