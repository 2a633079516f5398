use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use prometheus::{IntGaugeVec, Opts, Registry};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::config::{Environment, Sources, effective, load};
use crate::{AdminConfig, AdminServer, Lifecycle, PortSearch, Readiness, TracingConfig, bind, init_tracing};

/// Section `process`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProcessConfig {
    /// How long the process goes on serving after it said that it is not ready any more.
    #[serde(with = "humantime_serde")]
    pub stop_notice: Duration,
    /// How long a stop may take before the rest is abandoned.
    #[serde(with = "humantime_serde")]
    pub grace: Duration,
}

impl Default for ProcessConfig {
    fn default() -> Self {
        Self { stop_notice: Duration::ZERO, grace: Duration::from_secs(25) }
    }
}

/// What every service takes on its command line.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Arguments {
    /// Settings in TOML; variables `GREENCHECK__SECTION__KEY` win over them
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the settings in effect, secrets hidden, and exit
    #[arg(long)]
    print_config: bool,
}

impl Arguments {
    /// The settings in effect; `None` when they were asked for and have been printed.
    pub fn load<C: DeserializeOwned + Default + Serialize>(
        self,
        foreign: &[&'static str],
    ) -> anyhow::Result<Option<C>> {
        let sources = Sources {
            file: self.config,
            environment: Environment::of_this_process(),
            foreign_sections: foreign.to_vec(),
            ..Sources::default()
        };
        let config = load(&sources)?;
        if self.print_config {
            let text = effective(&config)?;
            std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())?;
            return Ok(None);
        }
        Ok(Some(config))
    }
}

/// What a process has before its own parts are made: logs, metrics, readiness, lifecycle, admin server.
pub struct Process {
    pub registry: Registry,
    pub readiness: Readiness,
    pub lifecycle: Lifecycle,
    config: ProcessConfig,
}

impl Process {
    /// Starts logging and the admin server, which says "starting" until [`run`](Self::run).
    pub fn start(
        service: &'static str,
        config: ProcessConfig,
        tracing: &TracingConfig,
        admin: &AdminConfig,
        search: PortSearch,
    ) -> anyhow::Result<Self> {
        init_tracing(tracing)?;
        let registry = Registry::new();
        register_process(&registry, service)?;
        let readiness = Readiness::default();
        let lifecycle = Lifecycle::new(readiness.clone());
        let listener = bind(admin.listen, search)?;
        tracing::info!(service, admin = %listener.local_addr()?, "starting");
        let server = AdminServer { readiness: readiness.clone(), registry: registry.clone() };
        // The admin server outlives the stop token: probes and scrapes go on while the process drains.
        let ends_with_the_process = tokio_util::sync::CancellationToken::new();
        lifecycle.spawn_detached("admin", server.run(listener, ends_with_the_process));
        Ok(Self { registry, readiness, lifecycle, config })
    }

    /// Waits for the end and gives the exit code.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        self.lifecycle.run(self.config.stop_notice, self.config.grace).await
    }
}

fn register_process(registry: &Registry, service: &str) -> anyhow::Result<()> {
    registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
    let build = IntGaugeVec::new(
        Opts::new("greencheck_build_info", "The running build; always 1"),
        &["service", "version"],
    )?;
    build.with_label_values(&[service, env!("CARGO_PKG_VERSION")]).set(1);
    registry.register(Box::new(build))?;
    Ok(())
}
