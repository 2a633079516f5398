use std::time::Duration;

use greencheck_core::ports::Snapshots;
use greencheck_objects::{SnapshotStorage, SnapshotsConfig};

use super::server::TestBucket;
use super::{bytes, listed};

fn storage(endpoint: &str, url: &str) -> SnapshotStorage {
    let config = SnapshotsConfig {
        url: url.to_owned(),
        s3_endpoint: endpoint.to_owned(),
        s3_access_key_id: "AKIA".to_owned(),
        s3_secret_access_key: "hunter2".into(),
        timeout: Duration::from_secs(2),
        ..SnapshotsConfig::default()
    };
    SnapshotStorage::new(&config).unwrap()
}

#[tokio::test]
async fn a_bucket_keeps_what_is_published() {
    let server = TestBucket::start().await;
    server.put("live/green_urls_2026-11-19.db.gz", b"old");
    server.put("live/index.html", b"page");
    server.put("other/green_urls_2026-11-30.db", b"not ours");
    let storage = storage(&format!("http://{}", server.address), "s3://green/live");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.db.gz");
    std::fs::write(&file, "new bytes").unwrap();
    let name = "green_urls_2026-11-20.db.gz".parse().unwrap();
    storage.publish(name, &file, |_| ()).await.unwrap();
    let expected =
        [("green_urls_2026-11-20.db.gz".to_owned(), 9), ("green_urls_2026-11-19.db.gz".to_owned(), 3)];
    assert_eq!(listed(&storage).await, expected);
    assert_eq!(bytes(storage.open(name).await.unwrap().unwrap()).await, b"new bytes");
    assert!(storage.open("green_urls_2020-01-01.db".parse().unwrap()).await.unwrap().is_none());
    let requests = server.requests();
    assert!(requests.iter().all(|(_, signed)| *signed), "{requests:?}");
    assert!(
        requests.iter().any(|(line, _)| line == "PUT /green/live/green_urls_2026-11-20.db.gz"),
        "{requests:?}"
    );
}

#[tokio::test]
async fn a_bucket_that_refuses_or_is_away_is_an_error_in_time() {
    let server = TestBucket::start().await;
    server.refuse();
    let storage_of = |endpoint: &str| storage(endpoint, "s3:green");
    let refused = storage_of(&format!("http://{}", server.address)).list().await.unwrap_err();
    assert!(!refused.0.to_string().contains("hunter2"), "{refused:?}");
    // Port 1 of loopback answers nobody.
    assert!(storage_of("http://127.0.0.1:1").list().await.is_err());
}
