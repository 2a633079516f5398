//! What every queue promises. Each function takes the ends of fresh, empty queues and panics where a promise is broken.

#![expect(clippy::unwrap_used, reason = "a broken promise is a panic")]

pub mod samples;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use greencheck_core::ports::{
    BatchSink, BatchSource, Change, ChangeSink, ChangeSource, Delivery, QueueError, RefreshJob, RefreshSink,
    RefreshSource, Requested,
};
use greencheck_core::{CheckBatch, Generation, Host};
use tokio::task::JoinSet;
use uuid::Uuid;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Short enough to try again often, long enough for a round trip.
const MOMENT: Duration = Duration::from_millis(200);

async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("{what}: nothing after {PATIENCE:?}"))
}

async fn next(source: &mut dyn BatchSource) -> Delivery {
    soon("the next batch", source.next()).await.unwrap().expect("the queue is open")
}

/// Publishes each batch in a task of its own, because publishing may last until the batch is settled.
fn publish_all(sink: &Arc<dyn BatchSink>, batches: &[CheckBatch]) -> JoinSet<Result<(), QueueError>> {
    let mut publishing = JoinSet::new();
    for batch in batches {
        let (sink, batch) = (Arc::clone(sink), batch.clone());
        publishing.spawn(async move { publish_when_connected(&*sink, &batch).await });
    }
    publishing
}

/// Tries again while the queue is not reachable yet.
async fn publish_when_connected(sink: &dyn BatchSink, batch: &CheckBatch) -> Result<(), QueueError> {
    loop {
        match sink.publish(batch).await {
            Err(QueueError::Unavailable(_)) => tokio::time::sleep(MOMENT / 10).await,
            settled => return settled,
        }
    }
}

async fn all_published(publishing: JoinSet<Result<(), QueueError>>) {
    for result in soon("publishing", publishing.join_all()).await {
        result.unwrap();
    }
}

/// What is published one after the other is delivered in that order, whole.
pub async fn batches_come_in_order(sink: Arc<dyn BatchSink>, mut source: Box<dyn BatchSource>) {
    let batches: Vec<_> = (1..=20).map(samples::batch_with_usage).collect();
    let sent = batches.clone();
    let mut publisher = JoinSet::new();
    publisher.spawn(async move {
        for batch in &sent {
            publish_when_connected(&*sink, batch).await?;
        }
        Ok(())
    });
    for batch in batches {
        let delivery = next(&mut *source).await;
        assert_eq!(delivery.batch, batch);
        assert!(!delivery.redelivered);
        source.settle(vec![delivery.receipt]).await.unwrap();
    }
    all_published(publisher).await;
}

/// Many batches are published at once, and settled in any grouping and order.
pub async fn many_batches_are_in_flight(sink: Arc<dyn BatchSink>, mut source: Box<dyn BatchSource>) {
    let batches: Vec<_> = (0..60).map(|_| samples::batch(3)).collect();
    let publishing = publish_all(&sink, &batches);
    let mut arrived = Vec::new();
    let mut receipts = Vec::new();
    for round in 0..batches.len() {
        let delivery = next(&mut *source).await;
        arrived.push(delivery.batch.id);
        receipts.push(delivery.receipt);
        if round % 3 == 2 {
            // The newest first, and the oldest of the three in a call of its own.
            let last = receipts.pop();
            source.settle(last.into_iter().collect()).await.unwrap();
            source.settle(std::mem::take(&mut receipts)).await.unwrap();
        }
    }
    all_published(publishing).await;
    arrived.sort_unstable();
    let mut sent: Vec<Uuid> = batches.iter().map(|batch| batch.id).collect();
    sent.sort_unstable();
    assert_eq!(arrived, sent);
}

/// A batch that its source did not settle before it was dropped is delivered to another source; a settled one is not.
pub async fn an_unsettled_batch_comes_again(
    sink: Arc<dyn BatchSink>,
    mut new_source: impl FnMut() -> Box<dyn BatchSource>,
) {
    let batches: Vec<_> = (0..4).map(|_| samples::batch(2)).collect();
    let publishing = publish_all(&sink, &batches);
    let mut first = new_source();
    let mut unsettled = Vec::new();
    for round in 0..4 {
        let delivery = next(&mut *first).await;
        if round == 2 {
            first.settle(vec![delivery.receipt]).await.unwrap();
        } else {
            unsettled.push(delivery.batch.id);
        }
    }
    drop(first);
    let mut second = new_source();
    let mut again = Vec::new();
    for _ in 0..3 {
        let delivery = next(&mut *second).await;
        assert!(delivery.redelivered);
        again.push(delivery.batch.id);
        second.settle(vec![delivery.receipt]).await.unwrap();
    }
    again.sort_unstable();
    unsettled.sort_unstable();
    assert_eq!(again, unsettled);
    all_published(publishing).await;
    nothing_comes(&mut *second).await;
}

/// A batch that was given up does not come again, not even to another source.
pub async fn a_rejected_batch_does_not_come_again(
    sink: Arc<dyn BatchSink>,
    mut new_source: impl FnMut() -> Box<dyn BatchSource>,
) {
    let batches = [samples::batch(1), samples::batch(1)];
    let publishing = publish_all(&sink, &batches);
    let mut first = new_source();
    let poison = next(&mut *first).await;
    let good = next(&mut *first).await;
    first.reject(poison.receipt, &poison.batch, "the contract suite wants to").await.unwrap();
    first.settle(vec![good.receipt]).await.unwrap();
    all_published(publishing).await;
    nothing_comes(&mut *first).await;
    drop(first);
    nothing_comes(&mut *new_source()).await;
}

