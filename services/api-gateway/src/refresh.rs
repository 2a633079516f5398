use std::sync::Arc;
use std::time::Duration;

use greencheck_core::Host;
use greencheck_core::ports::{RefreshSink, Requested};
use moka::sync::Cache;
use tokio::sync::mpsc;

use crate::Metrics;

/// A name is asked for once within this time, however often it is checked.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(600);
/// How many names are remembered as asked for.
const REMEMBERED: u64 = 100_000;
/// How many requests may wait for the queue.
const WAITING: usize = 1_000;

/// Asks for refreshes from the hot path: remembers, drops when full, never waits.
pub struct RefreshRequests {
    asked: Cache<Host, ()>,
    waiting: mpsc::Sender<Host>,
    metrics: Metrics,
}

impl RefreshRequests {
    pub(crate) fn request(&self, host: &Host) {
        if self.asked.contains_key(host) {
            return;
        }
        self.asked.insert(host.clone(), ());
        if self.waiting.try_send(host.clone()).is_err() {
            self.metrics.refresh_requested(Requested::Overflow);
        }
    }
}

/// Carries the requests to the queue.
pub struct RefreshForwarder {
    waiting: mpsc::Receiver<Host>,
    sink: Arc<dyn RefreshSink>,
    metrics: Metrics,
}

impl RefreshForwarder {
    /// A forwarder to `sink` and the requests that it forwards.
    pub fn new(sink: Arc<dyn RefreshSink>, metrics: Metrics) -> (RefreshRequests, Self) {
        let (sender, waiting) = mpsc::channel(WAITING);
        let asked = Cache::builder().max_capacity(REMEMBERED).time_to_live(ASK_AGAIN_AFTER).build();
        (
            RefreshRequests { asked, waiting: sender, metrics: metrics.clone() },
            Self { waiting, sink, metrics },
        )
    }

    /// Runs until the gateway is gone. A request that the queue does not take is not repeated: the next check of the
    /// name asks again.
    pub async fn run(mut self) -> anyhow::Result<()> {
        while let Some(host) = self.waiting.recv().await {
            match self.sink.request(&host).await {
                Ok(requested) => self.metrics.refresh_requested(requested),
                Err(error) => self.metrics.refresh_failed(&error),
            }
        }
        Ok(())
    }
}
