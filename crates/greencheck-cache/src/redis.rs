//! Answers kept in Redis, for all processes.
//!
//! What two processes do at once is settled inside Redis, by comparing what is there with what comes: an answer does not
//! replace one that saw a later catalog or a later look-up, and a changed name leaves a mark that refuses answers whose
//! question was asked before.

mod breaker;
mod buckets;
mod drawn;
mod fault;
mod key;
mod scripts;
mod server_time;
mod unsent;
mod value;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ::redis::aio::{ConnectionManager, ConnectionManagerConfig};
use ::redis::{Client, Pipeline, RedisError, Value as Reply};
use chrono::{DateTime, Utc};
use greencheck_core::{Answer, Clock, Host};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use self::breaker::{Admission, Breaker};
pub use self::drawn::SharedBadges;
pub(crate) use self::fault::Fault;
pub(crate) use self::key::Family;
use self::key::Key;
use self::server_time::ServerTime;
use self::unsent::Unsent;
pub(crate) use self::value::Found;
use self::value::{Kept, Value};
use crate::metrics::Refusal;
use crate::{CacheConfig, Metrics};

/// Writes behind answers that may be under way at once; further ones are left out.
const WRITES_AT_ONCE: usize = 1_000;

/// The level of Redis. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(crate) struct RedisCache {
    shared: Arc<Shared>,
}

struct Shared {
    client: Client,
    connection: Mutex<ConnectionManager>,
    breaker: Breaker,
    unsent: Unsent,
    server_time: ServerTime,
    writes: Arc<Semaphore>,
    /// Connections live here: a worker of the HTTP server ends before the process does, and its connections with it.
    runtime: Handle,
    clock: Arc<dyn Clock>,
    config: CacheConfig,
    metrics: Metrics,
}

/// What Redis is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Fetch,
    Keep,
    Replace,
    Forget,
    Spend,
    Ping,
}

impl Operation {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Keep => "keep",
            Self::Replace => "replace",
            Self::Forget => "forget",
            Self::Spend => "spend",
            Self::Ping => "ping",
        }
    }
}

