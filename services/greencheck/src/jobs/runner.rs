use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use greencheck_core::ports::{JobEnd, JobRecords};
use greencheck_core::{Clock, SystemClock};
use greencheck_store::Store;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::Job;
use crate::failure::Failure;
use crate::notices::Notifier;
use crate::settings::Settings;

/// A runner that says nothing for so long is believed to be gone.
const SILENCE: TimeDelta = TimeDelta::seconds(90);
const SAYS: Duration = Duration::from_secs(20);

/// Runs jobs, each one at a time in all processes, and keeps a record of each run.
#[derive(Clone)]
pub(crate) struct Runner {
    settings: Arc<Settings>,
    store: Arc<dyn Store>,
    notifier: Notifier,
}

impl Runner {
    pub(crate) fn new(settings: Settings, store: Arc<dyn Store>, notifier: Notifier) -> Self {
        Self { settings: Arc::new(settings), store, notifier }
    }

    /// `None` when somebody else runs it. At `stop` it is abandoned, which counts as failed.
    pub(crate) async fn run(&self, job: &Job, stop: &CancellationToken) -> Option<Result<String, Failure>> {
        let run = format!("{:032x}", rand::random::<u128>());
        let started = Instant::now();
        match self.begin(job, &run).await {
            Ok(true) => {}
            Ok(false) => return None,
            Err(failure) => return Some(Err(failure)),
        }
        tracing::info!(job = job.name, "the job begins");
        let limit = self.settings.jobs.timeout;
        let outcome = tokio::select! {
            done = timeout(limit, job.work(&self.settings, &self.store, &self.notifier)) => {
                done.unwrap_or_else(|_| Err(Failure::Work(anyhow::anyhow!("it took longer than jobs.timeout"))))
            }
            () = self.stay(job, &run) => unreachable!("it says for ever that it is there"),
            () = stop.cancelled() => Err(Failure::Work(anyhow::anyhow!("the process that ran it was stopped"))),
        };
        Some(self.end(job, &run, started.elapsed(), outcome).await)
    }

    async fn begin(&self, job: &Job, run: &str) -> Result<bool, Failure> {
        let now = SystemClock.now();
        Ok(self.store.begin_job(&job.name, run, now, now + SILENCE).await?)
    }

    async fn stay(&self, job: &Job, run: &str) {
        loop {
            sleep(SAYS).await;
            if let Err(error) = self.begin(job, run).await {
                tracing::warn!(job = job.name, %error, "cannot say that the job goes on");
            }
        }
    }

    async fn end(
        &self,
        job: &Job,
        run: &str,
        took: Duration,
        outcome: Result<String, Failure>,
    ) -> Result<String, Failure> {
        match &outcome {
            Ok(message) => {
                tracing::info!(job = job.name, ?took, message = message.trim_end(), "the job is done");
            }
            Err(error) => tracing::error!(job = job.name, ?took, %error, "the job failed"),
        }
        let shown = match &outcome {
            Ok(message) => Ok(message.trim_end().to_owned()),
            Err(failure) => Err(failure.to_string()),
        };
        let end = JobEnd { at: SystemClock.now(), seconds: took.as_secs_f64(), outcome: shown };
        let records: &dyn JobRecords = &*self.store;
        if let Err(error) = records.end_job(&job.name, run, &end).await {
            tracing::error!(
                job = job.name,
                error = &error as &dyn std::error::Error,
                "the end of the job cannot be kept"
            );
        }
        if let Err(failure) = &outcome {
            self.notifier.tell_of_failure(&job.name, failure).await;
        }
        outcome
    }
}
