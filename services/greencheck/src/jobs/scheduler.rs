use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use greencheck_core::ports::{JobRecord, JobRecords, StoreError};
use greencheck_core::{Clock, SystemClock};
use tokio_util::sync::CancellationToken;

use super::due::next_run;
use super::{Job, Metrics, Runner};

/// What the leader holds.
const LEASE: &str = "scheduler";
const HELD_FOR: TimeDelta = TimeDelta::seconds(30);
const LOOKS: Duration = Duration::from_secs(5);

/// Starts jobs when they are due, in one of all processes that have a scheduler on the same store.
pub(crate) struct Scheduler {
    jobs: Vec<Arc<Job>>,
    records: Arc<dyn JobRecords>,
    runner: Runner,
    metrics: Metrics,
    holder: String,
}

impl Scheduler {
    pub(crate) fn new(
        jobs: Vec<Job>,
        records: Arc<dyn JobRecords>,
        runner: Runner,
        metrics: Metrics,
    ) -> Self {
        let holder = format!("{:032x}", rand::random::<u128>());
        Self { jobs: jobs.into_iter().map(Arc::new).collect(), records, runner, metrics, holder }
    }

    /// Runs until `stop`; jobs under way are abandoned then.
    pub(crate) async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let mut running = FuturesUnordered::new();
        let mut looks = tokio::time::interval(LOOKS);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(()) = running.next(), if !running.is_empty() => {}
                _ = looks.tick() => {
                    match self.look(&stop).await {
                        Ok(due) => running.extend(due),
                        Err(error) => {
                            self.metrics.leader.set(0);
                            tracing::warn!(error = &error as &dyn std::error::Error, "cannot see which jobs are due");
                        }
                    }
                }
            }
        }
        // Each ends its record.
        while running.next().await.is_some() {}
        if let Err(error) = self.records.drop_lease(LEASE, &self.holder).await {
            tracing::debug!(%error, "the lease ends by itself");
        }
        Ok(())
    }

    /// Runs of the jobs that are due, if this process leads.
    async fn look(&self, stop: &CancellationToken) -> Result<Vec<BoxFuture<'static, ()>>, StoreError> {
        let now = SystemClock.now();
        let leads = self.records.hold_lease(LEASE, &self.holder, now, now + HELD_FOR).await?;
        self.metrics.leader.set(leads.into());
        let records = self.records.job_records().await?;
        let records: BTreeMap<&str, &JobRecord> =
            records.iter().map(|record| (record.name.as_str(), record)).collect();
        let mut due: Vec<BoxFuture<'static, ()>> = Vec::new();
        for job in &self.jobs {
            let record = records.get(job.name.as_str()).copied();
            let next = next_run(job.every, record, now).filter(|_| !job.every.is_zero());
            self.metrics.show(&job.name, record, next);
            if leads && next.is_some_and(|next| next <= now) {
                let (runner, job, stop) = (self.runner.clone(), Arc::clone(job), stop.clone());
                due.push(Box::pin(async move { drop(runner.run(&job, &stop).await) }));
            }
        }
        Ok(due)
    }
}
