use std::sync::Arc;
use std::time::Duration;

use greencheck_core::ports::{AnswerCache, Change, ChangeSource, Lookup};
use greencheck_core::{CurrentGeneration, Generation};
use tokio_util::sync::CancellationToken;

/// How often the generation is asked for, whatever is announced.
const POLL: Duration = Duration::from_secs(1);

/// Keeps the cache honest: drops what other processes changed, moves on with the catalog.
pub struct ChangeListener {
    cache: Arc<dyn AnswerCache>,
    lookup: Arc<dyn Lookup>,
    source: Box<dyn ChangeSource>,
    generation: Arc<CurrentGeneration>,
}

impl ChangeListener {
    pub fn new(cache: Arc<dyn AnswerCache>, lookup: Arc<dyn Lookup>, source: Box<dyn ChangeSource>) -> Self {
        Self { cache, lookup, source, generation: Arc::default() }
    }

    /// Tells `generation`, too, when the catalog moves on.
    #[must_use]
    pub fn with_generation(self, generation: Arc<CurrentGeneration>) -> Self {
        Self { generation, ..self }
    }

    /// Runs until `stop`. What is announced only makes it faster: what is missed, polling finds within a second.
    pub async fn run(mut self, stop: CancellationToken) -> anyhow::Result<()> {
        let mut ticks = tokio::time::interval(POLL);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut listening = true;
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                change = self.source.next(), if listening => match change {
                    Ok(Some(Change::Catalog { generation })) => self.advance(generation),
                    Ok(Some(Change::Host { host })) => self.cache.forget(&host).await,
                    Ok(None) => listening = false,
                    Err(error) => {
                        tracing::warn!(%error, "changes are not heard; polling goes on");
                        ticks.tick().await;
                        self.poll().await;
                    }
                },
                _ = ticks.tick() => self.poll().await,
            }
        }
    }

    fn advance(&self, generation: Generation) {
        self.cache.advance(generation);
        self.generation.advance(generation);
    }

    async fn poll(&mut self) {
        match self.lookup.generation().await {
            Ok(generation) => self.advance(generation),
            Err(error) => tracing::debug!(%error, "the generation of the catalog cannot be read"),
        }
    }
}
