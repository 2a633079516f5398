//! Token buckets that replicas share.

use std::sync::Arc;
use std::time::Duration;

use greencheck_cache::{Metrics, TieredCache};
use greencheck_core::SystemClock;
use prometheus::Registry;

use crate::support::TestRedis;

const HOUR: Duration = Duration::from_secs(3600);

fn replica(redis: &TestRedis) -> TieredCache {
    let metrics = Metrics::register(&Registry::new()).expect("a new registry is empty");
    TieredCache::new(&redis.config(), Arc::new(SystemClock), &metrics).expect("the URL is right")
}

/// Whole hours, rounded up: a debt shrinks while a test runs.
fn hours(debts: Option<Vec<Duration>>) -> Vec<u64> {
    let debts = debts.expect("Redis answers");
    debts.iter().map(|debt| debt.as_secs().div_ceil(3600)).collect()
}

#[tokio::test]
async fn what_one_replica_spends_the_other_hears_of() {
    let redis = TestRedis::shared();
    let (one, other) = (replica(&redis).buckets(), replica(&redis).buckets());
    let spent = |names: &[(&str, u32)]| -> Vec<(String, Duration)> {
        names.iter().map(|(name, hours)| ((*name).to_owned(), HOUR * *hours)).collect()
    };
    assert_eq!(hours(one.spend(&spent(&[("192.0.2.1", 2), ("192.0.2.2", 5)])).await), [2, 5]);
    assert_eq!(hours(other.spend(&spent(&[("192.0.2.2", 1), ("192.0.2.3", 1)])).await), [6, 1]);
    assert_eq!(hours(one.spend(&spent(&[("192.0.2.2", 0)])).await), [6]);
    let left: i64 = redis.ask(&["TTL", &format!("{}:v1:bucket:192.0.2.1", redis.prefix)]).await;
    assert!((7_000..=7_201).contains(&left), "a bucket is kept until it is full: {left} s");
}

#[tokio::test]
async fn nobody_can_say_while_redis_is_away() {
    let redis = TestRedis { url: "redis://127.0.0.1:1/".to_owned(), ..TestRedis::shared() };
    assert_eq!(replica(&redis).buckets().spend(&[("192.0.2.1".to_owned(), HOUR)]).await, None);
}
