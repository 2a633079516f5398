use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{CommandFactory, FromArgMatches, Parser};
use prometheus::Registry;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use toml::Table;

use crate::config::{ConfigError, Environment, HumanDuration, Sources, effective, load, load_some};
use crate::lifecycle::detach;
use crate::traces::Traces;
use crate::{Admin, AdminConfig, Lifecycle, PortSearch, Readiness, TracingConfig, bind};

/// How long the runtime may take to end: it waits for blocking calls, and one may be stuck.
const LAST_RESORT: Duration = Duration::from_secs(3);

/// The sections that every process has beside its own.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RuntimeConfig {
    /// Liveness, readiness, metrics.
    pub admin: AdminConfig,
    /// Start and stop.
    pub process: ProcessConfig,
    /// Logs.
    pub tracing: TracingConfig,
}

impl RuntimeConfig {
    /// Their names.
    pub const SECTIONS: [&'static str; 3] = ["admin", "process", "tracing"];
}

/// Section `process`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProcessConfig {
    /// How long the process goes on serving after a signal, saying that it is not ready any more.
    pub pre_stop: HumanDuration,
    /// How long tasks may then take to end before they are abandoned.
    pub grace: HumanDuration,
}

impl Default for ProcessConfig {
    fn default() -> Self {
        Self { pre_stop: HumanDuration::ZERO, grace: HumanDuration::from_secs(25) }
    }
}

/// What every service takes on its command line.
#[derive(Debug, Clone, Default, Parser)]
#[command(version)]
pub struct CommandLine {
    /// Settings in TOML; variables `GREENCHECK__SECTION__KEY` win over them
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print the settings in effect, secrets hidden, and exit
    #[arg(long)]
    pub print_config: bool,
}

impl CommandLine {
    /// That of this process. Ends it after `--help`, `--version` and mistakes, as clap does.
    pub fn of_this_process(service: &'static str) -> Self {
        let matches = Self::command().name(service).get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    /// Where its settings come from, with the environment of this process.
    pub fn sources(&self, known_sections: &[&'static str]) -> Sources {
        Sources {
            file: self.config.clone(),
            environment: Environment::of_this_process(),
            known_sections: known_sections.iter().copied().chain(RuntimeConfig::SECTIONS).collect(),
            ..Sources::default()
        }
    }
}

/// What a process has before its own parts are made: settings, logs, metrics, lifecycle, admin server.
pub struct Process<C> {
    /// The settings of its own; those of [`RuntimeConfig`] are none of them.
    pub config: C,
    /// What `/metrics` shows.
    pub registry: Registry,
    /// Tasks and signals.
    pub lifecycle: Lifecycle,
    traces: Traces,
    grace: Duration,
}

impl<C: DeserializeOwned + Serialize> Process<C> {
    /// Reads the command line and the settings, then [`assemble`](Self::assemble)s the process. `known_sections` are all
    /// sections of the project, whether this process has them or not. `None` when the settings were asked for and have
    /// been printed.
    pub fn start(service: &'static str, known_sections: &[&'static str]) -> anyhow::Result<Option<Self>> {
        let command_line = CommandLine::of_this_process(service);
        let sources = command_line.sources(known_sections);
        let (config, runtime) = settings(&sources)?;
        if command_line.print_config {
            stdout().write_all(all_effective(&config, &runtime)?.as_bytes())?;
            return Ok(None);
        }
        Self::assemble(service, config, &runtime, PortSearch::Exact).map(Some)
    }
}

impl<C> Process<C> {
    /// Starts logs, signals and the admin server, whose readiness says "starting" until [`run`](Self::run). For mains with
    /// a command line of their own; the others use [`start`](Self::start). Must be called within the runtime.
    pub fn assemble(
        service: &'static str,
        config: C,
        runtime: &RuntimeConfig,
        admin_port: PortSearch,
    ) -> anyhow::Result<Self> {
        let traces = Traces::start(service, &runtime.tracing)?;
        let lifecycle = Lifecycle::new()
            .context("cannot listen for signals")?
            .with_pre_stop(runtime.process.pre_stop.get());
        let registry = Registry::new();
        let admin = Admin::new(service, lifecycle.readiness().clone(), registry.clone())?;
        let listener = bind(runtime.admin.listen, admin_port)?;
        tracing::info!(service, version = crate::admin::VERSION, admin = %listener.local_addr()?, "starting");
        // Not a task of the lifecycle: it goes on while the others drain.
        let broken = lifecycle.clone();
        detach(async move {
            if let Err(error) = admin.run(listener).await {
                broken.spawn("admin", async move { Err(error.into()) });
            }
        });
        Ok(Self { config, registry, lifecycle, traces, grace: runtime.process.grace.get() })
    }

