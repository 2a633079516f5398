//! Databases of a test's own.

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use greencheck_store::StoreConfig;
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) type Blocking = AsyncConnectionWrapper<AsyncPgConnection>;

/// A folder with an SQLite file to be.
pub(crate) struct File {
    folder: TempDir,
}

impl File {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// In a folder that is not there yet.
    pub(crate) fn path(&self) -> String {
        self.folder.path().join("data").join("test.db").to_str().unwrap().to_owned()
    }

    pub(crate) fn config(&self) -> StoreConfig {
        StoreConfig { url: format!("sqlite:{}", self.path()), pool_size: 4, ..StoreConfig::default() }
    }

    pub(crate) fn connection(&self) -> SqliteConnection {
        connect_sqlite(&self.path())
    }
}

/// Waits for the lock of others.
pub(crate) fn connect_sqlite(path: &str) -> SqliteConnection {
    let mut conn = SqliteConnection::establish(path).unwrap();
    conn.batch_execute("PRAGMA busy_timeout = 10000").unwrap();
    conn
}

/// A schema in the database of `TEST_DATABASE_URL`; dropped with this.
pub(crate) struct Schema {
    name: String,
}

impl Schema {
    pub(crate) fn new() -> Self {
        let name = format!("test_{}", Uuid::now_v7().simple());
        execute(&server(), format!("CREATE SCHEMA {name}"));
        Self { name }
    }

    pub(crate) fn url(&self) -> String {
        let server = server();
        let sign = if server.contains('?') { '&' } else { '?' };
        format!("{server}{sign}options=-c%20search_path%3D{}", self.name)
    }

    pub(crate) fn config(&self) -> StoreConfig {
        StoreConfig { url: self.url(), pool_size: 4, ..StoreConfig::default() }
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        execute(&server(), format!("DROP SCHEMA {} CASCADE", self.name));
    }
}

/// The server for tests. A test that needs one and has none fails.
#[expect(clippy::disallowed_methods, reason = "tests are told where the servers are")]
pub(crate) fn server() -> String {
    std::env::var("TEST_DATABASE_URL")
        .expect("TEST_DATABASE_URL names a PostgreSQL server; `make test` starts one")
}

/// Runs statements on a connection of their own, on a thread of their own: tests are on a runtime already.
pub(crate) fn execute(url: &str, statements: String) {
    let url = url.to_owned();
    std::thread::spawn(move || Blocking::establish(&url).unwrap().batch_execute(&statements).unwrap())
        .join()
        .unwrap();
}
