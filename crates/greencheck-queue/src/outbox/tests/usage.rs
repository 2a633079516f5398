//! What callers with keys asked.

use super::*;

fn asked(key: i64) -> Usage {
    Usage { key, requests: 1, names: 3, ..samples::usage().remove(0) }
}

/// Requests and names of all keys that the queue has.
fn counted(sink: &FaultySink) -> (u64, u64) {
    let batches = sink.taken();
    let usage = batches.iter().flat_map(|batch| &batch.usage);
    usage.fold((0, 0), |sum, usage| (sum.0 + usage.requests, sum.1 + usage.names))
}

#[rstest]
#[tokio::test]
async fn usage_travels_with_the_checks_and_adds_up(
    #[values(Durability::SpoolFirst, Durability::AnswerFirst)] durability: Durability,
    #[values(Mode::Works, Mode::Fails, Mode::TakesAndFails)] first: Mode,
) {
    let bench = Bench::new(durability);
    let sink = Arc::clone(&bench.sink);
    sink.set(first);
    bench
        .run(|outbox| async move {
            for number in 0..100 {
                record(&outbox, [number]);
                outbox.count(asked(i64::try_from(number % 3).unwrap()));
            }
            tokio::time::timeout(PATIENCE, async {
                while sink.attempts() < 1 {
                    tokio::task::yield_now().await;
                }
            })
            .await
            .unwrap();
            sink.set(Mode::Works);
        })
        .await
        .unwrap();
    assert_eq!(counted(&bench.sink), (100, 300));
    for batch in bench.sink.taken() {
        assert!(batch.usage.len() <= 3, "each key, day and route once: {:?}", batch.usage);
        assert!(batch.len() <= 10, "the batch is not too long");
    }
    bench.assert_accounts(100);
}

#[tokio::test]
async fn usage_survives_a_process_that_is_killed() {
    let bench = Bench::new(Durability::SpoolFirst);
    let (outbox, task) = bench.open();
    record(&outbox, 0..3);
    outbox.count(asked(1));
    outbox.count(asked(2));
    record(&outbox, 3..4);
    outbox.count(asked(1));
    // Neither is dropped: their destructors would do what a killed process cannot. The locks have to go, though.
    let copy = tempfile::tempdir().unwrap();
    for file in bench.files() {
        std::fs::create_dir_all(copy.path().join("0")).unwrap();
        std::fs::copy(bench.dir.path().join("0").join(&file), copy.path().join("0").join(&file)).unwrap();
    }
    let next = Bench::new(Durability::SpoolFirst);
    let config = LogConfig { spool_dir: copy.path().to_owned(), ..next.config.clone() };
    let next = Bench { config, ..next };
    next.run(|_| async {}).await.unwrap();
    assert_eq!(stored(&next.sink), samples_of(0..4));
    assert_eq!(next.sink.taken()[0].usage, [Usage { requests: 2, names: 6, ..asked(1) }, asked(2)]);
    drop((outbox, task));
}

#[tokio::test]
async fn usage_that_is_lost_is_counted() {
    let bench = Bench::new(Durability::AnswerFirst);
    let (outbox, task) = bench.open();
    outbox.close();
    outbox.count(asked(1));
    assert_eq!((bench.metrics.usage_lost.get(), bench.metrics.dropped_checks()), (1, 0));
    drop(task);
}
