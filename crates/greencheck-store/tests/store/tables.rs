//! Eyes on the tables, for the contract.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamp};
use diesel::{Connection, QueryableByName, RunQueryDsl, sql_query};
use greencheck_core::Host;
use greencheck_testkit::contract::store::{CheckLine, Tables};

use super::databases::{Blocking, connect_sqlite};

const CHECKS: &str = "SELECT checked_at, host, tld, verdict, provider_id, match_kind, match_id, address, \
                      address_family, cached, source FROM checks ORDER BY checked_at, host";

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Timestamp)]
    checked_at: NaiveDateTime,
    #[diesel(sql_type = Text)]
    host: String,
    #[diesel(sql_type = Text)]
    tld: String,
    #[diesel(sql_type = Text)]
    verdict: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    provider_id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    match_kind: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    match_id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    address: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    address_family: Option<i32>,
    #[diesel(sql_type = Bool)]
    cached: bool,
    #[diesel(sql_type = Text)]
    source: String,
}

impl From<Line> for CheckLine {
    fn from(line: Line) -> Self {
        Self {
            checked_at: line.checked_at.and_utc(),
            host: line.host,
            tld: line.tld,
            verdict: line.verdict,
            provider_id: line.provider_id,
            match_kind: line.match_kind,
            match_id: line.match_id,
            address: line.address,
            address_family: line.address_family,
            cached: line.cached,
            source: line.source,
        }
    }
}

#[derive(QueryableByName)]
struct Time {
    #[diesel(sql_type = Nullable<Timestamp>)]
    value: Option<NaiveDateTime>,
}

#[derive(QueryableByName)]
struct Words {
    #[diesel(sql_type = Nullable<Text>)]
    value: Option<String>,
}

fn last_checked_at(host: &str) -> String {
    format!("SELECT last_checked_at AS value FROM green_domains WHERE host = '{host}'")
}

fn password_hash(username: &str) -> String {
    format!("SELECT password_hash AS value FROM users WHERE username = '{username}'")
}

/// Of an SQLite file.
pub(crate) struct OfFile(pub(crate) String);

/// Of a PostgreSQL schema.
pub(crate) struct OfSchema(pub(crate) String);

macro_rules! look {
    ($eyes:ident, $url:ident => $conn:expr) => {
        impl $eyes {
            async fn load<R, Q>(&self, query: Q) -> Vec<R>
            where
                R: Send + 'static,
                Q: FnOnce(&str) -> Vec<R> + Send + 'static,
            {
                let url = self.0.clone();
                tokio::task::spawn_blocking(move || query(&url)).await.unwrap()
            }
        }

        #[async_trait]
        impl Tables for $eyes {
            async fn checks(&self) -> Vec<CheckLine> {
                let lines: Vec<Line> = self.load(|$url| sql_query(CHECKS).load(&mut $conn).unwrap()).await;
                lines.into_iter().map(CheckLine::from).collect()
            }

            async fn last_checked_at(&self, host: &Host) -> Option<DateTime<Utc>> {
                let query = last_checked_at(host.as_str());
                let times: Vec<Time> =
                    self.load(move |$url| sql_query(query).load(&mut $conn).unwrap()).await;
                times.first()?.value.map(|time| time.and_utc())
            }

            async fn password_hash(&self, username: &str) -> Option<String> {
                let query = password_hash(username);
                let words: Vec<Words> =
                    self.load(move |$url| sql_query(query).load(&mut $conn).unwrap()).await;
                words.into_iter().next()?.value
            }
        }
    };
}

look!(OfFile, path => connect_sqlite(path));
look!(OfSchema, url => Blocking::establish(url).unwrap());