impl RedisCache {
    /// Must be called within the tokio runtime on which the connections are to live. Connects when first asked.
    pub(crate) fn new(
        config: &CacheConfig,
        clock: Arc<dyn Clock>,
        metrics: &Metrics,
    ) -> Result<Self, RedisError> {
        let client = Client::open(config.url.expose())?;
        let shared = Shared {
            connection: Mutex::new(connection(&client)?),
            client,
            breaker: Breaker::default(),
            unsent: Unsent::default(),
            server_time: ServerTime::default(),
            writes: Arc::new(Semaphore::new(WRITES_AT_ONCE)),
            runtime: Handle::current(),
            clock,
            config: config.clone(),
            metrics: metrics.clone(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Whether Redis answers now.
    pub(crate) async fn ping(&self) -> bool {
        self.ask(Operation::Ping, scripts::ping(), self.shared.config.timeout).await.is_some()
    }

    /// What Redis has for `hosts`, in their order; nothing when it cannot say.
    pub(crate) async fn fetch(&self, hosts: &[&Host]) -> Vec<Option<Found>> {
        if self.shared.breaker.is_open(Instant::now()) {
            self.shared.metrics.redis.misses.inc_by(hosts.len() as u64);
            return hosts.iter().map(|_| None).collect();
        }
        let question = scripts::fetch(hosts.iter().map(|host| self.key(host)));
        // Ten thousand answers are some megabytes, and not a sign of trouble.
        let patience = self.shared.config.timeout
            + Duration::from_micros(10) * u32::try_from(hosts.len()).unwrap_or(u32::MAX);
        let found = match self.ask(Operation::Fetch, question, patience).await.as_deref() {
            Some([time, Reply::Array(replies)]) => {
                self.shared.server_time.learn(time, Instant::now());
                let now = self.shared.clock.now();
                let replies = replies.iter().chain(std::iter::repeat(&Reply::Nil));
                hosts.iter().zip(replies).map(|(host, reply)| self.read(host, reply, now)).collect()
            }
            _ => hosts.iter().map(|_| None).collect::<Vec<_>>(),
        };
        let hits = found.iter().flatten().count();
        self.shared.metrics.redis.hits.inc_by(hits as u64);
        self.shared.metrics.redis.misses.inc_by((found.len() - hits) as u64);
        found
    }

    /// Keeps an answer behind the caller's back, unless it is overtaken. `started` is when its question was asked.
    pub(crate) fn keep(&self, answer: Arc<Answer>, started: Instant, ttl: Duration) {
        let Ok(permit) = Arc::clone(&self.shared.writes).try_acquire_owned() else {
            return self.shared.metrics.refuse(Refusal::Busy);
        };
        if self.shared.breaker.is_open(Instant::now()) {
            return;
        }
        let asked = self.shared.server_time.at_the_earliest(started);
        let this = self.clone();
        self.shared.runtime.spawn(async move {
            let command = this.put(&answer, asked, ttl);
            this.attempt(Operation::Keep, &command, this.shared.config.timeout).await;
            drop(permit);
        });
    }

    /// Keeps the answer of a slow check, whatever fills are under way.
    pub(crate) async fn replace(&self, answer: &Arc<Answer>, ttl: Duration) {
        let commands = self.put(answer, scripts::AFTER_ALL_MARKS, ttl);
        self.tell(Operation::Replace, &answer.host, commands).await;
    }

    /// Drops the answer for `host` and marks the name as changed.
    pub(crate) async fn forget(&self, host: &Host) {
        self.tell(Operation::Forget, host, scripts::forget(&self.key(host))).await;
    }

    /// Tells Redis of a change, now or when it is there again, even if the caller goes away.
    async fn tell(&self, operation: Operation, host: &Host, commands: Pipeline) {
        let (this, host) = (self.clone(), host.clone());
        let task = self.shared.runtime.spawn(async move {
            if this.attempt(operation, &commands, this.shared.config.timeout).await.is_none() {
                this.leave_unsent(&host);
            }
        });
        if task.await.is_err() {
            tracing::debug!("the process ends before the cache has heard of a change");
        }
    }

    fn key(&self, host: &Host) -> String {
        Key::Answer(host).render(&self.shared.config.prefix)
    }

    fn put(&self, answer: &Arc<Answer>, asked: i64, ttl: Duration) -> Pipeline {
        let ttl = self.shared.config.jittered(ttl);
        let kept = Kept { answer: Arc::clone(answer), expires: self.shared.clock.now() + ttl };
        scripts::put(&self.key(&answer.host), &kept, asked, ttl)
    }

    fn read(&self, host: &Host, reply: &Reply, now: DateTime<Utc>) -> Option<Found> {
        let bytes = match reply {
            Reply::BulkString(bytes) => bytes,
            Reply::Nil => return None,
            _ => return self.unreadable(host),
        };
        match Value::read(bytes) {
            Some(Value::Changed) => None,
            Some(Value::Answer(kept)) if kept.answer.host == *host => {
                kept.found(now).filter(|_| !self.shared.unsent.contains(host))
            }
            _ => self.unreadable(host),
        }
    }

    fn unreadable(&self, host: &Host) -> Option<Found> {
        self.shared.metrics.unreadable.inc();
        tracing::debug!(host.name = %host, "the cache holds a value that is no answer");
        None
    }

    /// Runs `commands` where the connections live; it ends there even if the caller goes away.
    async fn ask(&self, operation: Operation, commands: Pipeline, patience: Duration) -> Option<Vec<Reply>> {
        let this = self.clone();
        let task =
            self.shared.runtime.spawn(async move { this.attempt(operation, &commands, patience).await });
        task.await.ok().flatten()
    }

    async fn attempt(
        &self,
        operation: Operation,
        commands: &Pipeline,
        patience: Duration,
    ) -> Option<Vec<Reply>> {
        let shared = &self.shared;
        let admission = shared.breaker.admit(Instant::now());
        if admission == Admission::Refused {
            return None;
        }
        let started = Instant::now();
        let mut connection = self.connection();
        let result = match timeout(patience, commands.query_async::<Vec<Reply>>(&mut connection)).await {
            Ok(result) => result.map_err(|error| (Fault::of(&error), error.to_string())),
            Err(_) => Err((Fault::Timeout, format!("no answer within {patience:?}"))),
        };
        match result {
            Ok(value) => {
                shared.metrics.redis_took(operation, started.elapsed().as_secs_f64());
                self.succeeded();
                Some(value)
            }
            Err((fault, message)) => {
                self.failed(operation, admission, fault, &message);
                None
            }
        }
    }

    fn succeeded(&self) {
        if self.shared.breaker.succeed() {
            self.shared.metrics.breaker_open.set(0);
            tracing::info!(url = %self.shared.config.url, "the cache answers again");
        }
        if self.shared.unsent.begin_sending() {
            let this = self.clone();
            self.shared.runtime.spawn(async move { this.send_unsent().await });
        }
    }

    fn failed(&self, operation: Operation, admission: Admission, fault: Fault, message: &str) {
        let shared = &self.shared;
        shared.metrics.redis_failed(fault);
        if shared.breaker.fail(Instant::now()) {
            shared.metrics.breaker_open.set(1);
            shared.metrics.breaker_opened.inc();
            let url = &shared.config.url;
            tracing::warn!(%url, operation = operation.as_str(), error = message, "the cache is given up for now; checks go on without it");
        }
        if admission == Admission::Probe {
            // The old connection may be a dead one that nobody closed: the next probe opens another.
            match connection(&shared.client) {
                Ok(fresh) => *shared.connection.lock().unwrap_or_else(PoisonError::into_inner) = fresh,
                Err(error) => tracing::debug!(%error, "no connection can be made"),
            }
        }
    }

    fn connection(&self) -> ConnectionManager {
        self.shared.connection.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn leave_unsent(&self, host: &Host) {
        if !self.shared.unsent.add(host) {
            self.shared.metrics.lost.inc();
        }
        self.count_unsent();
    }

    fn count_unsent(&self) {
        self.shared.metrics.unsent.set(i64::try_from(self.shared.unsent.len()).unwrap_or(i64::MAX));
    }

    /// Tells Redis what changed while it was away. Stops at the first failure; the next success begins again.
    async fn send_unsent(&self) {
        while let Some(host) = self.shared.unsent.any() {
            let command = scripts::forget(&self.key(&host));
            if self.attempt(Operation::Forget, &command, self.shared.config.timeout).await.is_none() {
                break;
            }
            self.shared.unsent.remove(&host);
            self.count_unsent();
        }
        self.shared.unsent.end_sending();
    }
}

/// A connection that is opened when it is first used. It does not retry by itself: the breaker says when.
fn connection(client: &Client) -> Result<ConnectionManager, RedisError> {
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(0)
        .set_connection_timeout(Some(Duration::from_secs(1)))
        .set_response_timeout(None);
    ConnectionManager::new_lazy_with_config(client.clone(), config)
}
