//! Traces for an OpenTelemetry collector, in programs that are built with the feature `otlp`.

#[cfg_attr(not(feature = "otlp"), path = "traces/absent.rs")]
mod otlp;

pub use otlp::trace_parent;
pub(crate) use otlp::{continue_trace, rename};

use crate::{TracingConfig, init_tracing};

/// What is left to send when the process ends.
pub(crate) struct Traces {
    exporter: Option<otlp::Exporter>,
}

impl Traces {
    /// Starts logging, and traces if there is a collector.
    pub(crate) fn start(service: &'static str, config: &TracingConfig) -> anyhow::Result<Self> {
        let exporter = match &config.otlp_endpoint {
            Some(endpoint) => Some(otlp::start(service, endpoint, config)?),
            None => init_tracing(config).map(|()| None)?,
        };
        Ok(Self { exporter })
    }

    /// Sends what is left, as far as the collector takes it.
    pub(crate) async fn end(self) {
        if let Some(exporter) = self.exporter {
            // A panic there costs spans.
            let _ = tokio::task::spawn_blocking(|| exporter.end()).await;
        }
    }
}
