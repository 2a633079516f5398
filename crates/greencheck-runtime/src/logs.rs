use std::io::IsTerminal;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

/// Section `tracing`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TracingConfig {
    /// `human` on a terminal, `json` elsewhere, unless chosen.
    pub format: LogFormat,
    /// What to log: a level, or directives such as `info,greencheck_queue=debug`.
    pub filter: String,
}

impl Default for TracingConfig {
    fn default() -> Self {
        Self { format: LogFormat::Auto, filter: "info".to_owned() }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Auto,
    Human,
    Json,
}

/// Starts logging to standard error, once in a process.
pub fn init_tracing(config: &TracingConfig) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.filter)
        .with_context(|| format!("tracing.filter {:?} cannot be read", config.filter))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let json = match config.format {
        LogFormat::Auto => !std::io::stderr().is_terminal(),
        LogFormat::Human => false,
        LogFormat::Json => true,
    };
    let started = if json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init()
    };
    started.map_err(|error| anyhow::anyhow!("logging has started already: {error}"))
}
