use std::path::Path;

use greencheck_core::ports::Snapshots;
use greencheck_objects::{SnapshotStorage, SnapshotsConfig};

use super::{bytes, listed};

fn storage(folder: &Path, public_url: &str) -> SnapshotStorage {
    let url = format!("file:{}", folder.display());
    let config = SnapshotsConfig { url, public_url: public_url.to_owned(), ..SnapshotsConfig::default() };
    SnapshotStorage::new(&config).unwrap()
}

#[tokio::test]
async fn a_folder_that_is_not_there_has_no_snapshots_and_stays_away() {
    let folder = tempfile::tempdir().unwrap();
    let away = folder.path().join("snapshots");
    let storage = storage(&away, "");
    assert_eq!(listed(&storage).await, []);
    assert!(storage.open("green_urls_2026-11-20.db".parse().unwrap()).await.unwrap().is_none());
    assert_eq!(storage.latest().await.unwrap(), None);
    assert!(!away.exists());
}

#[tokio::test]
async fn what_is_published_is_listed_newest_first_and_handed_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.tmp");
    let storage = storage(&folder.path().join("made").join("snapshots"), "https://files.example.com/green/");
    for (name, length) in [("green_urls_2026-11-20.db.gz", 3_000_000), ("green_urls_2026-11-21.db", 10)] {
        std::fs::write(&file, vec![b'x'; length]).unwrap();
        let mut sent = 0;
        storage.publish(name.parse().unwrap(), &file, |count| sent += count).await.unwrap();
        assert_eq!(sent, length as u64);
    }
    let expected =
        [("green_urls_2026-11-21.db".to_owned(), 10), ("green_urls_2026-11-20.db.gz".to_owned(), 3_000_000)];
    assert_eq!(listed(&storage).await, expected);
    let latest = storage.latest().await.unwrap().unwrap();
    assert_eq!(latest.link.as_deref(), Some("https://files.example.com/green/green_urls_2026-11-21.db"));
    let body = storage.open("green_urls_2026-11-20.db.gz".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(bytes(body).await, vec![b'x'; 3_000_000]);
    assert!(storage.fetch(latest.name, &file).await.unwrap());
    assert_eq!(std::fs::read(&file).unwrap(), vec![b'x'; 10]);
}

#[tokio::test]
async fn a_snapshot_is_replaced_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.tmp");
    let storage = storage(folder.path(), "");
    let name = "green_urls_2026-11-20.db".parse().unwrap();
    for text in ["the first", "2nd"] {
        std::fs::write(&file, text).unwrap();
        storage.publish(name, &file, |_| ()).await.unwrap();
        assert_eq!(listed(&storage).await, [("green_urls_2026-11-20.db".to_owned(), text.len() as u64)]);
        assert_eq!(bytes(storage.open(name).await.unwrap().unwrap()).await, text.as_bytes());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "no part stays behind");
}

#[tokio::test]
async fn other_files_of_the_folder_are_nobodys_business() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["greencheck.db", "green_urls_latest.db", ".hidden", "green_urls_2026-11-20.db.part"] {
        std::fs::write(folder.path().join(name), "secret").unwrap();
    }
    std::fs::create_dir(folder.path().join("green_urls_2026-11-19.db")).unwrap();
    std::fs::create_dir(folder.path().join("below")).unwrap();
    std::fs::write(folder.path().join("below").join("green_urls_2026-11-18.db"), "deep").unwrap();
    assert_eq!(listed(&storage(folder.path(), "")).await, []);
}
