use std::sync::Arc;
use std::time::Duration;

use chrono::{Days, TimeDelta};
use greencheck_core::Clock;
use greencheck_core::ports::{CarbonTxtResults, LogUpkeep, StoreError};
use tokio_util::sync::CancellationToken;

use crate::Metrics;

const EVERY: Duration = Duration::from_secs(3600);
/// Days for which room is made ahead: a database that is away over a long weekend still takes Monday's checks.
const DAYS_AHEAD: u64 = 7;
/// Ids of batches are kept this much longer than any queue or spool keeps a batch.
const BATCH_IDS_FOR: TimeDelta = TimeDelta::days(30);

/// For how long things are kept.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// Days of checks, today included; zero keeps them for ever.
    pub check_days: u32,
    /// Green domains that nobody asked for in this time are dropped.
    pub verdicts: Duration,
    /// Resolved carbon.txt locations.
    pub carbon_txt_results: Duration,
}

/// Makes room for the days to come and drops what is too old, once an hour. Any number of replicas may do so.
pub struct Upkeep {
    log: Arc<dyn LogUpkeep>,
    carbon_txt_results: Arc<dyn CarbonTxtResults>,
    clock: Arc<dyn Clock>,
    retention: Retention,
    metrics: Metrics,
}

impl Upkeep {
    pub fn new(
        log: Arc<dyn LogUpkeep>,
        carbon_txt_results: Arc<dyn CarbonTxtResults>,
        clock: Arc<dyn Clock>,
        retention: Retention,
        metrics: Metrics,
    ) -> Self {
        Self { log, carbon_txt_results, clock, retention, metrics }
    }

    /// Runs until `stop`.
    pub async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let mut ticks = tokio::time::interval(EVERY);
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                _ = ticks.tick() => {}
            }
            let outcome = self.once().await;
            self.metrics.upkeep_ran(outcome.is_ok());
            if let Err(error) = outcome {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the upkeep of the log failed; next try in an hour"
                );
            }
        }
    }

    /// One round.
    pub async fn once(&self) -> Result<(), StoreError> {
        self.partitions().await?;
        self.expire().await?;
        Ok(())
    }

    /// Makes room for the days to come and drops the days that are too old; how many days or rows those were.
    pub async fn partitions(&self) -> Result<u64, StoreError> {
        let now = self.clock.now();
        let today = now.date_naive();
        self.log.prepare_days(today, today + Days::new(DAYS_AHEAD)).await?;
        let mut dropped = 0;
        if self.retention.check_days > 0 {
            let first_kept = today - Days::new(u64::from(self.retention.check_days) - 1);
            dropped = self.log.drop_before(first_kept, now - BATCH_IDS_FOR).await?;
        }
        Ok(dropped)
    }

    /// Drops verdicts that nobody asked for and resolved carbon.txt locations that are too old; how many of each.
    pub async fn expire(&self) -> Result<(u64, u64), StoreError> {
        let now = self.clock.now();
        let ago = |age: Duration| now - TimeDelta::from_std(age).unwrap_or(TimeDelta::days(36_500));
        let verdicts = self.log.expire_verdicts(ago(self.retention.verdicts)).await?;
        let locations = self.carbon_txt_results.sweep(ago(self.retention.carbon_txt_results)).await?;
        Ok((verdicts, locations))
    }
}
