//! RabbitMQ keeps the promises of every queue. Needs `TEST_AMQP_URL`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::sync::Arc;
use std::time::Duration;

use greencheck_core::ports::{BatchSink, BatchSource, ChangeSource, QueueError};
use greencheck_core::{CheckBatch, ServerUrl};
use greencheck_queue::{AmqpQueue, Metrics, Queue, QueueConfig, Replayed, connect};
use greencheck_testkit::contract::queue as contract;
use greencheck_testkit::contract::queue::samples;
use lapin::options::{BasicGetOptions, BasicPublishOptions, ExchangeDeleteOptions, QueueDeleteOptions};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};

/// Queues of a test's own at the real broker.
struct Broker {
    queue: AmqpQueue,
    prefix: String,
    registry: prometheus::Registry,
}

#[expect(clippy::disallowed_methods, reason = "tests learn their servers from the environment")]
fn url() -> String {
    std::env::var("TEST_AMQP_URL")
        .expect("TEST_AMQP_URL names a RabbitMQ, for example amqp://guest:guest@127.0.0.1:5672/%2f")
}

impl Broker {
    fn new() -> Self {
        Self::with(QueueConfig::default())
    }

    fn with(config: QueueConfig) -> Self {
        let prefix = format!("test-{}", uuid::Uuid::now_v7());
        let config = QueueConfig { url: ServerUrl::new(url()), prefix: prefix.clone(), ..config };
        let registry = prometheus::Registry::new();
        let queue = AmqpQueue::connect(&config, &Metrics::register(&registry).unwrap()).unwrap();
        Self { queue, prefix, registry }
    }

    fn counted(&self, metric: &str) -> f64 {
        let families = self.registry.gather();
        let family = families.iter().find(|family| family.name() == metric);
        family.map_or(0.0, |family| {
            family.get_metric().iter().map(|metric| metric.get_counter().get_value()).sum()
        })
    }

    async fn channel(&self) -> Channel {
        let connection = Connection::connect(&url(), ConnectionProperties::default()).await.unwrap();
        connection.create_channel().await.unwrap()
    }

    async fn delete(self) {
        let channel = self.channel().await;
        for name in ["checks", "checks.dead", "refresh"] {
            let queue = format!("{}.{name}", self.prefix);
            channel.queue_delete(queue.into(), QueueDeleteOptions::default()).await.unwrap();
        }
        let exchange = format!("{}.changes", self.prefix);
        channel.exchange_delete(exchange.into(), ExchangeDeleteOptions::default()).await.unwrap();
    }
}

#[tokio::test]
async fn batches_come_in_order() {
    let broker = Broker::new();
    let (sink, source) = (broker.queue.batch_sink(), broker.queue.batch_source(10));
    contract::batches_come_in_order(Arc::new(sink), Box::new(source)).await;
    broker.delete().await;
}

#[tokio::test]
async fn many_batches_are_in_flight() {
    let broker = Broker::new();
    let (sink, source) = (broker.queue.batch_sink(), broker.queue.batch_source(10));
    contract::many_batches_are_in_flight(Arc::new(sink), Box::new(source)).await;
    broker.delete().await;
}

#[tokio::test]
async fn an_unsettled_batch_comes_again() {
    let broker = Broker::new();
    let sink = Arc::new(broker.queue.batch_sink());
    contract::an_unsettled_batch_comes_again(sink, || Box::new(broker.queue.batch_source(10))).await;
    broker.delete().await;
}

