//! What recording a check costs the thread that answers it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use greencheck_core::CheckBatch;
use greencheck_core::ports::{BatchSink, CheckRecorder, QueueError};
use greencheck_queue::{Durability, LogConfig, Metrics, Outbox};
use greencheck_testkit::contract::queue::samples;

/// A queue that costs nothing.
struct Instantly;

#[async_trait]
impl BatchSink for Instantly {
    async fn publish(&self, _: &CheckBatch) -> Result<(), QueueError> {
        Ok(())
    }
}

/// The time that `checks` records take on each of `threads` threads at once.
fn record(outbox: &Arc<Outbox>, threads: u64, checks: u64) -> Duration {
    let check = samples::check(12);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..checks {
                    outbox.record(check.clone());
                }
            });
        }
    });
    started.elapsed()
}

fn record_a_check(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("it starts");
    let mut group = criterion.benchmark_group("record");
    group.throughput(Throughput::Elements(1)).measurement_time(Duration::from_secs(4));
    for (name, durability) in
        [("answer_first", Durability::AnswerFirst), ("spool_first", Durability::SpoolFirst)]
    {
        for threads in [1, 2] {
            let dir = tempfile::tempdir().expect("a folder can be made");
            let config = LogConfig { durability, spool_dir: dir.path().to_owned(), ..LogConfig::default() };
            let metrics = Metrics::register(&prometheus::Registry::new()).expect("the registry is new");
            let (outbox, task) =
                Outbox::open(&config, Arc::new(Instantly), &metrics).expect("the folder is writable");
            let outbox = Arc::new(outbox);
            let running = runtime.handle().clone();
            let running = std::thread::spawn(move || running.block_on(task.run()));
            group.bench_function(BenchmarkId::new(name, threads), |bencher| {
                bencher.iter_custom(|checks| record(&outbox, threads, checks));
            });
            drop(outbox);
            running.join().expect("the task ends").expect("nothing is lost");
        }
    }
    group.finish();
}

criterion_group!(benches, record_a_check);
criterion_main!(benches);
