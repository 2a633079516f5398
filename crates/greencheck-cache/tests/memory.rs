//! The in-process cache keeps the promises of the port.

use std::sync::Arc;

use greencheck_cache::{CacheConfig, MemoryCache, Metrics};
use greencheck_core::ports::AnswerCache;
use greencheck_testkit::answer_cache_contract;
use prometheus::Registry;

fn cache() -> Arc<dyn AnswerCache> {
    let metrics = Metrics::register(&Registry::new()).expect("a new registry has no metrics");
    Arc::new(MemoryCache::new(&CacheConfig::default(), &metrics))
}

answer_cache_contract!(async { cache() });
