use std::path::Path;
use std::time::Duration;

use greencheck_testkit::contract::queue::samples;
use greencheck_testkit::{FaultySink, Mode};
use rstest::rstest;
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::*;

mod usage;

const PATIENCE: Duration = Duration::from_secs(60);

/// An outbox with a queue that can be told to fail.
struct Bench {
    sink: Arc<FaultySink>,
    metrics: Metrics,
    config: LogConfig,
    dir: TempDir,
}

impl Bench {
    fn new(durability: Durability) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = LogConfig {
            durability,
            batch_max: 10,
            linger: Duration::from_millis(1),
            spool_dir: dir.path().to_owned(),
            drain: Duration::from_secs(30),
            ..LogConfig::default()
        };
        Self { sink: Arc::new(FaultySink::default()), metrics: Metrics::unregistered(), config, dir }
    }

    fn open(&self) -> (Outbox, OutboxTask) {
        let sink: Arc<FaultySink> = Arc::clone(&self.sink);
        Outbox::open(&self.config, sink, &self.metrics).unwrap()
    }

    /// Runs an outbox to its end while `during` uses it.
    async fn run<F: Future<Output = ()>>(
        &self,
        during: impl FnOnce(Arc<Outbox>) -> F,
    ) -> Result<Drained, OutboxError> {
        let (outbox, task) = self.open();
        let mut tasks = JoinSet::new();
        tasks.spawn(task.run());
        during(Arc::new(outbox)).await;
        tokio::time::timeout(PATIENCE, tasks.join_next()).await.unwrap().unwrap().unwrap()
    }

    /// `answered = stored + dropped`, exactly, and what is stored is stored once.
    fn assert_accounts(&self, recorded: usize) {
        assert_eq!(self.metrics.recorded.get(), recorded as u64);
        assert_eq!(self.sink.checks() as u64 + self.metrics.dropped_checks(), recorded as u64);
        assert_eq!(self.metrics.confirmed.get() + self.metrics.dropped_checks(), recorded as u64);
    }

    fn files(&self) -> Vec<String> {
        files(self.dir.path())
    }
}

/// What is in the slots but for the locks.
fn files(dir: &Path) -> Vec<String> {
    let slots = dir.read_dir().unwrap().map(|slot| slot.unwrap().path());
    let names = slots.flat_map(|slot| {
        slot.read_dir().unwrap().map(|file| file.unwrap().file_name().into_string().unwrap())
    });
    names.filter(|name| name != "lock").collect()
}

fn record(outbox: &Outbox, numbers: impl IntoIterator<Item = usize>) {
    for number in numbers {
        outbox.record(samples::check(number));
    }
}

fn stored(sink: &FaultySink) -> Vec<Check> {
    sink.taken().into_iter().flat_map(|batch| batch.checks).collect()
}

fn samples_of(numbers: impl IntoIterator<Item = usize>) -> Vec<Check> {
    numbers.into_iter().map(samples::check).collect()
}

#[rstest]
#[tokio::test]
async fn checks_are_published_in_order_and_in_batches(
    #[values(Durability::SpoolFirst, Durability::AnswerFirst)] durability: Durability,
) {
    let bench =
        Bench { config: LogConfig { window: 1, ..Bench::new(durability).config }, ..Bench::new(durability) };
    let drained = bench.run(|outbox| async move { record(&outbox, 0..95) }).await.unwrap();
    assert_eq!(drained, Drained::default());
    assert_eq!(stored(&bench.sink), samples_of(0..95));
    let sizes: Vec<_> = bench.sink.taken().iter().map(|batch| batch.checks.len()).collect();
    assert_eq!(sizes, [10, 10, 10, 10, 10, 10, 10, 10, 10, 5]);
    bench.assert_accounts(95);
    assert!(bench.files().is_empty(), "{:?}", bench.files());
}

#[tokio::test]
async fn a_batch_waits_no_longer_than_it_may() {
    let bench = Bench::new(Durability::SpoolFirst);
    let sink = Arc::clone(&bench.sink);
    bench
        .run(|outbox| async move {
            record(&outbox, 0..3);
            tokio::time::timeout(PATIENCE, sink.until_checks(3)).await.unwrap();
            assert_eq!(sink.taken().len(), 1);
        })
        .await
        .unwrap();
}

