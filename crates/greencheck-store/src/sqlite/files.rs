//! Connections to the file. `deadpool-diesel` has a manager too; this one sets a connection up as it opens it, and does not
//! send a query before every query to learn that the file is still there.

use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use diesel::connection::SimpleConnection;
use diesel::{Connection, ConnectionError, SqliteConnection};

pub(super) type Pool = managed::Pool<Files>;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Reader,
    Writer,
}

#[derive(Debug)]
pub(super) struct Files {
    pub(super) path: Arc<str>,
    pub(super) role: Role,
    pub(super) busy_timeout: Duration,
}

impl managed::Manager for Files {
    type Type = deadpool_diesel::Connection<SqliteConnection>;
    type Error = ConnectionError;

    async fn create(&self) -> Result<Self::Type, Self::Error> {
        let (path, pragmas) = (Arc::clone(&self.path), self.pragmas());
        Self::Type::new(Runtime::Tokio1, move || {
            let mut conn = SqliteConnection::establish(&path)?;
            conn.batch_execute(&pragmas).map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(conn)
        })
        .await
    }

    async fn recycle(&self, conn: &mut Self::Type, _: &Metrics) -> RecycleResult<Self::Error> {
        if conn.is_mutex_poisoned() { Err(RecycleError::message("a query panicked")) } else { Ok(()) }
    }
}

impl Files {
    /// The busy time-out comes first: what follows may find the file locked by another process.
    fn pragmas(&self) -> String {
        let role = match self.role {
            Role::Reader => "PRAGMA cache_size = -8192; PRAGMA query_only = ON;",
            Role::Writer => {
                "PRAGMA journal_mode = WAL; PRAGMA cache_size = -65536; PRAGMA journal_size_limit = 67108864;"
            }
        };
        format!(
            "PRAGMA busy_timeout = {}; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; {role}",
            self.busy_timeout.as_millis()
        )
    }
}
