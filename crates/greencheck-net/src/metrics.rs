use std::time::Duration;

use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry};

/// What the network costs and how it answers.
#[derive(Clone)]
pub struct Metrics {
    dns_seconds: HistogramVec,
    pub(crate) dns_in_flight: IntGauge,
    pub(crate) dns_in_flight_max: IntGauge,
    pub(crate) dns_waiting: IntGauge,
    heads: IntCounterVec,
    origins: IntCounterVec,
    registries: IntCounterVec,
}

impl Metrics {
    pub fn register(registry: &Registry) -> prometheus::Result<Self> {
        let buckets = vec![0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0];
        let metrics = Self {
            dns_seconds: HistogramVec::new(
                HistogramOpts::new(
                    "greencheck_dns_query_duration_seconds",
                    "How long DNS questions take, by outcome",
                )
                .buckets(buckets),
                &["type", "outcome"],
            )?,
            dns_in_flight: IntGauge::new("greencheck_dns_queries_in_flight", "DNS questions under way")?,
            dns_in_flight_max: IntGauge::new(
                "greencheck_dns_queries_in_flight_max",
                "DNS questions allowed at once",
            )?,
            dns_waiting: IntGauge::new(
                "greencheck_dns_queries_waiting",
                "DNS questions held back by dns.max_in_flight or dns.per_server_rate",
            )?,
            heads: IntCounterVec::new(
                Opts::new(
                    "greencheck_carbon_txt_requests_total",
                    "HTTPS requests for a carbon.txt, by outcome",
                ),
                &["outcome"],
            )?,
            origins: IntCounterVec::new(
                Opts::new(
                    "greencheck_origin_lookups_total",
                    "Look-ups of an origin AS, by source and outcome",
                ),
                &["source", "outcome"],
            )?,
            registries: IntCounterVec::new(
                Opts::new("greencheck_rdap_lookups_total", "Questions to registries, by outcome"),
                &["outcome"],
            )?,
        };
        registry.register(Box::new(metrics.registries.clone()))?;
        registry.register(Box::new(metrics.dns_seconds.clone()))?;
        registry.register(Box::new(metrics.dns_in_flight.clone()))?;
        registry.register(Box::new(metrics.dns_in_flight_max.clone()))?;
        registry.register(Box::new(metrics.dns_waiting.clone()))?;
        registry.register(Box::new(metrics.heads.clone()))?;
        registry.register(Box::new(metrics.origins.clone()))?;
        Ok(metrics)
    }

    pub(crate) fn asked(&self, kind: &'static str, outcome: &'static str, took: Duration) {
        self.dns_seconds.with_label_values(&[kind, outcome]).observe(took.as_secs_f64());
    }

    pub(crate) fn rdap(&self, outcome: &str) {
        self.registries.with_label_values(&[outcome]).inc();
    }

    pub(crate) fn head(&self, outcome: &'static str) {
        self.heads.with_label_values(&[outcome]).inc();
    }

    pub(crate) fn origin(&self, source: &'static str, outcome: &'static str) {
        self.origins.with_label_values(&[source, outcome]).inc();
    }
}

/// Something counted by a gauge until it is dropped.
pub(crate) struct Counted<'a>(&'a IntGauge);

impl<'a> Counted<'a> {
    pub(crate) fn on(gauge: &'a IntGauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}