#[rstest]
#[tokio::test]
async fn an_outage_loses_nothing_and_doubles_nothing(
    #[values(Durability::SpoolFirst, Durability::AnswerFirst)] durability: Durability,
    #[values(Mode::Fails, Mode::TakesAndFails)] fault: Mode,
    #[values(20, 50_000)] buffer_max: usize,
) {
    let bench = Bench::new(durability);
    let bench = Bench { config: LogConfig { buffer_max, ..bench.config.clone() }, ..bench };
    let sink = Arc::clone(&bench.sink);
    bench
        .run(|outbox| async move {
            record(&outbox, 0..25);
            tokio::time::timeout(PATIENCE, sink.until_checks(25)).await.unwrap();
            sink.set(fault);
            record(&outbox, 25..400);
            tokio::time::timeout(PATIENCE, async {
                while sink.attempts() < 6 {
                    tokio::task::yield_now().await;
                }
            })
            .await
            .unwrap();
            record(&outbox, 400..500);
            sink.set(Mode::Works);
            record(&outbox, 500..600);
        })
        .await
        .unwrap();
    let mut stored = stored(&bench.sink);
    stored.sort_by_key(|check| check.checked_at);
    assert_eq!(stored, samples_of(0..600));
    bench.assert_accounts(600);
    assert_eq!(bench.metrics.dropped_checks(), 0);
    assert!(bench.files().is_empty(), "{:?}", bench.files());
}

#[tokio::test]
async fn a_killed_process_loses_nothing_with_spool_first() {
    let bench = Bench::new(Durability::SpoolFirst);
    bench.sink.set(Mode::Fails);
    for start in [0, 37, 74] {
        let (outbox, task) = bench.open();
        record(&outbox, start..start + 37);
        // Nothing is drained: the files are all that is left, as after `kill -9`.
        drop((task, outbox));
    }
    bench.sink.set(Mode::Works);
    let drained = bench.run(|outbox| async move { record(&outbox, 111..120) }).await.unwrap();
    assert_eq!(drained, Drained::default());
    let order: Vec<_> = stored(&bench.sink).iter().map(|check| check.checked_at).collect();
    assert!(order.is_sorted());
    assert_eq!(stored(&bench.sink), samples_of(0..120));
    assert!(bench.files().is_empty(), "{:?}", bench.files());
}

#[tokio::test]
async fn a_replayed_batch_has_the_id_and_content_it_was_published_with() {
    let bench = Bench::new(Durability::SpoolFirst);
    // The queue takes batches, and the process dies before it hears so.
    bench.sink.set(Mode::TakesAndFails);
    let (outbox, task) = bench.open();
    let mut tasks = JoinSet::new();
    tasks.spawn(task.run());
    record(&outbox, 0..100);
    tokio::time::timeout(PATIENCE, bench.sink.until_checks(10)).await.unwrap();
    tasks.shutdown().await;
    drop(outbox);
    bench.sink.set(Mode::Works);
    bench.run(|_| async {}).await.unwrap();
    // The sink compares the content of a batch whose id it has.
    assert!(bench.sink.repeated() > 0);
    assert_eq!(bench.sink.checks(), 100);
}

