//! RabbitMQ goes away under load and comes back: every check arrives, under one batch id. Needs `TEST_AMQP_URL`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use greencheck_core::ports::{BatchSource, CheckRecorder};
use greencheck_core::{Check, ServerUrl};
use greencheck_queue::{AmqpQueue, Drained, Durability, LogConfig, Metrics, Outbox, QueueConfig};
use greencheck_testkit::contract::queue::samples;
use lapin::options::{ExchangeDeleteOptions, QueueDeleteOptions};
use lapin::uri::AMQPUri;
use lapin::{Connection, ConnectionProperties};
use rstest::rstest;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(60);

#[expect(clippy::disallowed_methods, reason = "tests learn their servers from the environment")]
fn url() -> String {
    std::env::var("TEST_AMQP_URL")
        .expect("TEST_AMQP_URL names a RabbitMQ, for example amqp://guest:guest@127.0.0.1:5672/%2f")
}

/// A way to the broker that can be cut.
struct Wire {
    broker: (String, u16),
    here: SocketAddr,
    open: JoinSet<()>,
}

impl Wire {
    async fn to(broker: &AMQPUri) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap();
        let broker = (broker.authority.host.clone(), broker.authority.port);
        let mut open = JoinSet::new();
        open.spawn(forward(listener, broker.clone()));
        Self { broker, here, open }
    }

    /// Ends all connections; new ones are refused.
    async fn cut(&mut self) {
        self.open.shutdown().await;
    }

    async fn mend(&mut self) {
        let listener = TcpListener::bind(self.here).await.unwrap();
        self.open.spawn(forward(listener, self.broker.clone()));
    }
}

async fn forward(listener: TcpListener, broker: (String, u16)) {
    let mut connections = JoinSet::new();
    loop {
        let (mut near, _) = listener.accept().await.unwrap();
        let broker = broker.clone();
        connections.spawn(async move {
            if let Ok(mut far) = TcpStream::connect(broker).await {
                tokio::io::copy_bidirectional(&mut near, &mut far).await.ok();
            }
        });
    }
}

/// What a log would have: each batch once, whatever comes again.
async fn collect(mut source: impl BatchSource, checks: usize) -> HashMap<Uuid, Vec<Check>> {
    let mut log: HashMap<Uuid, Vec<Check>> = HashMap::new();
    while log.values().map(Vec::len).sum::<usize>() < checks {
        let delivery = source.next().await.unwrap().unwrap();
        let stored = log.entry(delivery.batch.id).or_insert_with(|| delivery.batch.checks.clone());
        assert_eq!(*stored, delivery.batch.checks, "a batch came again with another content");
        source.settle(vec![delivery.receipt]).await.unwrap();
    }
    log
}

async fn until(condition: impl Fn() -> bool) {
    tokio::time::timeout(PATIENCE, async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await
    .expect("the condition comes true");
}

/// Records `numbers` with short breaks, as a busy process does.
async fn record(outbox: &Outbox, numbers: std::ops::Range<usize>) {
    for number in numbers {
        outbox.record(samples::check(number));
        if number.is_multiple_of(50) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_goes_away_under_load_costs_no_check(
    #[values(Durability::SpoolFirst, Durability::AnswerFirst)] durability: Durability,
) {
    let broker = AMQPUri::from_str(&url()).unwrap();
    let mut wire = Wire::to(&broker).await;
    let user = &broker.authority.userinfo;
    let near = format!(
        "amqp://{}:{}@{}/{}",
        user.username,
        user.password,
        wire.here,
        if broker.vhost == "/" { "%2f" } else { &broker.vhost }
    );
    let prefix = format!("test-{}", Uuid::now_v7());
    let config = QueueConfig { url: ServerUrl::new(near), prefix: prefix.clone(), ..QueueConfig::default() };
    let metrics = Metrics::register(&prometheus::Registry::new()).unwrap();
    let queue = AmqpQueue::connect(&config, &metrics).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let config = LogConfig {
        durability,
        batch_max: 50,
        linger: Duration::from_millis(2),
        spool_dir: dir.path().to_owned(),
        drain: PATIENCE,
        ..LogConfig::default()
    };
    let (outbox, task) = Outbox::open(&config, Arc::new(queue.batch_sink()), &metrics).unwrap();
    let mut publishing = JoinSet::new();
    publishing.spawn(task.run());
    let mut log = JoinSet::new();
    log.spawn(collect(queue.batch_source(20), 12_000));

    until(|| queue.is_connected()).await;
    record(&outbox, 0..4_000).await;
    wire.cut().await;
    record(&outbox, 4_000..6_000).await;
    until(|| !queue.is_connected()).await;
    record(&outbox, 6_000..10_000).await;
    wire.mend().await;
    record(&outbox, 10_000..12_000).await;
    drop(outbox);

    let drained = tokio::time::timeout(PATIENCE, publishing.join_next()).await.unwrap().unwrap().unwrap();
    assert_eq!(drained.unwrap(), Drained::default());
    let log = tokio::time::timeout(PATIENCE, log.join_next()).await.unwrap().unwrap().unwrap();
    let mut arrived: Vec<_> = log.into_values().flatten().map(|check| check.checked_at).collect();
    arrived.sort_unstable();
    arrived.dedup();
    assert_eq!(arrived.len(), 12_000);

    let connection = Connection::connect(&url(), ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    for name in ["checks", "checks.dead", "refresh"] {
        channel.queue_delete(format!("{prefix}.{name}").into(), QueueDeleteOptions::default()).await.unwrap();
    }
    channel
        .exchange_delete(format!("{prefix}.changes").into(), ExchangeDeleteOptions::default())
        .await
        .unwrap();
}
