//! What lies in Redis, and for how long.

use std::sync::Arc;
use std::time::Duration;

use greencheck_cache::CacheConfig;
use greencheck_core::Generation;
use greencheck_core::ports::AnswerCache;
use greencheck_testkit::contract::cache::samples::{green, grey, host, later, under};
use greencheck_testkit::contract::cache::{fetch, keep, until};

use crate::support::{PrivateRedis, Process, TestRedis};

fn process(redis: &TestRedis) -> Process {
    let process = Process::new(&redis.config());
    process.cache.advance(Generation(7));
    process
}

#[tokio::test]
async fn a_value_ends_when_its_answer_does() {
    let redis = TestRedis::shared();
    let one = process(&redis);
    one.cache.keep(Arc::new(green("a.example.com")), one.cache.begin_fill(), Duration::from_secs(1000)).await;
    let key = redis.key("a.example.com");
    until("it is written", async || redis.ask::<bool>(&["EXISTS", &key]).await).await;
    let left: i64 = redis.ask(&["PTTL", &key]).await;
    assert!((800_000..=1_000_000).contains(&left), "{left} ms are left");
}

#[tokio::test]
async fn an_answer_found_in_redis_ends_when_it_would_have_there() {
    let redis = TestRedis::shared();
    let [one, other] = [process(&redis), process(&redis)];
    until("one has kept what the other finds", async || {
        one.cache
            .keep(Arc::new(green("a.example.com")), one.cache.begin_fill(), Duration::from_millis(800))
            .await;
        fetch(&other.cache, "a.example.com").await.is_some()
    })
    .await;
    until("it has ended", async || other.cache.peek("a.example.com").is_none()).await;
}

#[tokio::test]
async fn a_value_that_is_no_answer_is_a_miss_and_counted() {
    let redis = TestRedis::shared();
    let one = process(&redis);
    let names = ["a.example.com", "b.example.com", "c.example.com"];
    let other_name = serde_json::to_string(&green("other.example.com")).unwrap();
    let values = ["garbage", "7 1 4000000000000 {\"host\":", &format!("7 1 4000000000000 {other_name}")];
    for (name, value) in names.iter().zip(values) {
        redis.ask::<()>(&["SET", &redis.key(name), value]).await;
    }
    assert_eq!(one.cache.fetch(&names.map(host)).await, [None, None, None]);
    assert!((one.metric("greencheck_cache_unreadable_total") - 3.0).abs() < f64::EPSILON);

    keep(&one.cache, green("a.example.com")).await;
    let other = process(&redis);
    until("it is replaced", async || fetch(&other.cache, "a.example.com").await.is_some()).await;
}

#[tokio::test]
async fn an_older_answer_does_not_overwrite_a_newer_one() {
    let redis = TestRedis::shared();
    let key = redis.key("a.example.com");
    let newer = [under(8, green("a.example.com")), later(1, green("a.example.com"))];
    for newer in newer {
        redis.ask::<()>(&["DEL", &key]).await;
        let [one, other] = [Process::new(&redis.config()), process(&redis)];
        one.cache.advance(newer.generation);
        one.cache.replace(Arc::new(newer), Duration::from_secs(600)).await;
        let before: String = redis.ask(&["GET", &key]).await;
        other.cache.replace(Arc::new(grey("a.example.com")), Duration::from_secs(600)).await;
        assert_eq!(redis.ask::<String>(&["GET", &key]).await, before);
    }
}

#[tokio::test]
async fn a_question_asked_after_a_change_fills_redis_again() {
    let redis = TestRedis::shared();
    let [one, other] = [process(&redis), process(&redis)];
    one.cache.forget(&host("a.example.com")).await;
    assert_eq!(redis.ask::<String>(&["GET", &redis.key("a.example.com")]).await.split(' ').next(), Some("x"));
    until("the answer takes the place of the mark", async || {
        let asked = other.cache.begin_fill();
        assert_eq!(fetch(&other.cache, "c.example.com").await, None);
        other.cache.keep(Arc::new(green("a.example.com")), asked, Duration::from_secs(600)).await;
        fetch(&one.cache, "a.example.com").await.is_some()
    })
    .await;
}

#[tokio::test]
async fn many_names_cost_one_round_trip_and_one_name_one_write() {
    let server = PrivateRedis::start().await;
    let [one, other] = [process(&server.redis), process(&server.redis)];
    let names: Vec<_> = (0..1000).map(|number| format!("{number}.example.com")).collect();
    for name in &names {
        keep(&one.cache, green(name)).await;
    }
    until("all are written", async || server.redis.calls("set").await == 1000).await;
    let hosts: Vec<_> = names.iter().map(|name| host(name)).collect();
    let found = other.cache.fetch(&hosts).await;
    assert!(found.iter().zip(&names).all(|(found, name)| found.as_deref() == Some(&green(name))));
    assert_eq!(server.redis.calls("mget").await, 1);
    other.cache.fetch(&hosts).await;
    assert_eq!(server.redis.calls("mget").await, 1, "all are at hand now");
}

#[tokio::test]
async fn an_answer_that_is_asked_for_is_renewed_from_redis_before_it_ends() {
    let redis = TestRedis::shared();
    let one = Process::new(&CacheConfig { local_ttl: Duration::from_secs(2), ..redis.config() });
    let other = process(&redis);
    one.cache.advance(Generation(7));
    keep(&one.cache, green("a.example.com")).await;
    // As if the message of this change had been missed.
    other.cache.replace(Arc::new(later(1, grey("a.example.com"))), Duration::from_secs(600)).await;
    let renewing = one.cache.due();
    let renewed = until("Redis has been asked in time", async || {
        fetch(&one.cache, "a.example.com").await.expect("one level or the other has it");
        one.metric("greencheck_cache_due_total") >= 1.0
    });
    tokio::select! {
        left = renewing => panic!("{left:?} could not be renewed"),
        () = renewed => {}
    }
    assert_eq!(one.cache.peek("a.example.com").as_deref(), Some(&later(1, grey("a.example.com"))));
}

#[tokio::test]
async fn what_redis_cannot_renew_is_left_to_the_look_up_once() {
    let server = PrivateRedis::start().await;
    let one = Process::new(&CacheConfig { local_ttl: Duration::from_secs(1), ..server.redis.config() });
    one.cache.advance(Generation(7));
    keep(&one.cache, green("a.example.com")).await;
    let key = server.redis.key("a.example.com");
    until("it is written", async || server.redis.ask::<bool>(&["EXISTS", &key]).await).await;
    server.redis.ask::<()>(&["DEL", &key]).await;
    let asking = until("it has ended", async || one.cache.peek("a.example.com").is_none());
    let (left, ()) = tokio::join!(one.cache.due(), asking);
    assert_eq!(left, [host("a.example.com")]);
    assert_eq!(server.redis.calls("mget").await, 1);
}
