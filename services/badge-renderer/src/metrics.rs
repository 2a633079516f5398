use std::time::Duration;

use greencheck_core::badge::Badge;
use prometheus::{HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts, Registry};

/// What the renderer counts.
#[derive(Clone)]
pub struct Metrics {
    seconds: HistogramVec,
    failures: IntCounterVec,
    pub(crate) turned_away: IntCounter,
}

impl Metrics {
    /// Creates the metrics and enters them in `registry`; a registry takes them once.
    pub fn register(registry: &Registry) -> prometheus::Result<Self> {
        let buckets = vec![0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5];
        let seconds =
            HistogramOpts::new("greencheck_badge_render_seconds", "How long badges take to be drawn");
        let metrics = Self {
            seconds: HistogramVec::new(seconds.buckets(buckets), &["format"])?,
            failures: IntCounterVec::new(
                Opts::new("greencheck_badge_render_failures_total", "Badges that could not be drawn"),
                &["format"],
            )?,
            turned_away: IntCounter::new(
                "greencheck_badges_turned_away_total",
                "Badges not drawn because badge.max_waiting others waited",
            )?,
        };
        registry.register(Box::new(metrics.seconds.clone()))?;
        registry.register(Box::new(metrics.failures.clone()))?;
        registry.register(Box::new(metrics.turned_away.clone()))?;
        Ok(metrics)
    }

    pub(crate) fn drawn(&self, badge: &Badge, succeeded: bool, took: Duration) {
        let format = [badge.format.extension()];
        self.seconds.with_label_values(&format).observe(took.as_secs_f64());
        if !succeeded {
            self.failures.with_label_values(&format).inc();
        }
    }
}
