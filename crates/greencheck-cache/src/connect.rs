use std::sync::Arc;

use greencheck_core::Clock;
use greencheck_core::ports::{AnswerCache, SharedBuckets};

use crate::{CacheConfig, CacheServer, MemoryCache, Metrics, SharedBadges, TieredCache};

/// `cache.url` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("cache.url {0:?} has no known scheme: use memory:, redis: or rediss:")]
    UnknownScheme(String),
    #[error("cache.url {url:?} is not a Redis URL such as redis://user:password@host:6379/0: {reason}")]
    InvalidUrl { url: String, reason: String },
}

/// What processes share by a cache.
#[derive(Clone)]
pub struct Caches {
    pub answers: Arc<dyn AnswerCache>,
    /// `None` where there is nobody to share with.
    pub buckets: Option<Arc<dyn SharedBuckets>>,
    /// Where badges are kept for all; `None` where each process keeps its own.
    pub badges: Option<SharedBadges>,
    /// The server itself; `None` where there is none.
    pub server: Option<CacheServer>,
}

/// The cache that `cache.url` names. A server that is away is no error: its answers are misses until it is there.
///
/// Call it on the runtime that lives as long as the process: connections live there.
pub async fn connect(
    config: &CacheConfig,
    clock: Arc<dyn Clock>,
    metrics: &Metrics,
) -> Result<Caches, ConnectError> {
    match config.url.scheme() {
        "memory" => {
            let answers = Arc::new(MemoryCache::new(config, metrics));
            Ok(Caches { answers, buckets: None, badges: None, server: None })
        }
        "redis" | "rediss" => {
            let cache = TieredCache::new(config, clock, metrics)?;
            if cache.ping().await {
                tracing::info!(url = %config.url, "the cache answers");
            } else {
                tracing::warn!(url = %config.url, "the cache does not answer yet; checks go on without it");
            }
            let (buckets, badges, server) =
                (Some(cache.buckets()), Some(cache.badges()), Some(cache.server()));
            Ok(Caches { answers: Arc::new(cache), buckets, badges, server })
        }
        _ => Err(ConnectError::UnknownScheme(config.url.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use greencheck_core::{ServerUrl, SystemClock};
    use prometheus::Registry;

    use super::*;

    async fn error(url: &str) -> String {
        let config = CacheConfig { url: ServerUrl::new(url), ..CacheConfig::default() };
        let metrics = Metrics::register(&Registry::new()).unwrap();
        match connect(&config, Arc::new(SystemClock), &metrics).await {
            Ok(_) => panic!("{url} is accepted"),
            Err(error) => error.to_string(),
        }
    }

    #[tokio::test]
    async fn an_unknown_scheme_is_told_the_known_ones() {
        let error = error("memcached://cache:secret@host").await;
        assert_eq!(
            error,
            r#"cache.url "memcached://cache:***@host" has no known scheme: use memory:, redis: or rediss:"#
        );
    }

    #[tokio::test]
    async fn a_redis_url_that_is_none_is_shown_without_its_password() {
        let error = error("redis://cache:secret@host:port/0").await;
        assert!(
            error.starts_with(r#"cache.url "redis://cache:***@host:port/0" is not a Redis URL"#),
            "{error}"
        );
        assert!(!error.contains("secret"), "{error}");
    }

    #[tokio::test]
    async fn a_server_that_is_away_is_no_error() {
        let config = CacheConfig { url: ServerUrl::new("redis://127.0.0.1:1/"), ..CacheConfig::default() };
        let metrics = Metrics::register(&Registry::new()).unwrap();
        assert!(connect(&config, Arc::new(SystemClock), &metrics).await.is_ok());
    }
}
