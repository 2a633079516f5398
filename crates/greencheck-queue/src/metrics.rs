//! What the queue tells Prometheus.

use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry};

/// The counters of one process. Clones share their values.
#[derive(Debug, Clone)]
pub struct Metrics {
    pub(crate) recorded: IntCounter,
    pub(crate) confirmed: IntCounter,
    pub(crate) dropped: IntCounterVec,
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
        let metrics = Self {
            recorded: counter(registry, "greencheck_checks_recorded_total", "Checks handed to the log.")?,
            confirmed: counter(
                registry,
                "greencheck_checks_confirmed_total",
                "Checks that the queue is responsible for.",
            )?,
            dropped: counters(
                registry,
                "greencheck_checks_dropped_total",
                "Checks that are lost to the log.",
                "reason",
            )?,
            batches_confirmed: counter(
                registry,
                "greencheck_batches_confirmed_total",
                "Batches confirmed by the queue.",
            )?,
            batches_failed: counter(
                registry,
                "greencheck_batches_failed_total",
                "Failed attempts to publish a batch.",
            )?,
            in_flight: gauge(
                registry,
                "greencheck_batches_in_flight",
                "Batches published and not yet confirmed.",
            )?,
            publish_seconds: Histogram::with_opts(
                HistogramOpts::new(
                    "greencheck_publish_seconds",
                    "From publishing a batch to its confirmation.",
                )
                .buckets(vec![0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0]),
            )?,
            buffered: gauge(
                registry,
                "greencheck_checks_buffered",
                "Checks of closed batches waiting in memory.",
            )?,
            spool_bytes: gauge(registry, "greencheck_spool_bytes", "Bytes in the spool.")?,
            spool_batches: gauge(
                registry,
                "greencheck_spool_batches",
                "Batches known to be in the spool, unconfirmed.",
            )?,
            spool_damaged: counters(
                registry,
                "greencheck_spool_damaged_total",
                "Spool files with an unreadable end.",
                "kind",
            )?,
            refresh_overflow: counter(
                registry,
                "greencheck_refresh_overflow_total",
                "Refreshes turned away: queue full.",
            )?,
            changes_missed: counter(
                registry,
                "greencheck_changes_missed_total",
                "Changes missed by a slow listener.",
            )?,
            dead_letters: counters(
                registry,
                "greencheck_dead_letters_total",
                "Messages given up.",
                "reason",
            )?,
            connected: gauge(registry, "greencheck_queue_connected", "1 while the queue is reachable.")?,
        };
        registry.register(Box::new(metrics.publish_seconds.clone()))?;
        for reason in DropReason::ALL {
            metrics.dropped.with_label_values(&[reason.as_str()]);
        }
        Ok(metrics)
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

fn counter(registry: &Registry, name: &str, help: &str) -> prometheus::Result<IntCounter> {
    let counter = IntCounter::new(name, help)?;
    registry.register(Box::new(counter.clone()))?;
    Ok(counter)
}

fn counters(registry: &Registry, name: &str, help: &str, label: &str) -> prometheus::Result<IntCounterVec> {
    let counters = IntCounterVec::new(Opts::new(name, help), &[label])?;
    registry.register(Box::new(counters.clone()))?;
    Ok(counters)
}

fn gauge(registry: &Registry, name: &str, help: &str) -> prometheus::Result<IntGauge> {
    let gauge = IntGauge::new(name, help)?;
    registry.register(Box::new(gauge.clone()))?;
    Ok(gauge)
}
