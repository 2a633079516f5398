//! Answers in this process in front of answers in Redis.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use greencheck_core::ports::{AnswerCache, FillToken, SharedBuckets};
use greencheck_core::{Answer, Clock, Generation, Host};

use crate::redis::{RedisCache, SharedBadges};
use crate::{CacheConfig, ConnectError, MemoryCache, Metrics};

/// Looks in this process first, then in Redis, once for all names together.
///
/// What another process keeps for a name that changes at the same moment: the mark that a change leaves in Redis refuses it,
/// or it is older than what is there. What remains is a process that reads a value from Redis before the change, and has
/// missed the message of the change: it answers by that value for `local_ttl` at most. An answer in Redis counts only when
/// it is of the very generation that this process knows of, so a process that has just begun takes nothing from Redis until
/// it has heard of one.
pub struct TieredCache {
    memory: MemoryCache,
    redis: RedisCache,
    metrics: Metrics,
}

/// A Redis, for whoever wants to know whether it is there.
#[derive(Clone)]
pub struct CacheServer(RedisCache);

/// Redis gave no answer in time, or is not asked for a moment because it gave none.
#[derive(Debug, thiserror::Error)]
#[error("the cache does not answer; checks go on without it")]
pub struct CacheAway;

impl CacheServer {
    /// Whether it answers now.
    pub async fn ping(&self) -> Result<(), CacheAway> {
        if self.0.ping().await { Ok(()) } else { Err(CacheAway) }
    }
}

impl TieredCache {
    /// Must be called within the tokio runtime on which the connections are to live. Redis is not asked yet.
    pub fn new(config: &CacheConfig, clock: Arc<dyn Clock>, metrics: &Metrics) -> Result<Self, ConnectError> {
        let redis = RedisCache::new(config, clock, metrics).map_err(|error| ConnectError::InvalidUrl {
            url: config.url.to_string(),
            reason: error.category().to_owned(),
        })?;
        Ok(Self { memory: MemoryCache::new(config, metrics), redis, metrics: metrics.clone() })
    }

    /// Whether Redis answers now.
    pub async fn ping(&self) -> bool {
        self.redis.ping().await
    }

    /// The Redis behind it.
    pub fn server(&self) -> CacheServer {
        CacheServer(self.redis.clone())
    }

    /// The buckets of callers in the same Redis.
    pub fn buckets(&self) -> Arc<dyn SharedBuckets> {
        Arc::new(self.redis.clone())
    }

    /// Renews what Redis can; the names of the others.
    async fn renew(&self, answers: &[Arc<Answer>]) -> Vec<Host> {
        let token = self.memory.token();
        let hosts: Vec<_> = answers.iter().map(|answer| &answer.host).collect();
        let found = self.redis.fetch(&hosts).await;
        let renewed = found.iter().map(|found| self.memory.take(found.as_ref()?, token));
        let left = hosts.into_iter().zip(renewed).filter(|(_, renewed)| renewed.is_none());
        left.map(|(host, _)| host.clone()).collect()
    }

    /// Drawn badges in the same Redis.
    pub fn badges(&self) -> SharedBadges {
        SharedBadges::new(self.redis.clone())
    }
}

#[async_trait]
impl AnswerCache for TieredCache {
    fn peek(&self, canonical: &str) -> Option<Arc<Answer>> {
        self.memory.peek(canonical)
    }

    fn peek_all(&self, canonicals: &[&str]) -> Option<Vec<Arc<Answer>>> {
        self.memory.peek_all(canonicals)
    }

    async fn fetch(&self, hosts: &[Host]) -> Vec<Option<Arc<Answer>>> {
        let token = self.memory.token();
        let mut answers = self.memory.fetch(hosts).await;
        let (places, missing): (Vec<_>, Vec<_>) =
            hosts.iter().enumerate().filter(|(place, _)| answers[*place].is_none()).unzip();
        if missing.is_empty() {
            return answers;
        }
        for (place, found) in places.into_iter().zip(self.redis.fetch(&missing).await) {
            answers[place] = found.and_then(|found| self.memory.take(&found, token));
        }
        answers
    }

    fn begin_fill(&self) -> FillToken {
        self.memory.token()
    }

    async fn keep(&self, answer: Arc<Answer>, token: FillToken, ttl: Duration) {
        if let Some(kept) = self.memory.fill(&answer, token, ttl) {
            self.redis.keep(kept, token.started, ttl);
        }
    }

    async fn replace(&self, answer: Arc<Answer>, ttl: Duration) {
        if let Some(kept) = self.memory.supersede(&answer, ttl) {
            self.redis.replace(&kept, ttl).await;
        }
    }

    async fn forget(&self, host: &Host) {
        self.memory.drop_entry(host);
        self.redis.forget(host).await;
    }

    async fn due(&self) -> Vec<Host> {
        loop {
            let answers = self.memory.gathered().await;
            let left = self.renew(&answers).await;
            self.memory.let_end(&answers);
            self.metrics.count_due(answers.len() - left.len(), left.len());
            if !left.is_empty() {
                return left;
            }
        }
    }

    fn advance(&self, generation: Generation) {
        self.memory.advance(generation);
    }
}
