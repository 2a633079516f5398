//! Loads on an HTTP server: as much as it takes, or so much a second.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::task::{JoinSet, LocalSet};

use crate::cores;
use crate::numbers::Numbers;
use crate::stats::{float, percentile};

mod connection;
mod pace;

pub(crate) use connection::{Connection, get};
use pace::Pace;

/// Writes one whole request.
pub(crate) type Write = Rc<dyn Fn(&mut Numbers, &mut Vec<u8>)>;

/// What is asked, of whom, and over how many connections. Every connection is kept and has one request under way.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    pub(crate) connections: u64,
    /// Any other status is a failure.
    pub(crate) status: u16,
    pub(crate) write: Write,
}

/// What came of a load.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    pub(crate) answered: u64,
    pub(crate) seconds: f64,
    /// From when each request should have been sent to its answer, in order; of a paced load only.
    pub(crate) latencies: Vec<Duration>,
}

impl Outcome {
    pub(crate) fn rate(&self) -> f64 {
        float(self.answered) / self.seconds
    }

    pub(crate) fn p99(&self) -> Duration {
        percentile(&self.latencies, 990)
    }

    pub(crate) fn p50(&self) -> Duration {
        percentile(&self.latencies, 500)
    }
}

impl Load {
    /// Each connection asks again as soon as it has its answer. For the greatest rate only: how long an answer takes would
    /// hide requests that were not sent meanwhile (coordinated omission).
    pub(crate) async fn flood(&self, window: Duration) -> anyhow::Result<Outcome> {
        let end = Instant::now() + window;
        self.each(move |mut connection, mut numbers, load| async move {
            let mut answered = 0;
            while Instant::now() < end {
                connection.ask(|out| (load.write)(&mut numbers, out), load.status).await?;
                answered += 1;
            }
            Ok((answered, Vec::new()))
        })
        .await
    }

    /// `rate` requests a second at times that are fixed beforehand; a request that finds no connection free waits, and
    /// its wait counts. What is asked in the warm-up is answered, and its latency not kept.
    pub(crate) async fn paced(&self, rate: f64, window: Duration) -> anyhow::Result<Outcome> {
        let pace = Rc::new(Pace::new(rate, window));
        self.each(move |mut connection, mut numbers, load| {
            let pace = Rc::clone(&pace);
            async move {
                let (mut answered, mut latencies) = (0, Vec::new());
                while let Some(due) = pace.next().await {
                    connection.ask(|out| (load.write)(&mut numbers, out), load.status).await?;
                    answered += 1;
                    latencies.extend(due.latency());
                }
                Ok((answered, latencies))
            }
        })
        .await
    }

    /// So many requests, one after the other on each connection; each by its number.
    pub(crate) async fn all(
        &self,
        count: u64,
        write: impl Fn(u64, &mut Vec<u8>) + 'static,
    ) -> anyhow::Result<Outcome> {
        let (next, write) = (Rc::new(std::cell::Cell::new(0)), Rc::new(write));
        self.each(move |mut connection, _, load| {
            let (next, write) = (Rc::clone(&next), Rc::clone(&write));
            async move {
                let mut answered = 0;
                while next.get() < count {
                    let number = next.replace(next.get() + 1);
                    connection.ask(|out| write(number, out), load.status).await?;
                    answered += 1;
                }
                Ok((answered, Vec::new()))
            }
        })
        .await
    }

    async fn each<F, R>(&self, work: F) -> anyhow::Result<Outcome>
    where
        F: Fn(Connection, Numbers, Self) -> R,
        R: Future<Output = anyhow::Result<(u64, Vec<Duration>)>> + 'static,
    {
        let mut connections = Vec::new();
        for _ in 0..self.connections {
            let open = Connection::open(self.address).await;
            connections.push(open.with_context(|| format!("{} takes no connection", self.address))?);
        }
        let (local, begun) = (LocalSet::new(), Instant::now());
        // Never asleep where it can afford it: the faster a server is the seldomer it would have to wake its clients, and
        // pay for that.
        let awake = cores::is_alone().then(|| local.spawn_local(stay_awake()));
        let mut tasks = JoinSet::new();
        for (seed, connection) in (0..).zip(connections) {
            tasks.spawn_local_on(work(connection, Numbers::seeded(seed), self.clone()), &local);
        }
        let mut outcome = local
            .run_until(async {
                let mut outcome = Outcome::default();
                while let Some(ended) = tasks.join_next().await {
                    let (answered, latencies) = ended??;
                    outcome.answered += answered;
                    outcome.latencies.extend(latencies);
                }
                if let Some(awake) = awake {
                    awake.abort();
                }
                anyhow::Ok(outcome)
            })
            .await?;
        outcome.seconds = begun.elapsed().as_secs_f64();
        outcome.latencies.sort_unstable();
        Ok(outcome)
    }
}

/// Calls one after the other, so many a second at times that are fixed beforehand; as [`Load::paced`] over one connection.
pub(crate) async fn paced(
    rate: f64,
    window: Duration,
    mut call: impl AsyncFnMut() -> anyhow::Result<()>,
) -> anyhow::Result<Outcome> {
    let (pace, begun) = (Pace::new(rate, window), Instant::now());
    let (mut answered, mut latencies) = (0, Vec::new());
    while let Some(due) = pace.next().await {
        call().await?;
        answered += 1;
        latencies.extend(due.latency());
    }
    latencies.sort_unstable();
    Ok(Outcome { answered, seconds: begun.elapsed().as_secs_f64(), latencies })
}

async fn stay_awake() {
    loop {
        tokio::task::yield_now().await;
    }
}