/// `ready` gives what is there and never waits; a `next` that is dropped loses nothing.
pub async fn taking_what_is_ready_loses_nothing(sink: Arc<dyn BatchSink>, mut source: Box<dyn BatchSource>) {
    assert!(source.ready().await.unwrap().is_none());
    for _ in 0..20 {
        assert!(
            tokio::time::timeout(Duration::from_millis(5), source.next()).await.is_err(),
            "the queue is empty"
        );
    }
    let batches: Vec<_> = (0..5).map(|_| samples::batch(1)).collect();
    let publishing = publish_all(&sink, &batches);
    let mut arrived = 0;
    soon("five batches", async {
        while arrived < 5 {
            let patience = Duration::from_millis(1 + arrived);
            let taken = match source.ready().await.unwrap() {
                Some(delivery) => Some(delivery),
                None => {
                    tokio::time::timeout(patience, source.next()).await.ok().and_then(|next| next.unwrap())
                }
            };
            if let Some(delivery) = taken {
                arrived += 1;
                source.settle(vec![delivery.receipt]).await.unwrap();
            }
        }
    })
    .await;
    all_published(publishing).await;
}

/// Receipts that stand for nothing (any more) are ignored.
pub async fn a_receipt_is_good_for_one_settling(sink: Arc<dyn BatchSink>, mut source: Box<dyn BatchSource>) {
    let batches = [samples::batch(1), samples::batch(1)];
    let publishing = publish_all(&sink, &batches);
    let first = next(&mut *source).await;
    let stale = greencheck_core::ports::Receipt(first.receipt.0);
    source.settle(vec![first.receipt]).await.unwrap();
    source.settle(vec![stale]).await.unwrap();
    let second = next(&mut *source).await;
    assert_ne!(second.batch.id, first.batch.id);
    source.settle(vec![second.receipt]).await.unwrap();
    all_published(publishing).await;
}

async fn nothing_comes(source: &mut dyn BatchSource) {
    if let Ok(delivery) = tokio::time::timeout(MOMENT, source.next()).await {
        panic!("{delivery:?} came again");
    }
}

/// What is announced reaches every source that listens.
pub async fn changes_reach_every_source(sink: Arc<dyn ChangeSink>, sources: Vec<Box<dyn ChangeSource>>) {
    let changes = [
        Change::Catalog { generation: Generation(7) },
        Change::Host { host: Host::parse("www.example.org").unwrap() },
    ];
    let mut listening = JoinSet::new();
    for mut source in sources {
        listening.spawn(async move {
            let mut heard = Vec::new();
            while heard.len() < 2 {
                let change = source.next().await.unwrap().expect("the sink is still there");
                if !heard.contains(&change) {
                    heard.push(change);
                }
            }
            heard
        });
    }
    // A source hears what comes after it began to listen, so the changes are repeated until all have heard them.
    let announcing = async {
        loop {
            for change in &changes {
                sink.announce(change).await.ok();
            }
            tokio::time::sleep(MOMENT / 10).await;
        }
    };
    let heard = tokio::select! {
        heard = soon("all sources", listening.join_all()) => heard,
        () = announcing => unreachable!("it goes on for ever"),
    };
    for heard in heard {
        assert!(changes.iter().all(|change| heard.contains(change)));
    }
}

async fn request_when_connected(sink: &dyn RefreshSink, host: &Host) -> Requested {
    soon("a request", async {
        loop {
            match sink.request(host).await {
                Err(QueueError::Unavailable(_)) => tokio::time::sleep(MOMENT / 10).await,
                requested => return requested.unwrap(),
            }
        }
    })
    .await
}

async fn next_job(source: &mut dyn RefreshSource) -> RefreshJob {
    soon("the next job", source.next()).await.unwrap().expect("the queue is open")
}

/// A queue of `capacity` names turns the next one away, and takes it once there is room.
pub async fn a_full_refresh_queue_overflows(
    sink: Arc<dyn RefreshSink>,
    new_source: impl FnOnce() -> Box<dyn RefreshSource>,
    capacity: usize,
) {
    let hosts = samples::hosts(capacity + 1);
    for host in &hosts[..capacity] {
        assert_eq!(request_when_connected(&*sink, host).await, Requested::Queued);
    }
    assert_eq!(request_when_connected(&*sink, &hosts[capacity]).await, Requested::Overflow);
    let mut source = new_source();
    for host in &hosts[..capacity] {
        let job = next_job(&mut *source).await;
        assert_eq!(job.host, *host);
        source.settle(job.receipt).await.unwrap();
    }
    assert_eq!(request_when_connected(&*sink, &hosts[capacity]).await, Requested::Queued);
    assert_eq!(next_job(&mut *source).await.host, hosts[capacity]);
}

/// A job that its worker did not settle before it was dropped is given to another one.
pub async fn an_unsettled_refresh_comes_again(
    sink: Arc<dyn RefreshSink>,
    mut new_source: impl FnMut() -> Box<dyn RefreshSource>,
) {
    let hosts = samples::hosts(2);
    for host in &hosts {
        assert_eq!(request_when_connected(&*sink, host).await, Requested::Queued);
    }
    let mut first = new_source();
    let settled = next_job(&mut *first).await;
    first.settle(settled.receipt).await.unwrap();
    assert_eq!(next_job(&mut *first).await.host, hosts[1]);
    drop(first);
    let mut second = new_source();
    let again = next_job(&mut *second).await;
    assert_eq!(again.host, hosts[1]);
    second.settle(again.receipt).await.unwrap();
}
