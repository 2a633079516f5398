//! The in-process queue keeps the promises of every queue, and its own.

use std::sync::Arc;
use std::time::Duration;

use greencheck_core::ports::{BatchSink, BatchSource, ChangeSource, RefreshSink, RefreshSource, Requested};
use greencheck_queue::{MemoryQueue, Metrics, QueueConfig};
use greencheck_testkit::contract::queue as contract;
use greencheck_testkit::contract::queue::samples;
use tokio::task::JoinSet;

fn queue() -> MemoryQueue {
    queue_of(&QueueConfig::default())
}

fn queue_of(config: &QueueConfig) -> MemoryQueue {
    MemoryQueue::new(config, &Metrics::register(&prometheus::Registry::new()).expect("the registry is new"))
}

/// Waits for a condition that other tasks bring about.
async fn eventually(condition: impl Fn() -> bool) {
    tokio::time::timeout(Duration::from_secs(20), async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the condition comes true");
}

#[tokio::test]
async fn batches_come_in_order() {
    let queue = queue();
    contract::batches_come_in_order(Arc::new(queue.batch_sink()), Box::new(queue.batch_source())).await;
}

#[tokio::test]
async fn many_batches_are_in_flight() {
    let queue = queue();
    contract::many_batches_are_in_flight(Arc::new(queue.batch_sink()), Box::new(queue.batch_source())).await;
}

#[tokio::test]
async fn an_unsettled_batch_comes_again() {
    let queue = queue();
    contract::an_unsettled_batch_comes_again(Arc::new(queue.batch_sink()), || Box::new(queue.batch_source()))
        .await;
}

#[tokio::test]
async fn a_rejected_batch_does_not_come_again() {
    let dir = tempfile::tempdir().unwrap();
    let queue = queue_of(&QueueConfig { dead_letter_dir: dir.path().join("dead"), ..QueueConfig::default() });
    contract::a_rejected_batch_does_not_come_again(Arc::new(queue.batch_sink()), || {
        Box::new(queue.batch_source())
    })
    .await;
    let letters: Vec<_> =
        dir.path().join("dead").read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(letters.len(), 1);
    assert!(std::fs::read_to_string(&letters[0]).unwrap().contains(r#""h":"site-0.example.org""#));
}

#[tokio::test]
async fn taking_what_is_ready_loses_nothing() {
    let queue = queue();
    contract::taking_what_is_ready_loses_nothing(
        Arc::new(queue.batch_sink()),
        Box::new(queue.batch_source()),
    )
    .await;
}

#[tokio::test]
async fn a_receipt_is_good_for_one_settling() {
    let queue = queue();
    contract::a_receipt_is_good_for_one_settling(
        Arc::new(queue.batch_sink()),
        Box::new(queue.batch_source()),
    )
    .await;
}

#[tokio::test]
async fn changes_reach_every_source() {
    let queue = queue();
    let sources = (0..3).map(|_| Box::new(queue.change_source()) as Box<dyn ChangeSource>).collect();
    contract::changes_reach_every_source(Arc::new(queue.change_sink()), sources).await;
}

#[tokio::test]
async fn a_full_refresh_queue_overflows() {
    let queue = queue_of(&QueueConfig { refresh_capacity: 5, ..QueueConfig::default() });
    contract::a_full_refresh_queue_overflows(
        Arc::new(queue.refresh_sink()),
        || Box::new(queue.refresh_source()),
        5,
    )
    .await;
}

#[tokio::test]
async fn an_unsettled_refresh_comes_again() {
    let queue = queue();
    contract::an_unsettled_refresh_comes_again(Arc::new(queue.refresh_sink()), || {
        Box::new(queue.refresh_source())
    })
    .await;
}

#[tokio::test]
async fn publishing_waits_when_the_queue_is_full() {
    let queue = queue_of(&QueueConfig { capacity: 2, ..QueueConfig::default() });
    let mut publishing = JoinSet::new();
    for _ in 0..5 {
        let sink = queue.batch_sink();
        publishing.spawn(async move { sink.publish(&samples::batch(1)).await });
    }
    eventually(|| queue.waiting_batches() == 2).await;
    let mut source = queue.batch_source();
    for _ in 0..5 {
        let delivery = source.next().await.unwrap().unwrap();
        assert!(queue.waiting_batches() <= 2);
        source.settle(vec![delivery.receipt]).await.unwrap();
    }
    assert!(publishing.join_all().await.iter().all(Result::is_ok));
}

#[tokio::test]
async fn publishing_ends_when_the_batch_is_stored_and_not_before() {
    let queue = queue();
    let sink = queue.batch_sink();
    let mut source = queue.batch_source();
    let batch = samples::batch(1);
    let mut publishing = Box::pin(sink.publish(&batch));
    let delivery = tokio::select! {
        delivery = source.next() => delivery.unwrap().unwrap(),
        _ = &mut publishing => panic!("the batch is not stored yet"),
    };
    tokio::select! {
        biased;
        _ = &mut publishing => panic!("the batch is not stored yet"),
        () = tokio::task::yield_now() => {}
    }
    source.settle(vec![delivery.receipt]).await.unwrap();
    publishing.await.unwrap();
}

#[tokio::test]
async fn sources_end_when_everything_is_delivered_and_no_sink_is_left() {
    let queue = queue();
    let mut source = queue.batch_source();
    let sink = queue.batch_sink();
    let mut changes = queue.change_source();
    let mut refreshes = queue.refresh_source();
    assert_eq!(queue.refresh_sink().request(&samples::hosts(1)[0]).await.unwrap(), Requested::Queued);
    drop(queue);
    let mut publishing = JoinSet::new();
    publishing.spawn(async move { sink.publish(&samples::batch(1)).await });
    let delivery = source.next().await.unwrap().unwrap();
    source.settle(vec![delivery.receipt]).await.unwrap();
    assert!(publishing.join_all().await.iter().all(Result::is_ok));
    assert!(source.next().await.unwrap().is_none());
    assert!(changes.next().await.unwrap().is_none());
    assert!(refreshes.next().await.unwrap().is_some());
    assert!(refreshes.next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_source_waits_for_what_another_one_may_give_back() {
    let queue = queue();
    let mut first = queue.batch_source();
    let mut second = queue.batch_source();
    let sink = queue.batch_sink();
    drop(queue);
    let mut publishing = JoinSet::new();
    publishing.spawn(async move { sink.publish(&samples::batch(1)).await });
    let taken = first.next().await.unwrap().unwrap();
    publishing.abort_all();
    while publishing.join_next().await.is_some() {}
    let mut waiting = Box::pin(second.next());
    tokio::select! {
        biased;
        _ = &mut waiting => panic!("the batch may come back"),
        () = tokio::task::yield_now() => {}
    }
    drop(first);
    let delivery = waiting.await.unwrap().unwrap();
    assert_eq!(delivery.batch.id, taken.batch.id);
    assert!(delivery.redelivered);
}
