use std::time::Duration;

use chrono::TimeDelta;
use greencheck_core::ports::{RefreshJob, RefreshSource, StoreError};
use greencheck_core::{Host, MatchKind};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use crate::LookupService;
use crate::metrics::Refreshed;

/// For how long one replica owns the refresh of a name.
const LEASE: Duration = Duration::from_secs(600);
/// How often a worker that gave way to interactive look-ups asks again.
const GIVE_WAY: Duration = Duration::from_millis(50);

/// Repeats full look-ups of stored verdicts that have grown old: at most `lookup.refresh_rate` a second, one job a name
/// across replicas, and after the look-ups that somebody waits for.
pub struct RefreshWorker {
    service: LookupService,
    source: Box<dyn RefreshSource>,
}

impl RefreshWorker {
    pub fn new(service: LookupService, source: Box<dyn RefreshSource>) -> Self {
        Self { service, source }
    }

    /// Runs until `stop`, or until no job can come any more; then waits for the jobs under way.
    pub async fn run(mut self, stop: CancellationToken) -> anyhow::Result<()> {
        let rate = self.service.config().refresh_rate;
        if rate == 0 {
            return Ok(());
        }
        let mut pace = interval(Duration::from_secs(1) / rate);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut jobs = JoinSet::new();
        loop {
            let job = tokio::select! {
                () = stop.cancelled() => break,
                job = self.source.next() => job,
            };
            match job {
                Ok(Some(RefreshJob { host, receipt })) => {
                    pace.tick().await;
                    let service = self.service.clone();
                    jobs.spawn(async move { refresh(&service, &host).await });
                    while jobs.try_join_next().is_some() {}
                    if let Err(error) = self.source.settle(receipt).await {
                        tracing::warn!(%error, "a refresh job could not be settled; it comes again");
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::warn!(%error, "refresh jobs cannot be read; trying again");
                    sleep(Duration::from_secs(1)).await;
                }
            }
        }
        jobs.join_all().await;
        Ok(())
    }
}

async fn refresh(service: &LookupService, host: &Host) {
    while !service.is_calm() {
        sleep(GIVE_WAY).await;
    }
    let outcome = match is_due(service, host).await {
        Ok(true) => {
            service.refresh(host).await;
            Refreshed::Done
        }
        Ok(false) => Refreshed::Skipped,
        Err(error) => {
            service.metrics().store_failed("claim_refresh", &error);
            Refreshed::Failed
        }
    };
    service.metrics().refreshed(outcome);
}

/// Whether the stored verdict is still old, can be looked up at all, and nobody else has taken the job.
async fn is_due(service: &LookupService, host: &Host) -> Result<bool, StoreError> {
    let world = service.world();
    let Some(row) = world.verdicts.by_hosts(std::slice::from_ref(host)).await?.into_iter().next() else {
        return Ok(false);
    };
    // Nothing in the catalog could confirm a provider that only a snapshot names: looking up would turn it grey.
    if row.by.kind == MatchKind::Snapshot && !service.catalog().is_findable(row.provider) {
        return Ok(false);
    }
    let now = world.clock.now();
    let youngest = TimeDelta::from_std(service.config().refresh_after).unwrap_or(TimeDelta::MAX) * 9 / 10;
    if now.signed_duration_since(row.modified) < youngest {
        return Ok(false);
    }
    world.verdicts.claim_refresh(host, now, LEASE).await
}
