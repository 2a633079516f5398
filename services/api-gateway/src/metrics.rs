use greencheck_core::ports::{LookupError, QueueError, Requested};
use greencheck_core::{MatchKind, Source, Verdict, VerdictKind};
use prometheus::{IntCounter, IntCounterVec, Opts, Registry};

/// What the gateway counts.
#[derive(Clone)]
pub struct Metrics {
    /// By verdict, cached or not, and source: handles at hand, because every check counts.
    checks: [[[IntCounter; Source::ALL.len()]; 2]; VerdictKind::ALL.len()],
    matches: [IntCounter; MatchKind::ALL.len()],
    unknowns: IntCounterVec,
    lookup_failures: IntCounterVec,
    refresh_requests: IntCounterVec,
    pub(crate) at_hand: IntCounter,
}

impl Metrics {
    pub fn register(registry: &Registry) -> prometheus::Result<Self> {
        let checks = IntCounterVec::new(
            Opts::new("greencheck_checks_total", "Checks answered, by verdict, whether cached, and source"),
            &["verdict", "cached", "source"],
        )?;
        let matches = IntCounterVec::new(
            Opts::new("greencheck_green_checks_total", "Green checks by what made them green"),
            &["match"],
        )?;
        let metrics = Self {
            checks: VerdictKind::ALL.map(|verdict| {
                ["false", "true"].map(|cached| {
                    Source::ALL
                        .map(|source| checks.with_label_values(&[verdict.as_str(), cached, source.as_str()]))
                })
            }),
            matches: MatchKind::ALL.map(|kind| matches.with_label_values(&[kind.as_str()])),
            unknowns: IntCounterVec::new(
                Opts::new("greencheck_unknown_checks_total", "Checks without a verdict, by reason"),
                &["reason"],
            )?,
            lookup_failures: IntCounterVec::new(
                Opts::new(
                    "greencheck_gateway_lookup_failures_total",
                    "Questions to the lookup-service that failed",
                ),
                &["kind"],
            )?,
            refresh_requests: IntCounterVec::new(
                Opts::new(
                    "greencheck_refresh_requests_total",
                    "Refreshes asked for, by what became of the request",
                ),
                &["outcome"],
            )?,
            at_hand: IntCounter::new(
                "greencheck_answers_at_hand_total",
                "Checks and badges answered without being routed, since this process had all that they say",
            )?,
        };
        registry.register(Box::new(metrics.at_hand.clone()))?;
        registry.register(Box::new(checks))?;
        registry.register(Box::new(matches))?;
        registry.register(Box::new(metrics.unknowns.clone()))?;
        registry.register(Box::new(metrics.lookup_failures.clone()))?;
        registry.register(Box::new(metrics.refresh_requests.clone()))?;
        Ok(metrics)
    }

    pub(crate) fn checked(&self, verdict: &Verdict, cached: bool, source: Source) {
        self.checks[verdict.kind() as usize][usize::from(cached)][source as usize].inc();
        match verdict {
            Verdict::Green { by, .. } => self.matches[by.kind as usize].inc(),
            Verdict::Grey { .. } => {}
            Verdict::Unknown { reason } => self.unknowns.with_label_values(&[reason.as_str()]).inc(),
        }
    }

    pub(crate) fn lookup_failed(&self, error: &LookupError) {
        let kind = match error {
            LookupError::Overloaded => "overloaded",
            LookupError::Unavailable(_) => "unavailable",
        };
        self.lookup_failures.with_label_values(&[kind]).inc();
        tracing::warn!(error = error as &dyn std::error::Error, "the lookup-service did not answer");
    }

    pub(crate) fn refresh_requested(&self, requested: Requested) {
        let outcome = match requested {
            Requested::Queued => "queued",
            Requested::Overflow => "overflow",
        };
        self.refresh_requests.with_label_values(&[outcome]).inc();
    }

    pub(crate) fn refresh_failed(&self, error: &QueueError) {
        self.refresh_requests.with_label_values(&["failed"]).inc();
        tracing::debug!(error = error as &dyn std::error::Error, "a refresh could not be asked for");
    }
}