#[tokio::test]
async fn confirmed_batches_are_not_replayed() {
    let bench = Bench::new(Durability::SpoolFirst);
    let (outbox, task) = bench.open();
    let mut tasks = JoinSet::new();
    tasks.spawn(task.run());
    record(&outbox, 0..50);
    tokio::time::timeout(PATIENCE, async {
        while bench.metrics.confirmed.get() < 50 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    tasks.shutdown().await;
    drop(outbox);
    assert_eq!(bench.files().len(), 2, "a segment and its list: {:?}", bench.files());
    bench.run(|outbox| async move { record(&outbox, 50..51) }).await.unwrap();
    assert_eq!(bench.sink.repeated(), 0);
    assert_eq!(bench.sink.checks(), 51);
    assert!(bench.files().is_empty(), "{:?}", bench.files());
}

#[rstest]
#[tokio::test]
async fn a_stop_while_the_queue_is_away_leaves_the_rest_in_the_spool(
    #[values(Durability::SpoolFirst, Durability::AnswerFirst)] durability: Durability,
    #[values(Mode::Fails, Mode::Hangs)] fault: Mode,
) {
    let bench = Bench::new(durability);
    let bench =
        Bench { config: LogConfig { drain: Duration::from_millis(50), ..bench.config.clone() }, ..bench };
    bench.sink.set(fault);
    let drained = bench.run(|outbox| async move { record(&outbox, 0..95) }).await.unwrap();
    assert_eq!(drained.spooled_checks, 95);
    assert!(drained.spooled_batches >= 10);
    assert_eq!(bench.metrics.dropped_checks(), 0);
    bench.sink.set(Mode::Works);
    bench.run(|_| async {}).await.unwrap();
    let mut stored = stored(&bench.sink);
    stored.sort_by_key(|check| check.checked_at);
    assert_eq!(stored, samples_of(0..95));
    assert_eq!(bench.metrics.confirmed.get(), 95);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_neither_the_queue_nor_the_disk_takes_is_counted_exactly(
    #[values(Durability::SpoolFirst, Durability::AnswerFirst)] durability: Durability,
) {
    let bench = Bench::new(durability);
    let config = LogConfig { buffer_max: 100, spool_max_bytes: 20_000, ..bench.config.clone() };
    let bench = Bench { config, ..bench };
    bench.sink.set(Mode::Fails);
    let sink = Arc::clone(&bench.sink);
    bench
        .run(|outbox| async move {
            let mut threads = JoinSet::new();
            for thread in 0..4 {
                let outbox = Arc::clone(&outbox);
                threads.spawn_blocking(move || record(&outbox, thread * 1000..(thread + 1) * 1000));
            }
            threads.join_all().await;
            sink.set(Mode::Works);
        })
        .await
        .unwrap();
    assert!(bench.metrics.dropped.with_label_values(&["spool_full"]).get() > 0);
    assert!(bench.sink.checks() >= 100, "memory and spool are both used");
    bench.assert_accounts(4000);
    assert!(bench.files().is_empty(), "{:?}", bench.files());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_are_exact_while_the_queue_comes_and_goes() {
    let bench = Bench::new(Durability::SpoolFirst);
    let config = LogConfig { buffer_max: 300, spool_max_bytes: 60_000, ..bench.config.clone() };
    let bench = Bench { config, ..bench };
    let sink = Arc::clone(&bench.sink);
    bench
        .run(|outbox| async move {
            let mut threads = JoinSet::new();
            for thread in 0..4 {
                let outbox = Arc::clone(&outbox);
                threads.spawn_blocking(move || record(&outbox, thread * 5000..(thread + 1) * 5000));
            }
            let modes = [Mode::TakesAndFails, Mode::Fails, Mode::Works];
            for mode in modes.into_iter().cycle() {
                sink.set(mode);
                tokio::time::sleep(Duration::from_millis(2)).await;
                if threads.try_join_next().is_some() && threads.is_empty() {
                    break;
                }
            }
            sink.set(Mode::Works);
        })
        .await
        .unwrap();
    bench.assert_accounts(20_000);
}

#[tokio::test]
async fn a_check_after_the_end_is_counted_as_dropped() {
    let bench = Bench::new(Durability::SpoolFirst);
    bench
        .run(|outbox| async move {
            record(&outbox, 0..3);
            outbox.close();
            record(&outbox, 3..5);
        })
        .await
        .unwrap();
    assert_eq!(bench.metrics.dropped.with_label_values(&["closed"]).get(), 2);
    bench.assert_accounts(5);
}

#[tokio::test]
async fn two_processes_share_a_folder_and_a_dead_ones_spool_is_taken_over() {
    let bench = Bench::new(Durability::SpoolFirst);
    bench.sink.set(Mode::Fails);
    let (first, first_task) = bench.open();
    let (second, second_task) = bench.open();
    record(&first, 0..10);
    record(&second, 10..30);
    drop((second_task, second));
    bench.sink.set(Mode::Works);
    // The third takes the slot of the dead second one, and leaves the living first one alone.
    bench.run(|_| async {}).await.unwrap();
    assert_eq!(stored(&bench.sink), samples_of(10..30));
    drop((first_task, first));
    bench.run(|_| async {}).await.unwrap();
    assert_eq!(bench.sink.checks(), 30);
    assert_eq!(bench.sink.repeated(), 0);
}
