use std::sync::Arc;

use greencheck_core::ports::{Catalogs, StoreError, Verdicts};
use greencheck_store::{Migrate, SqliteStore, Store, StoreConfig, connect};
use greencheck_testkit::contract::store::Subject;
use greencheck_testkit::contract::store::samples::{catalog, host, verdict};
use greencheck_testkit::store_contract;

use super::databases::File;
use super::tables::OfFile;

store_contract!(open());

async fn open() -> Subject {
    let file = File::new();
    let store = SqliteStore::open(&file.config()).await.unwrap();
    store.migrate().await.unwrap();
    Subject::new(Arc::new(store), Arc::new(OfFile(file.path())), file)
}

#[tokio::test]
async fn the_folder_and_the_file_are_created() {
    let file = File::new();
    let store = connect(&file.config()).await.unwrap();
    let names = store.pending().await.unwrap();
    assert!(names[0].ends_with("_create_catalog"), "{names:?}");
    assert_eq!(store.migrate().await.unwrap(), names);
    assert_eq!(store.pending().await.unwrap(), Vec::<String>::new());
    assert_eq!(store.migrate().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn two_processes_write_to_one_file_and_see_each_other() {
    let file = File::new();
    let first = connect(&file.config()).await.unwrap();
    let second = connect(&file.config()).await.unwrap();
    let missing = first.pending().await.unwrap().len();
    let (one, other) = tokio::join!(first.migrate(), second.migrate());
    assert_eq!(one.unwrap().len() + other.unwrap().len(), missing, "one of them did the work");
    let write = async |store: &dyn Store, side: &str| {
        for number in 0..100 {
            Verdicts::put(store, &verdict(&format!("n{number}.{side}.example.com"))).await.unwrap();
        }
    };
    tokio::join!(write(&*first, "first"), write(&*second, "second"));
    let hosts = [host("n99.first.example.com"), host("n99.second.example.com")];
    assert_eq!(first.by_hosts(&hosts).await.unwrap().len(), 2);
    assert_eq!(second.by_hosts(&hosts).await.unwrap().len(), 2);
    first.import(&catalog()).await.unwrap();
    assert_eq!(second.generation().await.unwrap(), first.generation().await.unwrap());
}

#[tokio::test]
async fn readers_go_on_while_a_writer_holds_the_file() {
    let file = File::new();
    let store = connect(&StoreConfig { pool_size: 1, ..file.config() }).await.unwrap();
    store.migrate().await.unwrap();
    Verdicts::put(&*store, &verdict("example.com")).await.unwrap();
    let mut writer = file.connection();
    diesel::connection::SimpleConnection::batch_execute(&mut writer, "BEGIN IMMEDIATE").unwrap();
    assert_eq!(store.by_hosts(&[host("example.com")]).await.unwrap().len(), 1);
    diesel::connection::SimpleConnection::batch_execute(&mut writer, "ROLLBACK").unwrap();
}

#[tokio::test]
async fn a_lock_that_does_not_end_is_unavailable_and_a_missing_table_is_not() {
    let file = File::new();
    let config = StoreConfig { acquire_timeout: std::time::Duration::from_millis(50), ..file.config() };
    let store = SqliteStore::open(&config).await.unwrap();
    assert!(matches!(store.generation().await, Err(StoreError::Query(_))));
    let mut writer = file.connection();
    diesel::connection::SimpleConnection::batch_execute(&mut writer, "BEGIN IMMEDIATE").unwrap();
    assert!(matches!(store.migrate().await, Err(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn the_pool_says_how_busy_it_is() {
    let file = File::new();
    let store = SqliteStore::open(&file.config()).await.unwrap();
    store.migrate().await.unwrap();
    store.generation().await.unwrap();
    let status = store.pool_status();
    assert_eq!((status.size, status.in_use, status.max, status.waiting), (2, 0, 5, 0));
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_unavailable() {
    let file = File::new();
    std::fs::create_dir_all(file.path()).unwrap();
    assert!(matches!(SqliteStore::open(&file.config()).await, Err(StoreError::Unavailable(_))));
}
