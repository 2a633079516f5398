//! Checks that outlast the request that asked for them.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::CheckFlight;

/// How many checks may wait to be taken on, and how many are carried on at once.
const WAITING: usize = 1_000;
const CARRIED: usize = 10_000;

/// Carries checks on that took longer than a badge could wait, so that the next badge has their result.
pub struct LateChecks {
    late: mpsc::Receiver<CheckFlight>,
}

impl LateChecks {
    pub(super) fn new() -> (mpsc::Sender<CheckFlight>, Self) {
        let (sender, late) = mpsc::channel(WAITING);
        (sender, Self { late })
    }

    /// Runs until `stop`, or until nobody can hand it a check any more and all are done.
    pub async fn run(mut self, stop: CancellationToken) -> anyhow::Result<()> {
        let mut carried = FuturesUnordered::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                flight = self.late.recv(), if carried.len() < CARRIED => match flight {
                    Some(flight) => carried.push(flight),
                    None if carried.is_empty() => return Ok(()),
                    None => { carried.next().await; }
                },
                Some(_) = carried.next() => {}
            }
        }
    }
}
