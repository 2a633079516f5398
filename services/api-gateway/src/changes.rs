use std::sync::Arc;
use std::time::Duration;

use greencheck_core::ports::{AnswerCache, Change, ChangeSource, Lookup};
use greencheck_core::{CurrentGeneration, Generation};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// How often the generation is asked for at most: a lookup-service that cannot wait answers at once.
const POLL: Duration = Duration::from_secs(1);
/// How long it may wait for a newer one. A connection that is dead without saying so is noticed that late.
const WAIT: Duration = Duration::from_secs(10);

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

    /// Runs until `stop`. What is announced only makes it faster: what is missed, asking finds.
    pub async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let Self { cache, lookup, source, generation } = self;
        let current = Current { cache, generation };
        let follow = async { tokio::join!(current.listen(source), current.ask(lookup)) };
        stop.run_until_cancelled(follow).await;
        Ok(())
    }
}

/// What is kept honest.
struct Current {
    cache: Arc<dyn AnswerCache>,
    generation: Arc<CurrentGeneration>,
}

impl Current {
    /// As long as anything may be announced.
    async fn listen(&self, mut source: Box<dyn ChangeSource>) {
        loop {
            match source.next().await {
                Ok(Some(Change::Catalog { generation })) => self.advance(generation),
                Ok(Some(Change::Host { host })) => self.cache.forget(&host).await,
                Ok(None) => return,
                Err(error) => {
                    tracing::warn!(%error, "changes are not heard; the lookup-service is asked");
                    tokio::time::sleep(POLL).await;
                }
            }
        }
    }

    /// For ever.
    async fn ask(&self, lookup: Arc<dyn Lookup>) {
        let mut ticks = tokio::time::interval(POLL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match lookup.generation_after(self.generation.get(), WAIT).await {
                Ok(generation) => self.advance(generation),
                Err(error) => tracing::debug!(%error, "the generation of the catalog cannot be read"),
            }
        }
    }

    fn advance(&self, generation: Generation) {
        self.cache.advance(generation);
        self.generation.advance(generation);
    }
}
