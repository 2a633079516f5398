use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use greencheck_core::catalog::{Catalog, CatalogData};
use greencheck_core::ports::{Catalogs, Change, ChangeSink, ChangeSource, StoreError};
use greencheck_core::{Clock, Generation};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::Metrics;

/// How often the generation is read, whatever is announced.
const POLL: Duration = Duration::from_secs(1);

/// Keeps the catalog in memory equal to the stored one: reloads it when its generation has moved on, swaps it without a
/// reader waiting, and then tells the gateways.
pub struct CatalogWatch {
    catalogs: Arc<dyn Catalogs>,
    changes: Arc<dyn ChangeSink>,
    clock: Arc<dyn Clock>,
    current: Arc<ArcSwap<Catalog>>,
    generations: watch::Sender<Generation>,
    metrics: Metrics,
}

impl CatalogWatch {
    /// Loads the catalog for the first time.
    pub async fn load(
        catalogs: Arc<dyn Catalogs>,
        changes: Arc<dyn ChangeSink>,
        clock: Arc<dyn Clock>,
        metrics: Metrics,
    ) -> Result<Self, StoreError> {
        let current =
            Arc::new(ArcSwap::from_pointee(Catalog::build(Generation::default(), CatalogData::default())));
        let watch =
            Self { catalogs, changes, clock, current, generations: watch::Sender::default(), metrics };
        watch.reload().await?;
        Ok(watch)
    }

    /// The catalog that decides now, for a [`LookupService`](crate::LookupService).
    pub fn current(&self) -> Arc<ArcSwap<Catalog>> {
        Arc::clone(&self.current)
    }

    /// The generation of that catalog, for whoever waits for the next one. It ends with [`run`](Self::run).
    pub fn generations(&self) -> watch::Receiver<Generation> {
        self.generations.subscribe()
    }

    /// Follows the stored catalog until `stop`. `announced` only makes it faster: what it misses, polling finds.
    pub async fn run(
        self,
        mut announced: Box<dyn ChangeSource>,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        let mut ticks = tokio::time::interval(POLL);
        let mut listening = true;
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                _ = ticks.tick() => {}
                change = announced.next(), if listening => match change {
                    Ok(Some(Change::Catalog { generation })) if generation > self.current.load().generation() => {}
                    Ok(Some(_)) => continue,
                    Ok(None) => { listening = false; continue }
                    Err(error) => { tracing::warn!(%error, "changes are not heard; polling goes on"); continue }
                },
            }
            if let Err(error) = self.follow().await {
                self.metrics.store_failed("generation", &error);
            }
        }
    }

    async fn follow(&self) -> Result<(), StoreError> {
        if self.catalogs.generation().await? == self.current.load().generation() {
            return Ok(());
        }
        self.reload().await?;
        let generation = self.current.load().generation();
        if let Err(error) = self.changes.announce(&Change::Catalog { generation }).await {
            self.metrics.announce_failed(&error);
        }
        Ok(())
    }

    async fn reload(&self) -> Result<(), StoreError> {
        let started = Instant::now();
        let (generation, data) = self.catalogs.load().await?;
        let built = tokio::task::spawn_blocking(move || Catalog::build(generation, data)).await;
        let catalog =
            built.map_err(|error| StoreError::Corrupt(format!("the catalog cannot be indexed: {error}")))?;
        let (ranges, asns) = catalog.sizes();
        self.current.store(Arc::new(catalog));
        self.generations.send_replace(generation);
        self.metrics.loaded(generation, ranges, asns, started.elapsed(), self.clock.now());
        tracing::info!(%generation, ranges, asns, took = ?started.elapsed(), "the catalog is loaded");
        Ok(())
    }
}
