//! Redis away, frozen and back: speed is lost, nothing else.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use greencheck_core::Generation;
use greencheck_core::ports::AnswerCache;
use greencheck_testkit::contract::cache::samples::{green, grey, host, later};
use greencheck_testkit::contract::cache::{fetch, keep, until};

use crate::support::{PrivateRedis, Process};

const OPEN: &str = "greencheck_cache_breaker_open";
const ERRORS: &str = "greencheck_cache_redis_errors_total";

/// Far more than anything may take that has a time-out.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), what).await.expect("it ends soon")
}

/// Polls once and drops.
async fn ask_and_go<T>(what: impl Future<Output = T>) {
    let mut what = Box::pin(what);
    std::future::poll_fn(|context| {
        assert!(what.as_mut().poll(context).is_pending(), "it is under way");
        Poll::Ready(())
    })
    .await;
}

async fn two_processes(server: &PrivateRedis) -> [Process; 2] {
    let processes = [(); 2].map(|()| Process::new(&server.redis.config()));
    for process in &processes {
        process.cache.advance(Generation(7));
    }
    keep(&processes[0].cache, green("a.example.com")).await;
    until("both have it", async || fetch(&processes[1].cache, "a.example.com").await.is_some()).await;
    processes
}

async fn until_given_up(process: &Process) {
    until("the breaker is open", async || {
        fetch(&process.cache, "b.example.com").await;
        process.metric(OPEN) > 0.5
    })
    .await;
}

async fn until_used_again(one: &Process, other: &Process) {
    until("what one keeps the other finds", async || {
        keep(&one.cache, green("z.example.com")).await;
        one.cache.fetch(&[host("y.example.com")]).await;
        fetch(&other.cache, "z.example.com").await.is_some()
    })
    .await;
    assert!(one.metric(OPEN) < 0.5);
}

#[tokio::test]
async fn a_redis_that_dies_is_given_up_and_used_again() {
    let mut server = PrivateRedis::start().await;
    let [one, other] = two_processes(&server).await;
    server.kill();
    assert_eq!(soon(fetch(&other.cache, "b.example.com")).await, None);
    assert_eq!(
        fetch(&other.cache, "a.example.com").await,
        Some(green("a.example.com")),
        "what is at hand stays"
    );
    until_given_up(&one).await;
    until_given_up(&other).await;

    let before = other.metric(ERRORS);
    for _ in 0..10_000 {
        assert_eq!(fetch(&other.cache, "b.example.com").await, None);
    }
    let attempts = other.metric(ERRORS) - before;
    assert!(attempts < 100.0, "an open breaker asks seldom: {attempts} attempts");

    server.restart().await;
    until_used_again(&one, &other).await;
}

#[tokio::test]
async fn a_frozen_redis_is_given_up_and_used_again() {
    let server = PrivateRedis::start().await;
    let [one, other] = two_processes(&server).await;
    server.freeze();
    soon(until_given_up(&other)).await;
    soon(until_given_up(&one)).await;
    soon(other.cache.replace(Arc::new(later(1, grey("c.example.com"))), Duration::from_secs(60))).await;
    assert_eq!(fetch(&other.cache, "c.example.com").await, Some(later(1, grey("c.example.com"))));
    server.thaw();
    until_used_again(&one, &other).await;
}

#[tokio::test]
async fn a_change_while_redis_is_away_reaches_it_afterwards() {
    let server = PrivateRedis::start().await;
    let [one, _] = two_processes(&server).await;
    server.freeze();
    until_given_up(&one).await;
    soon(one.cache.forget(&host("a.example.com"))).await;
    assert!(one.metric("greencheck_cache_unsent_changes") > 0.5);
    server.thaw();
    until("redis has heard of it", async || {
        assert_eq!(fetch(&one.cache, "a.example.com").await, None, "the process that knows does not use it");
        one.metric("greencheck_cache_unsent_changes") < 0.5
    })
    .await;
    let newcomer = Process::new(&server.redis.config());
    newcomer.cache.advance(Generation(7));
    assert_eq!(fetch(&newcomer.cache, "a.example.com").await, None);
}

#[tokio::test]
async fn a_redis_that_is_away_at_the_start_is_used_when_it_comes() {
    let mut server = PrivateRedis::start().await;
    server.kill();
    let [one, other] = [(); 2].map(|()| Process::new(&server.redis.config()));
    for process in [&one, &other] {
        process.cache.advance(Generation(7));
        assert_eq!(soon(fetch(&process.cache, "a.example.com")).await, None);
    }
    server.restart().await;
    until_used_again(&one, &other).await;
}

#[tokio::test]
async fn a_caller_that_goes_away_harms_nothing() {
    let server = PrivateRedis::start().await;
    let [one, _] = two_processes(&server).await;
    for number in 0..200 {
        let name = host(&format!("{number}.example.com"));
        let names = [name.clone()];
        ask_and_go(one.cache.fetch(&names)).await;
        ask_and_go(one.cache.forget(&name)).await;
    }
    assert!(one.cache.ping().await);
    assert!(one.metric(ERRORS) < 0.5);
}

#[test]
fn a_connection_outlives_the_runtime_of_the_worker_that_used_it_first() {
    let main = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = main.block_on(PrivateRedis::start());
    let process = main.block_on(async { Process::new(&server.redis.config()) });
    process.cache.advance(Generation(7));
    for number in 0..5 {
        let worker = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        worker.block_on(async {
            keep(&process.cache, green(&format!("{number}.example.com"))).await;
            assert!(process.cache.ping().await);
        });
    }
    assert!(process.metric(ERRORS) < 0.5);
}
