use std::sync::Arc;

use greencheck_core::ports::{Catalogs, SnapshotImport, StoreError, Verdicts};
use greencheck_store::{Migrate, PgStore, Store, StoreConfig, connect};
use greencheck_testkit::contract::store::Subject;
use greencheck_testkit::contract::store::samples::{host, row, verdict};
use greencheck_testkit::store_contract;

use super::databases::{Schema, execute, server};
use super::tables::OfSchema;

store_contract!(open());

async fn open() -> Subject {
    let schema = Schema::new();
    let store = PgStore::connect(&schema.config()).await.unwrap();
    store.migrate().await.unwrap();
    Subject::new(Arc::new(store), Arc::new(OfSchema(schema.url())), schema)
}

#[tokio::test]
async fn replicas_that_migrate_at_once_do_it_once() {
    let schema = Schema::new();
    let config = schema.config();
    let stores =
        tokio::join!(PgStore::connect(&config), PgStore::connect(&config), PgStore::connect(&config));
    let (first, second, third) = (stores.0.unwrap(), stores.1.unwrap(), stores.2.unwrap());
    let missing = first.pending().await.unwrap().len();
    let done = tokio::join!(first.migrate(), second.migrate(), third.migrate());
    let total = done.0.unwrap().len() + done.1.unwrap().len() + done.2.unwrap().len();
    assert_eq!(total, missing);
    assert_eq!(first.pending().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn connections_that_the_server_ended_are_replaced() {
    let schema = Schema::new();
    let config = StoreConfig {
        application_name: schema.url().rsplit('_').next().unwrap().to_owned(),
        ..schema.config()
    };
    let store = connect(&config).await.unwrap();
    store.migrate().await.unwrap();
    let answers = tokio::join!(store.generation(), store.generation(), store.generation());
    answers.0.and(answers.1).and(answers.2).unwrap();
    assert!(store.pool_status().size > 1);
    let end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name";
    execute(&server(), format!("{end} = '{}'", config.application_name));
    // At most one call per connection may still meet a dying one before its driver has noticed.
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
    loop {
        match store.generation().await {
            Ok(_) => break,
            Err(error) => assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}"),
        }
        assert!(tokio::time::Instant::now() < deadline, "the pool hands out dead connections");
    }
    for _ in 0..8 {
        store.generation().await.unwrap();
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_and_no_password_shows() {
    let config =
        StoreConfig { url: "postgres://green:hunter2@127.0.0.1:1/x".to_owned(), ..StoreConfig::default() };
    let Err(error) = connect(&config).await else { panic!("nobody listens on port 1") };
    assert!(matches!(error, StoreError::Unavailable(_)));
    assert!(!format!("{error:?} {error}").contains("hunter2"), "{error:?}");
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_unavailable() {
    let schema = Schema::new();
    let timeout = std::time::Duration::from_millis(50);
    let store =
        PgStore::connect(&StoreConfig { statement_timeout: timeout, ..schema.config() }).await.unwrap();
    store.migrate().await.unwrap();
    let url = schema.url();
    let (locked, is_locked) = tokio::sync::oneshot::channel();
    let (unlock, until) = std::sync::mpsc::channel::<()>();
    let holder = std::thread::spawn(move || {
        use diesel::Connection;
        use diesel::connection::SimpleConnection;
        let mut conn = super::databases::Blocking::establish(&url).unwrap();
        conn.batch_execute("BEGIN; LOCK TABLE green_domains IN ACCESS EXCLUSIVE MODE").unwrap();
        locked.send(()).unwrap();
        until.recv().unwrap();
    });
    is_locked.await.unwrap();
    assert!(matches!(store.by_hosts(&[host("example.com")]).await, Err(StoreError::Unavailable(_))));
    unlock.send(()).unwrap();
    holder.join().unwrap();
    assert_eq!(store.by_hosts(&[host("example.com")]).await.unwrap(), []);
}

#[tokio::test]
async fn a_missing_table_is_not_worth_another_try() {
    let schema = Schema::new();
    let store = PgStore::connect(&schema.config()).await.unwrap();
    assert!(matches!(store.generation().await, Err(StoreError::Query(_))));
}

#[tokio::test]
async fn a_cancelled_write_leaves_no_broken_connection() {
    let schema = Schema::new();
    let store = PgStore::connect(&StoreConfig { pool_size: 1, ..schema.config() }).await.unwrap();
    store.migrate().await.unwrap();
    for patience in 0..20 {
        let rows =
            (0..200).map(|number| row(&format!("n{number}.example.com"), "2019-12-09T10:00:00Z")).collect();
        let limit = std::time::Duration::from_micros(patience * 300);
        drop(tokio::time::timeout(limit, store.import_chunk(rows)).await);
        store.put(&verdict("example.com")).await.unwrap();
    }
    assert_eq!(store.by_hosts(&[host("example.com")]).await.unwrap().len(), 1);
    assert_eq!(store.pool_status().size, 1);
}

#[tokio::test]
async fn a_host_is_found_by_the_key_of_the_table() {
    use diesel::sql_types::Text;
    use diesel::{Connection, RunQueryDsl, sql_query};

    #[derive(diesel::QueryableByName)]
    struct Plan {
        #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
        line: String,
    }
    let schema = Schema::new();
    let store = PgStore::connect(&schema.config()).await.unwrap();
    store.migrate().await.unwrap();
    let url = schema.url();
    let plan = move |query: &str| {
        let mut conn = super::databases::Blocking::establish(&url).unwrap();
        let plan: Vec<Plan> =
            sql_query(format!("EXPLAIN SELECT * FROM green_domains {query}")).load(&mut conn).unwrap();
        plan.into_iter().map(|plan| plan.line).collect::<Vec<_>>().join("\n")
    };
    let plans = move || {
        let page = "WHERE provider_id = 7 AND host > 'example.com' ORDER BY host LIMIT 50";
        (plan("WHERE host = 'example.com'"), plan(page))
    };
    let (one, page) = std::thread::spawn(plans).join().unwrap();
    assert!(one.contains("green_domains_pkey"), "{one}");
    assert!(page.contains("green_domains_provider") && !page.contains("Sort"), "{page}");
}
