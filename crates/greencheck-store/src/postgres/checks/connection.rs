//! Connections that write the log. They are apart from the others because they speak `COPY … BINARY`, which stores a row for
//! a third of what an `INSERT` costs the server and which diesel does not know.

use std::collections::HashSet;
use std::pin::pin;

use chrono::{NaiveDate, NaiveDateTime};
use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use greencheck_core::ports::LAST_CHECKED_LAG;
use tokio::runtime::Handle;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error, Statement, Transaction};

use crate::postgres::connector::Connector;
use crate::rows::{CheckRow, Freshness, UsageRow};

/// Keeps the batch ids that are new, and answers with them.
const NEW_BATCHES: &str =
    "INSERT INTO check_batches (id) SELECT * FROM UNNEST($1::text[]) ON CONFLICT DO NOTHING RETURNING id";

const COPY: &str = "COPY checks (checked_at, host, tld, verdict, provider_id, match_kind, match_id, address, \
                    address_family, cached, source) FROM STDIN (FORMAT binary)";
const COLUMNS: [Type; 11] = [
    Type::TIMESTAMP,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::INT8,
    Type::TEXT,
    Type::INT8,
    Type::TEXT,
    Type::INT4,
    Type::BOOL,
    Type::TEXT,
];

/// Says of stored verdicts when they were last asked for, at most once an hour ([`LAST_CHECKED_LAG`]). The rows are locked
/// by name before any is written, so that two writers never wait for each other in a circle.
const FRESHEN: &str = "UPDATE green_domains AS stored SET last_checked_at = fresh.checked_at FROM \
    (SELECT known.host, asked.checked_at FROM UNNEST($1::text[], $2::timestamp[], $3::timestamp[]) \
     AS asked (host, checked_at, due) JOIN green_domains AS known ON known.host = asked.host \
     WHERE known.last_checked_at IS NULL OR known.last_checked_at <= asked.due \
     ORDER BY known.host FOR UPDATE OF known) AS fresh \
    WHERE stored.host = fresh.host \
    AND (stored.last_checked_at IS NULL OR stored.last_checked_at < fresh.checked_at)";

const FRESHENED: &str = "SELECT host, last_checked_at FROM green_domains WHERE host = ANY($1::text[]) AND last_checked_at IS NOT NULL";

/// Adds up with what is stored.
const COUNT: &str = "INSERT INTO key_usage AS stored (key_id, day, route, requests, names) \
    SELECT * FROM UNNEST($1::bigint[], $2::date[], $3::text[], $4::bigint[], $5::bigint[]) \
    ON CONFLICT (key_id, day, route) DO UPDATE \
    SET requests = stored.requests + excluded.requests, names = stored.names + excluded.names";

/// Opens connections for the log.
pub(in crate::postgres) struct LogConnections {
    connector: Connector,
    /// A connection lives on the runtime that opened it, and that must outlive its users.
    runtime: Handle,
}

impl LogConnections {
    /// Connections will belong to the runtime that this is called on.
    pub(in crate::postgres) fn new(connector: Connector) -> Self {
        Self { connector, runtime: Handle::current() }
    }
}

impl Manager for LogConnections {
    type Type = LogConnection;
    type Error = Error;

    async fn create(&self) -> Result<LogConnection, Error> {
        let client = self.connector.client(&self.runtime).await?;
        Ok(LogConnection {
            new_batches: client.prepare(NEW_BATCHES).await?,
            copy: client.prepare(COPY).await?,
            freshen: client.prepare(FRESHEN).await?,
            freshened: client.prepare(FRESHENED).await?,
            count: client.prepare(COUNT).await?,
            client,
        })
    }

    async fn recycle(&self, connection: &mut LogConnection, _: &Metrics) -> RecycleResult<Error> {
        if connection.client.is_closed() { Err(RecycleError::message("it is closed")) } else { Ok(()) }
    }
}

/// A connection and the statements that are prepared on it.
pub(in crate::postgres) struct LogConnection {
    client: Client,
    new_batches: Statement,
    copy: Statement,
    freshen: Statement,
    freshened: Statement,
    count: Statement,
}

impl LogConnection {
    /// Begins to append. Dropped without a commit, it has appended nothing.
    pub(super) async fn begin(&mut self) -> Result<Append<'_>, Error> {
        let Self { client, new_batches, copy, freshen, freshened, count } = self;
        Ok(Append { transaction: client.transaction().await?, new_batches, copy, freshen, freshened, count })
    }
}

/// A transaction that appends to the log.
pub(super) struct Append<'a> {
    transaction: Transaction<'a>,
    new_batches: &'a Statement,
    copy: &'a Statement,
    freshen: &'a Statement,
    freshened: &'a Statement,
    count: &'a Statement,
}

impl Append<'_> {
    /// Those of the batch ids that were not stored yet; they are now.
    pub(super) async fn keep_new(&self, ids: &[String]) -> Result<HashSet<String>, Error> {
        let new = self.transaction.query(self.new_batches, &[&ids]).await?;
        new.iter().map(|row| row.try_get(0)).collect()
    }

    pub(super) async fn copy(&self, rows: &[CheckRow<'_>]) -> Result<(), Error> {
        let sink = self.transaction.copy_in(self.copy).await?;
        let mut writer = pin!(BinaryCopyInWriter::new(sink, &COLUMNS));
        for row in rows {
            writer
                .as_mut()
                .write(&[
                    &row.checked_at,
                    &row.host,
                    &row.tld,
                    &row.verdict,
                    &row.provider_id,
                    &row.match_kind,
                    &row.match_id,
                    &row.address,
                    &row.address_family,
                    &row.cached,
                    &row.source,
                ])
                .await?;
        }
        writer.finish().await?;
        Ok(())
    }

    /// Says of the stored verdicts among the names when they were last asked for, and answers with what is stored then.
    pub(super) async fn freshen(
        &self,
        freshness: &Freshness<'_>,
    ) -> Result<Vec<(String, NaiveDateTime)>, Error> {
        let (hosts, checked_at): (Vec<&str>, Vec<NaiveDateTime>) = freshness.iter().unzip();
        if hosts.is_empty() {
            return Ok(Vec::new());
        }
        let due: Vec<NaiveDateTime> = checked_at.iter().map(|at| *at - LAST_CHECKED_LAG).collect();
        self.transaction.execute(self.freshen, &[&hosts, &checked_at, &due]).await?;
        let stored = self.transaction.query(self.freshened, &[&hosts]).await?;
        stored.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    /// What was asked with keys; each key, day and route once.
    pub(super) async fn count(&self, usage: &[UsageRow]) -> Result<(), Error> {
        let keys: Vec<i64> = usage.iter().map(|row| row.key_id).collect();
        let days: Vec<NaiveDate> = usage.iter().map(|row| row.day).collect();
        let routes: Vec<&str> = usage.iter().map(|row| row.route.as_str()).collect();
        let requests: Vec<i64> = usage.iter().map(|row| row.requests).collect();
        let names: Vec<i64> = usage.iter().map(|row| row.names).collect();
        self.transaction.execute(self.count, &[&keys, &days, &routes, &requests, &names]).await?;
        Ok(())
    }

    pub(super) async fn commit(self) -> Result<(), Error> {
        self.transaction.commit().await
    }
}
