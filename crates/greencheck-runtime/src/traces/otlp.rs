use std::io::{IsTerminal, stderr};
use std::time::Duration;

use actix_web::http::header::HeaderMap;
use anyhow::Context as _;
use opentelemetry::KeyValue;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{TraceContextExt, TracerProvider};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::{Level, Metadata, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::TracingConfig;
use crate::admin::VERSION;
use crate::logs::{WithContext, log_panics};

/// How long the collector may take for what it is sent.
const PATIENCE: Duration = Duration::from_secs(2);

const TRACE_PARENT: &str = "traceparent";

/// Sends spans from a thread of its own.
pub(super) struct Exporter(SdkTracerProvider);

impl Exporter {
    pub(super) fn end(self) {
        if let Err(error) = self.0.shutdown_with_timeout(PATIENCE) {
            tracing::warn!(%error, "the last spans could not be sent");
        }
    }
}

/// Starts logging as [`init_tracing`](crate::init_tracing) does, and the export of spans.
pub(super) fn start(
    service: &'static str,
    endpoint: &str,
    config: &TracingConfig,
) -> anyhow::Result<Exporter> {
    anyhow::ensure!(
        (0.0..=1.0).contains(&config.otlp_sample),
        "tracing.otlp_sample {} is no share: write a number from 0 to 1",
        config.otlp_sample
    );
    // If another part of the process chose one already, that one stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(endpoint)
        .with_timeout(PATIENCE)
        .build()
        .with_context(|| format!("tracing.otlp_endpoint {endpoint:?} cannot be used"))?;
    let version = KeyValue::new("service.version", VERSION);
    let resource = Resource::builder_empty().with_service_name(service).with_attribute(version).build();
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        // Who is asked by another service goes by what that one has decided.
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.otlp_sample))))
        .with_resource(resource)
        .build();
    let spans = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer(service))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(filter_fn(is_ours));
    let layers: Vec<Box<dyn Layer<Registry> + Send + Sync>> = vec![lines(config)?, spans.boxed()];
    let started = tracing_subscriber::registry().with(layers).try_init();
    started.map_err(|error| anyhow::anyhow!("logging has started already: {error}"))?;
    log_panics();
    Ok(Exporter(provider))
}

/// Log lines, as without traces.
fn lines(config: &TracingConfig) -> anyhow::Result<Box<dyn Layer<Registry> + Send + Sync>> {
    let filter = EnvFilter::try_new(&config.filter)
        .with_context(|| format!("tracing.filter {:?} cannot be read", config.filter))?;
    let layer = tracing_subscriber::fmt::layer().with_writer(stderr);
    Ok(if config.format.is_json() {
        layer.json().flatten_event(true).map_event_format(WithContext).with_filter(filter).boxed()
    } else {
        let ansi = stderr().is_terminal();
        let layer = layer.with_ansi(ansi).with_target(false);
        layer.map_event_format(move |lines| WithContext(lines.with_ansi(ansi))).with_filter(filter).boxed()
    })
}

/// Spans only: what a log line says may be more than a collector should know. Those of libraries are none of ours.
fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && *metadata.level() <= Level::DEBUG && metadata.target().starts_with("greencheck_")
}

/// The header `traceparent` (W3C Trace Context) for a question to another service of ours, if the current request is traced.
pub fn trace_parent() -> Option<String> {
    let context = Span::current().context();
    let span = context.span();
    let of = span.span_context();
    let flags = of.trace_flags().to_u8();
    of.is_valid().then(|| format!("00-{}-{}-{flags:02x}", of.trace_id(), of.span_id()))
}

/// Gives the span of a trace a better name than the one in the source.
pub(crate) fn rename(span: &Span, name: impl FnOnce() -> String) {
    span.context().span().update_name(name());
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        // Of what the standard knows only this: other headers could be of any size.
        self.0.get(key).filter(|_| key == TRACE_PARENT)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACE_PARENT]
    }
}

/// Makes `span` a part of the trace that the caller's headers name.
pub(crate) fn continue_trace(span: &Span, headers: &HeaderMap) {
    if headers.contains_key(TRACE_PARENT) {
        let parent = TraceContextPropagator::new().extract(&Headers(headers));
        // Refused when nothing listens to the span.
        let _ = span.set_parent(parent);
    }
}
