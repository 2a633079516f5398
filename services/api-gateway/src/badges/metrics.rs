use greencheck_core::ports::BadgeError;
use prometheus::{IntCounter, IntCounterVec, Opts, Registry};

/// What the gateway counts of badges.
#[derive(Clone)]
pub struct BadgeMetrics {
    fallbacks: IntCounterVec,
    late: IntCounter,
    abandoned: IntCounter,
}

impl BadgeMetrics {
    /// Creates the metrics and enters them in `registry`; a registry takes them once.
    pub fn register(registry: &Registry) -> prometheus::Result<Self> {
        let metrics = Self {
            fallbacks: IntCounterVec::new(
                Opts::new(
                    "greencheck_badge_fallbacks_total",
                    "Badges answered with a card drawn beforehand, by what the renderer said",
                ),
                &["kind"],
            )?,
            late: IntCounter::new(
                "greencheck_badge_late_checks_total",
                "Badges answered before their check had a result",
            )?,
            abandoned: IntCounter::new(
                "greencheck_badge_abandoned_checks_total",
                "Checks given up with the badge that asked for them, because too many others are carried on",
            )?,
        };
        registry.register(Box::new(metrics.fallbacks.clone()))?;
        registry.register(Box::new(metrics.late.clone()))?;
        registry.register(Box::new(metrics.abandoned.clone()))?;
        Ok(metrics)
    }

    pub(super) fn not_drawn(&self, error: &BadgeError) {
        let kind = match error {
            BadgeError::Overloaded => "overloaded",
            BadgeError::Unavailable(_) => "unavailable",
        };
        self.fallbacks.with_label_values(&[kind]).inc();
        tracing::warn!(error = error as &dyn std::error::Error, "a badge is not drawn");
    }

    pub(super) fn late(&self, carried_on: bool) {
        self.late.inc();
        if !carried_on {
            self.abandoned.inc();
        }
    }
}