    /// By which components say whether they are ready.
    pub fn readiness(&self) -> &Readiness {
        self.lifecycle.readiness()
    }

    /// Serves until the stop and gives the exit code. Hand all parts of [`config`](Self::config) and all sinks away before.
    pub async fn run(self) -> ExitCode {
        let Self { lifecycle, grace, traces, .. } = self;
        tracing::info!("ready");
        let code = lifecycle.run(grace).await;
        tracing::info!(failed = code != ExitCode::SUCCESS, "stopped");
        exit_anyway(LAST_RESORT);
        traces.end().await;
        code
    }
}

fn settings<C: DeserializeOwned>(sources: &Sources) -> Result<(C, RuntimeConfig), ConfigError> {
    // In this order: only the first one notices sections that nobody has.
    Ok((load(sources)?, load_some(sources)?))
}

fn all_effective<C: Serialize>(config: &C, runtime: &RuntimeConfig) -> anyhow::Result<String> {
    let mut sections = Table::try_from(config)?;
    sections.extend(Table::try_from(runtime)?);
    Ok(effective(&sections)?)
}

/// Ends the process after `patience` if main has not.
#[expect(
    clippy::disallowed_methods,
    reason = "the runtime may hang in a destructor, which no exit code can end"
)]
fn exit_anyway(patience: Duration) {
    std::thread::spawn(move || {
        std::thread::sleep(patience);
        tracing::error!("a blocking call does not end: leaving it behind");
        std::process::exit(1);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Serialize, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Config {
        store: Store,
    }

    #[derive(Debug, Default, Serialize, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Store {
        url: String,
    }

    fn sources(variables: &[(&str, &str)]) -> Sources {
        let variables = variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let environment = Environment::of(variables);
        Sources { environment, ..CommandLine::default().sources(&["store", "queue"]) }
    }

    #[test]
    fn a_process_reads_its_own_sections_and_those_of_all() {
        let sources = sources(&[
            ("GREENCHECK__STORE__URL", "sqlite:a"),
            ("GREENCHECK__QUEUE__URL", "memory:"),
            ("GREENCHECK__PROCESS__GRACE", "7s"),
        ]);
        let (config, runtime): (Config, _) = settings(&sources).unwrap();
        assert_eq!(config.store.url, "sqlite:a");
        assert_eq!(runtime.process.grace, HumanDuration::from_secs(7));
        let text = all_effective(&config, &runtime).unwrap();
        assert!(text.contains("[process]\ngrace = \"7s\"\npre_stop = \"0s\"\n"), "{text}");
        assert!(text.contains("[store]\nurl = \"sqlite:a\"\n"), "{text}");
    }

    #[test]
    fn mistakes_are_noticed_in_every_section() {
        let error =
            |variable: &str| settings::<Config>(&sources(&[(variable, "1")])).unwrap_err().to_string();
        assert!(error("GREENCHECK__STORE__URI").contains("store.uri: unknown key"));
        assert!(error("GREENCHECK__PROCESS__GRASE").contains("did you mean `grace`?"));
        assert!(error("GREENCHECK__PROCES__GRACE").contains("did you mean `process`?"));
    }

    #[test]
    fn the_sections_of_all_are_named() {
        let sections = Table::try_from(RuntimeConfig::default()).unwrap();
        assert!(sections.keys().eq(RuntimeConfig::SECTIONS));
    }
}