#[tokio::test]
async fn a_rejected_batch_does_not_come_again() {
    let broker = Broker::new();
    let sink = Arc::new(broker.queue.batch_sink());
    contract::a_rejected_batch_does_not_come_again(sink, || Box::new(broker.queue.batch_source(10))).await;
    assert!(dead_letter(&broker).await.contains(r#""h":"site-0.example.org""#));
    broker.delete().await;
}

#[tokio::test]
async fn taking_what_is_ready_loses_nothing() {
    let broker = Broker::new();
    let (sink, source) = (broker.queue.batch_sink(), broker.queue.batch_source(10));
    contract::taking_what_is_ready_loses_nothing(Arc::new(sink), Box::new(source)).await;
    broker.delete().await;
}

#[tokio::test]
async fn a_receipt_is_good_for_one_settling() {
    let broker = Broker::new();
    let (sink, source) = (broker.queue.batch_sink(), broker.queue.batch_source(1));
    contract::a_receipt_is_good_for_one_settling(Arc::new(sink), Box::new(source)).await;
    broker.delete().await;
}

#[tokio::test]
async fn changes_reach_every_source() {
    let broker = Broker::new();
    let sources = (0..3).map(|_| Box::new(broker.queue.change_source()) as Box<dyn ChangeSource>).collect();
    contract::changes_reach_every_source(Arc::new(broker.queue.change_sink()), sources).await;
    broker.delete().await;
}

#[tokio::test]
async fn a_full_refresh_queue_overflows() {
    let broker = Broker::with(QueueConfig { refresh_capacity: 5, ..QueueConfig::default() });
    let sink = Arc::new(broker.queue.refresh_sink());
    contract::a_full_refresh_queue_overflows(sink, || Box::new(broker.queue.refresh_source(10)), 5).await;
    assert!(broker.counted("greencheck_refresh_overflow_total") > 0.0);
    broker.delete().await;
}

#[tokio::test]
async fn an_unsettled_refresh_comes_again() {
    let broker = Broker::new();
    let sink = Arc::new(broker.queue.refresh_sink());
    contract::an_unsettled_refresh_comes_again(sink, || Box::new(broker.queue.refresh_source(10))).await;
    broker.delete().await;
}

/// The body of the next message in the dead-letter queue.
async fn dead_letter(broker: &Broker) -> String {
    let channel = broker.channel().await;
    let queue = format!("{}.checks.dead", broker.prefix);
    let waiting = async {
        loop {
            let got =
                channel.basic_get(queue.as_str().into(), BasicGetOptions { no_ack: true }).await.unwrap();
            match got {
                Some(message) => return String::from_utf8(message.delivery.data).unwrap(),
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("a dead letter arrives")
}

#[tokio::test]
async fn a_message_that_cannot_be_read_goes_to_the_dead_letter_queue() {
    let broker = Broker::new();
    let sink: Arc<dyn BatchSink> = Arc::new(broker.queue.batch_sink());
    contract::batches_come_in_order(Arc::clone(&sink), Box::new(broker.queue.batch_source(10))).await;
    let channel = broker.channel().await;
    let queue = format!("{}.checks", broker.prefix);
    let (options, properties) = (BasicPublishOptions::default(), BasicProperties::default());
    channel
        .basic_publish("".into(), queue.into(), options, b"no batch", properties)
        .await
        .unwrap()
        .await
        .unwrap();
    let good = samples::batch(2);
    sink.publish(&good).await.unwrap();
    let mut source = broker.queue.batch_source(10);
    let delivery = source.next().await.unwrap().unwrap();
    assert_eq!(delivery.batch, good);
    source.settle(vec![delivery.receipt]).await.unwrap();
    let dead = tokio::select! {
        dead = dead_letter(&broker) => dead,
        delivery = source.next() => panic!("{delivery:?} is no batch"),
    };
    assert_eq!(dead, "no batch");
    assert!((broker.counted("greencheck_dead_letters_total") - 1.0).abs() < f64::EPSILON);
    broker.delete().await;
}

/// A batch that the writer gave up, and a message that is none.
async fn two_dead_letters(broker: &Broker) -> CheckBatch {
    let (sink, mut source) = (broker.queue.batch_sink(), broker.queue.batch_source(10));
    let batch = samples::batch(3);
    sink.publish(&batch).await.unwrap();
    let delivery = source.next().await.unwrap().unwrap();
    source.reject(delivery.receipt, &delivery.batch, "no column \"v\"").await.unwrap();
    let (channel, queue) = (broker.channel().await, format!("{}.checks", broker.prefix));
    let (options, properties) = (BasicPublishOptions::default(), BasicProperties::default());
    let sent = channel.basic_publish("".into(), queue.into(), options, b"\x1b[2Jno batch", properties);
    sent.await.unwrap().await.unwrap();
    let refused = async {
        while broker.queue.dead_letters().list(10).await.unwrap().len() < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = refused => {}
        delivery = source.next() => panic!("{delivery:?} is no batch"),
    }
    batch
}

#[tokio::test]
async fn dead_letters_tell_why_and_looking_at_them_loses_none() {
    let broker = Broker::new();
    two_dead_letters(&broker).await;
    let letters = broker.queue.dead_letters();
    // More often than a broker gives a message back by default.
    for _ in 0..45 {
        let mut listed = letters.list(10).await.unwrap();
        listed.sort_by_key(|letter| letter.checks);
        let [unreadable, rejected] = &listed[..] else { panic!("{listed:?}") };
        assert_eq!((rejected.checks, rejected.reason.as_str()), (Some(3), "no column \"v\""));
        assert!(rejected.since.is_some() && rejected.begins.starts_with("{\"v\":1"), "{rejected:?}");
        assert_eq!((unreadable.checks, unreadable.bytes), (None, 12));
        assert_eq!(unreadable.begins, "\\u{1b}[2Jno batch");
        assert!(unreadable.reason.starts_with("expected value"), "{unreadable:?}");
    }
    assert_eq!(letters.list(1).await.unwrap().len(), 1);
    broker.delete().await;
}

#[tokio::test]
async fn replayed_dead_letters_are_batches_again() {
    let broker = Broker::new();
    let batch = two_dead_letters(&broker).await;
    let letters = broker.queue.dead_letters();
    let all = Replayed { messages: 1, checks: 3, unreadable: 1 };
    assert_eq!(letters.replay(usize::MAX, true).await.unwrap(), all);
    assert_eq!(letters.list(10).await.unwrap().len(), 2);
    assert_eq!(letters.replay(0, false).await.unwrap(), Replayed::default());
    assert_eq!(letters.replay(usize::MAX, false).await.unwrap(), all);
    let mut source = broker.queue.batch_source(10);
    let delivery = source.next().await.unwrap().unwrap();
    assert_eq!(delivery.batch, batch);
    source.settle(vec![delivery.receipt]).await.unwrap();
    assert_eq!(letters.list(10).await.unwrap().len(), 1);
    broker.delete().await;
}

#[tokio::test]
async fn a_broker_that_is_away_is_no_error_of_connecting() {
    // Port 9 on loopback: nobody listens there.
    let config =
        QueueConfig { url: ServerUrl::new("amqp://guest:secret@127.0.0.1:9/%2f"), ..QueueConfig::default() };
    let queue =
        AmqpQueue::connect(&config, &Metrics::register(&prometheus::Registry::new()).unwrap()).unwrap();
    assert!(!queue.is_connected());
    let refused = queue.batch_sink().publish(&samples::batch(1)).await;
    assert!(matches!(refused, Err(QueueError::Unavailable(_))));
    assert!(queue.batch_source(10).ready().await.unwrap().is_none());
}

#[tokio::test]
async fn the_scheme_of_the_url_picks_the_adapter() {
    let metrics = Metrics::register(&prometheus::Registry::new()).unwrap();
    let of =
        |url: &str| connect(&QueueConfig { url: ServerUrl::new(url), ..QueueConfig::default() }, &metrics);
    assert!(matches!(of("memory:").unwrap(), Queue::Memory(_)));
    assert!(matches!(of("amqp://127.0.0.1:9").unwrap(), Queue::Amqp(_)));
    assert!(matches!(of("amqps://127.0.0.1:9").unwrap(), Queue::Amqp(_)));
    let error = of("kafka://u:secret@host").err().unwrap().to_string();
    assert_eq!(error, r#"queue.url "kafka://u:***@host" has no known scheme: use memory:, amqp: or amqps:"#);
    let error = of("amqp://u:secret@host:port").err().unwrap().to_string();
    assert!(error.contains("u:***@host:port") && !error.contains("secret"), "{error}");
}
