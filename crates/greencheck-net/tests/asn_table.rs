//! The table of origin AS numbers, while its file comes, changes and goes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use greencheck_core::Asn;
use greencheck_core::ports::OriginAsns;
use greencheck_net::{LocalOrigins, Metrics};
use greencheck_testkit::fakes::FakeOrigins;
use prometheus::Registry;
use tokio_util::sync::CancellationToken;

const ADDRESS: &str = "192.0.2.7";

/// Without a table, the address belongs to AS 64500.
fn open(path: &Path) -> Arc<LocalOrigins> {
    let elsewhere =
        Arc::new(FakeOrigins([(ADDRESS.parse().unwrap(), vec![Asn::new(64500).unwrap()])].into()));
    let metrics = Metrics::register(&Registry::new()).unwrap();
    Arc::new(LocalOrigins::open(path, elsewhere, metrics).unwrap())
}

async fn origins(table: &LocalOrigins) -> Vec<u32> {
    let found = table.origins(ADDRESS.parse().unwrap()).await.unwrap();
    found.into_iter().map(Asn::get).collect()
}

/// Waits, on paused time, for what the table says.
async fn until(table: &LocalOrigins, expected: &[u32]) {
    for _ in 0..100 {
        if origins(table).await == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("{:?} did not become {expected:?}", origins(table).await);
}

#[tokio::test(start_paused = true)]
async fn the_table_follows_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("asn.csv");
    let table = open(&path);
    assert_eq!(origins(&table).await, [64500], "without a file the other source is asked");
    let stop = CancellationToken::new();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(Arc::clone(&table).watch(stop.clone()));
    let write = |text: &str, second: u64| {
        std::fs::write(&path, text).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1_000_000 + second)).unwrap();
    };
    write("192.0.2.0,192.0.2.255,64501\n", 1);
    until(&table, &[64501]).await;
    write("192.0.2.0,192.0.2.6,64502\n192.0.2.7,192.0.2.7,64503\n", 2);
    until(&table, &[64503]).await;
    write("this is no table\n", 3);
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(origins(&table).await, [64503], "a file that cannot be read leaves the old table in place");
    std::fs::remove_file(&path).unwrap();
    until(&table, &[64500]).await;
    stop.cancel();
    tasks.join_next().await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn an_address_outside_the_table_has_no_origin_and_nobody_else_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("asn.csv");
    std::fs::write(&path, "198.51.100.0,198.51.100.255,64501\n").unwrap();
    assert_eq!(origins(&open(&path)).await, [0; 0]);
}
