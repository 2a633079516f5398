use std::sync::Arc;

use greencheck_core::Host;
use greencheck_core::ports::{AnswerCache, Lookup};
use tokio_util::sync::CancellationToken;

use crate::CacheTimes;

/// Renews what callers ask for before this process lets it end: refresh-ahead, as caches call it.
///
/// What was kept together ends together. Were each of these names looked up only when a caller waits for it, some seconds
/// of every `cache.local_ttl` would be slow for everybody.
pub struct Renewal {
    cache: Arc<dyn AnswerCache>,
    lookup: Arc<dyn Lookup>,
    times: CacheTimes,
}

impl Renewal {
    pub fn new(cache: Arc<dyn AnswerCache>, lookup: Arc<dyn Lookup>, times: CacheTimes) -> Self {
        Self { cache, lookup, times }
    }

    /// Runs until `stop`.
    pub async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let renew = async {
            loop {
                self.renew(&self.cache.due().await).await;
            }
        };
        stop.run_until_cancelled(renew).await;
        Ok(())
    }

    /// With what is stored; the rest ends, and is looked up when it is asked for again.
    async fn renew(&self, hosts: &[Host]) {
        let token = self.cache.begin_fill();
        match self.lookup.stored(hosts).await {
            Ok(stored) => {
                for answer in stored.into_iter().flatten() {
                    let ttl = self.times.of(&answer.verdict);
                    self.cache.keep(Arc::new(answer), token, ttl).await;
                }
            }
            Err(error) => tracing::debug!(%error, names = hosts.len(), "answers are not renewed"),
        }
    }
}
