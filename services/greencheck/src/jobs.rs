//! Recurring work: what there is, when it is due, and who does it.

mod config;
mod due;
mod metrics;
mod runner;
mod scheduler;
mod table;
mod work;

use std::process::ExitCode;
use std::sync::Arc;

pub(crate) use config::JobsConfig;
use greencheck_core::{Clock, SystemClock};
use greencheck_runtime::{Lifecycle, PortSearch, Process};
use greencheck_store::Store;
use metrics::Metrics;
use prometheus::Registry;
use runner::Runner;
use scheduler::Scheduler;
use tokio_util::sync::CancellationToken;
use work::Job;

use crate::cli::Jobs;
use crate::failure::Failure;
use crate::notices::Notifier;
use crate::settings::Settings;
use crate::{database, output};

/// `greencheck jobs`, except for `serve`.
pub(crate) async fn run(settings: &Settings, what: Option<Jobs>) -> Result<(), Failure> {
    let jobs = work::all(settings)?;
    let store = database::open(settings).await?;
    if let Some(Jobs::Run { name }) = what {
        return run_one(settings, store, &jobs, &name).await;
    }
    let records = store.job_records().await?;
    Ok(output::print(&table::of(&jobs, &records, SystemClock.now()))?)
}

async fn run_one(
    settings: &Settings,
    store: Arc<dyn Store>,
    jobs: &[Job],
    name: &str,
) -> Result<(), Failure> {
    let Some(job) = jobs.iter().find(|job| job.name == name) else {
        let names: Vec<_> = jobs.iter().map(|job| job.name.as_str()).collect();
        return Err(Failure::input(format!("there is no job `{name}`: there are {}", names.join(", "))));
    };
    let notifier = Notifier::open(settings, store.clone())?;
    let runner = Runner::new(settings.clone(), store, notifier.clone());
    let ran = runner.run(job, &CancellationToken::new()).await;
    notifier.deliver_due().await;
    match ran {
        Some(Ok(message)) => Ok(output::print(&format!("{name}: {}\n", message.trim_end()))?),
        Some(Err(failure)) => Err(failure.context(format!("the job `{name}` failed"))),
        None => Err(Failure::Work(anyhow::anyhow!(
            "somebody else runs `{name}` at this moment: see `greencheck jobs`"
        ))),
    }
}

/// `greencheck jobs serve`.
pub(crate) async fn serve(settings: Settings) -> Result<ExitCode, Failure> {
    let runtime = settings.runtime();
    let process = Process::assemble("greencheck-jobs", settings, &runtime, PortSearch::Exact)?;
    let Process { config: settings, registry, lifecycle, .. } = &process;
    let store = database::open(settings).await?;
    greencheck_store::register_pool(store.clone(), registry).map_err(anyhow::Error::from)?;
    start(settings, store, registry, lifecycle)?;
    Ok(process.run().await)
}

/// Starts the scheduler and what sends notices.
pub(crate) fn start(
    settings: &Settings,
    store: Arc<dyn Store>,
    registry: &Registry,
    lifecycle: &Lifecycle,
) -> Result<(), Failure> {
    let jobs = work::all(settings)?;
    let notifier = Notifier::open(settings, store.clone())?;
    let runner = Runner::new(settings.clone(), store.clone(), notifier.clone());
    let metrics = Metrics::register(registry).map_err(anyhow::Error::from)?;
    let scheduler = Scheduler::new(jobs, store, runner, metrics);
    lifecycle.spawn("jobs", scheduler.run(lifecycle.stop_token()));
    lifecycle.spawn("notices", notifier.run(lifecycle.stop_token()));
    Ok(())
}
