//! What the cache tells Prometheus.

use prometheus::{HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry};

use crate::redis::{Family, Fault, Operation};

/// The counters of one process. Clones share their values.
#[derive(Debug, Clone)]
pub struct Metrics {
    pub(crate) memory: LevelMetrics,
    pub(crate) redis: LevelMetrics,
    pub(crate) entries: IntGauge,
    due: IntCounterVec,
    refused: IntCounterVec,
    redis_seconds: HistogramVec,
    redis_errors: IntCounterVec,
    pub(crate) breaker_open: IntGauge,
    pub(crate) breaker_opened: IntCounter,
    pub(crate) unreadable: IntCounter,
    pub(crate) unsent: IntGauge,
    pub(crate) lost: IntCounter,
}

/// The counters of one level.
#[derive(Debug, Clone)]
pub(crate) struct LevelMetrics {
    pub(crate) hits: IntCounter,
    pub(crate) misses: IntCounter,
}

/// Why an answer was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The catalog has moved on.
    Generation,
    /// The name has changed, or the question was asked so long ago that nobody can say.
    Changed,
    /// It says something of the moment only.
    Momentary,
    /// A newer answer is there.
    Older,
    /// Too many writes to Redis are under way.
    Busy,
}

impl Refusal {
    const ALL: [Self; 5] = [Self::Generation, Self::Changed, Self::Momentary, Self::Older, Self::Busy];

    fn as_str(self) -> &'static str {
        match self {
            Self::Generation => "generation",
            Self::Changed => "changed",
            Self::Momentary => "momentary",
            Self::Older => "older",
            Self::Busy => "busy",
        }
    }
}

impl Metrics {
    /// Creates the metrics and enters them in `registry`; a registry takes them once.
    pub fn register(registry: &Registry) -> prometheus::Result<Self> {
        let hits = counters(registry, "greencheck_cache_hits_total", "Answers found.", &["family", "level"])?;
        let misses =
            counters(registry, "greencheck_cache_misses_total", "Answers not found.", &["family", "level"])?;
        let level = |name: &str| {
            let labels = [Family::Answer.as_str(), name];
            LevelMetrics { hits: hits.with_label_values(&labels), misses: misses.with_label_values(&labels) }
        };
        let metrics = Self {
            memory: level("memory"),
            redis: level("redis"),
            entries: gauge(registry, "greencheck_cache_entries", "Answers kept in this process.")?,
            due: counters(
                registry,
                "greencheck_cache_due_total",
                "Answers asked for shortly before this process lets them end: renewed by Redis, or left to the look-up.",
                &["outcome"],
            )?,
            refused: counters(
                registry,
                "greencheck_cache_fills_refused_total",
                "Answers not kept.",
                &["reason"],
            )?,
            redis_seconds: histograms(
                registry,
                "greencheck_cache_redis_seconds",
                "Answer times of Redis.",
                "operation",
            )?,
            redis_errors: counters(
                registry,
                "greencheck_cache_redis_errors_total",
                "Failures of Redis.",
                &["kind"],
            )?,
            breaker_open: gauge(registry, "greencheck_cache_breaker_open", "1 while Redis is not asked.")?,
            breaker_opened: counter(
                registry,
                "greencheck_cache_breaker_opened_total",
                "Times Redis was given up.",
            )?,
            unreadable: counter(
                registry,
                "greencheck_cache_unreadable_total",
                "Values of Redis that are no answers.",
            )?,
            unsent: gauge(
                registry,
                "greencheck_cache_unsent_changes",
                "Changes that Redis has still to hear of.",
            )?,
            lost: counter(
                registry,
                "greencheck_cache_lost_changes_total",
                "Changes that Redis will never hear of.",
            )?,
        };
        metrics.show_zeros();
        Ok(metrics)
    }

    fn show_zeros(&self) {
        self.count_due(0, 0);
        for reason in Refusal::ALL {
            self.refused.with_label_values(&[reason.as_str()]);
        }
        for fault in Fault::ALL {
            self.redis_errors.with_label_values(&[fault.as_str()]);
        }
    }

    pub(crate) fn refuse(&self, reason: Refusal) {
        self.refused.with_label_values(&[reason.as_str()]).inc();
    }

    pub(crate) fn count_due(&self, renewed: usize, left: usize) {
        for (outcome, answers) in [("renewed", renewed), ("left", left)] {
            self.due.with_label_values(&[outcome]).inc_by(answers as u64);
        }
    }

    pub(crate) fn redis_took(&self, operation: Operation, seconds: f64) {
        self.redis_seconds.with_label_values(&[operation.as_str()]).observe(seconds);
    }

    pub(crate) fn redis_failed(&self, fault: Fault) {
        self.redis_errors.with_label_values(&[fault.as_str()]).inc();
    }
}

#[cfg(test)]
impl Metrics {
    pub(crate) fn unregistered() -> Self {
        Self::register(&Registry::new()).expect("a new registry has no metrics")
    }

    pub(crate) fn refused(&self, reason: Refusal) -> u64 {
        self.refused.with_label_values(&[reason.as_str()]).get()
    }
}

pub(crate) fn counter(registry: &Registry, name: &str, help: &str) -> prometheus::Result<IntCounter> {
    let counter = IntCounter::new(name, help)?;
    registry.register(Box::new(counter.clone()))?;
    Ok(counter)
}

fn counters(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> prometheus::Result<IntCounterVec> {
    let counters = IntCounterVec::new(Opts::new(name, help), labels)?;
    registry.register(Box::new(counters.clone()))?;
    Ok(counters)
}

fn gauge(registry: &Registry, name: &str, help: &str) -> prometheus::Result<IntGauge> {
    let gauge = IntGauge::new(name, help)?;
    registry.register(Box::new(gauge.clone()))?;
    Ok(gauge)
}

fn histograms(registry: &Registry, name: &str, help: &str, label: &str) -> prometheus::Result<HistogramVec> {
    let buckets = vec![0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25];
    let histograms = HistogramVec::new(HistogramOpts::new(name, help).buckets(buckets), &[label])?;
    registry.register(Box::new(histograms.clone()))?;
    Ok(histograms)
}
