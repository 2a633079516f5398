use std::io::{IsTerminal, stderr};
use std::panic;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

pub(crate) use self::format::WithContext;

mod format;

/// Section `tracing`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TracingConfig {
    /// How log lines look.
    pub format: LogFormat,
    /// What to log: a level, or directives such as `info,greencheck_queue=debug`.
    pub filter: String,
    /// Where spans of requests are sent, such as `http://collector:4318/v1/traces`: OTLP over HTTP, protobuf. Needs a program
    /// that is built with the feature `otlp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otlp_endpoint: Option<String>,
    /// The share of requests that are traced, from 0 to 1.
    pub otlp_sample: f64,
}

impl Default for TracingConfig {
    fn default() -> Self {
        Self { format: LogFormat::Auto, filter: "info".to_owned(), otlp_endpoint: None, otlp_sample: 0.01 }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

impl LogFormat {
    pub(crate) fn is_json(self) -> bool {
        match self {
            Self::Auto => !stderr().is_terminal(),
            Self::Human => false,
            Self::Json => true,
        }
    }
}

/// Starts logging to standard error, panics included. An error when the process logs already, or the filter cannot be
/// read.
pub fn init_tracing(config: &TracingConfig) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.filter)
        .with_context(|| format!("tracing.filter {:?} cannot be read", config.filter))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr);
    let started = if config.format.is_json() {
        builder.json().flatten_event(true).map_event_format(WithContext).try_init()
    } else {
        let ansi = stderr().is_terminal();
        let builder = builder.with_ansi(ansi).with_target(false);
        builder.map_event_format(|lines| WithContext(lines.with_ansi(ansi))).try_init()
    };
    started.map_err(|error| anyhow::anyhow!("logging has started already: {error}"))?;
    log_panics();
    Ok(())
}

pub(crate) fn log_panics() {
    panic::set_hook(Box::new(log_panic));
}

/// In the format of all lines, or whoever collects JSON would lose it.
fn log_panic(panic: &panic::PanicHookInfo<'_>) {
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let location = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(panic.message = text.unwrap_or("of unknown kind"), panic.location = location, "a panic");
}
