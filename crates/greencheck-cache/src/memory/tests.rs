use greencheck_core::ports::AnswerCache;
use greencheck_testkit::contract::cache::samples::{explained, green, grey, host, later, under, unknown};
use greencheck_testkit::contract::cache::{fetch, keep, until};

use super::*;

fn cache(config: &CacheConfig) -> (MemoryCache, Metrics) {
    let metrics = Metrics::unregistered();
    let cache = MemoryCache::new(config, &metrics);
    cache.advance(Generation(7));
    (cache, metrics)
}

#[tokio::test]
async fn it_holds_as_many_answers_as_it_may() {
    let (cache, metrics) = cache(&CacheConfig { max_entries: 1_000, ..CacheConfig::default() });
    for number in 0..20_000 {
        keep(&cache, green(&format!("{number}.example.com"))).await;
    }
    assert!((500..=1_000).contains(&metrics.entries.get()), "{} entries", metrics.entries.get());
}

#[tokio::test]
async fn it_holds_as_many_bytes_as_it_may() {
    let (cache, metrics) = cache(&CacheConfig { max_bytes: 100_000, ..CacheConfig::default() });
    for number in 0..5_000 {
        keep(&cache, green(&format!("{number}.example.com"))).await;
    }
    assert!((100..=500).contains(&metrics.entries.get()), "{} entries", metrics.entries.get());
}

#[tokio::test]
async fn an_answer_stays_no_longer_than_local_ttl() {
    let (cache, _) = cache(&CacheConfig { local_ttl: Duration::from_millis(50), ..CacheConfig::default() });
    keep(&cache, green("a.example.com")).await;
    until("it has ended", async || fetch(&cache, "a.example.com").await.is_none()).await;
}

#[test]
fn what_is_asked_for_in_the_last_quarter_of_its_life_is_due_if_it_could_live_longer() {
    let config =
        CacheConfig { local_ttl: Duration::from_secs(100), jitter_percent: 0, ..CacheConfig::default() };
    let due = |cache: &MemoryCache, ttl: u64, after: u64| {
        cache.advance(Generation(7));
        let answer = cache.supersede(&Arc::new(green("a.example.com")), Duration::from_secs(ttl)).unwrap();
        let begin = cache.millis(Instant::now());
        assert_eq!(cache.find_at("a.example.com", || begin + after * 1000), Some(answer));
        due_in(cache)
    };
    let new = || MemoryCache::new(&config, &Metrics::unregistered());
    assert_eq!(due(&new(), 600, 70), []);
    assert_eq!(due(&new(), 600, 80), [host("a.example.com")]);
    assert_eq!(due(&new(), 99, 80), [], "it ends everywhere");
}

#[tokio::test]
async fn what_is_due_is_told_once_and_ends_in_its_time() {
    let config =
        CacheConfig { local_ttl: Duration::from_secs(100), jitter_percent: 0, ..CacheConfig::default() };
    let metrics = Metrics::unregistered();
    let cache = MemoryCache::new(&config, &metrics);
    let kept = cache.supersede(&Arc::new(green("a.example.com")), Duration::from_secs(600)).unwrap();
    let begin = cache.millis(Instant::now());
    let find_after = |millis: u64| cache.find_at("a.example.com", || begin + millis);
    find_after(80_000);
    assert_eq!(cache.due().await, [host("a.example.com")]);
    assert!(find_after(80_000).is_some());
    assert_eq!(due_in(&cache), []);
    assert_eq!(find_after(100_100), None);

    // Renewed, it is due again in its time.
    let renewed = cache.supersede(&Arc::new(green("a.example.com")), Duration::from_secs(600)).unwrap();
    cache.let_end(&[kept]);
    find_after(80_000);
    assert_eq!(due_in(&cache), [host("a.example.com")], "what took the place of another does not end for it");
    cache.drop_entry(&host("a.example.com"));
    cache.let_end(&[renewed]);
    assert_eq!(cache.find("a.example.com"), None, "what is gone does not come back");
}

fn due_in(cache: &MemoryCache) -> Vec<Host> {
    cache.due.all().iter().map(|answer| answer.host.clone()).collect()
}

#[tokio::test]
async fn an_answer_that_has_ended_refuses_no_older_one() {
    let (cache, metrics) =
        cache(&CacheConfig { local_ttl: Duration::from_millis(50), ..CacheConfig::default() });
    keep(&cache, later(1, green("a.example.com"))).await;
    until("it has ended", async || fetch(&cache, "a.example.com").await.is_none()).await;
    keep(&cache, green("a.example.com")).await;
    assert_eq!(metrics.refused(Refusal::Older), 0);
}

#[tokio::test]
async fn an_answer_without_its_nanoseconds_is_no_older_one() {
    let (cache, metrics) = cache(&CacheConfig::default());
    let mut precise = green("a.example.com");
    precise.modified += chrono::TimeDelta::nanoseconds(999);
    keep(&cache, precise).await;
    keep(&cache, green("a.example.com")).await;
    assert_eq!(metrics.refused(Refusal::Older), 0);
}

#[tokio::test]
async fn names_of_one_provider_share_it() {
    let (cache, _) = cache(&CacheConfig::default());
    for name in ["a.example.com", "b.example.com"] {
        keep(&cache, explained(green(name))).await;
    }
    let [a, b] =
        ["a.example.com", "b.example.com"].map(|name| cache.peek(name).unwrap().hosted_by.clone().unwrap());
    assert!(Arc::ptr_eq(&a, &b));

    let mut renamed = green("c.example.com");
    renamed.hosted_by = Some(Arc::new(greencheck_core::HostedBy { name: "New".to_owned(), ..(*a).clone() }));
    keep(&cache, renamed.clone()).await;
    assert_eq!(cache.peek("c.example.com").as_deref(), Some(&renamed));
    assert_eq!(cache.peek("a.example.com").as_deref(), Some(&green("a.example.com")));
}

#[tokio::test]
async fn what_is_refused_is_counted_by_reason() {
    let (cache, metrics) = cache(&CacheConfig::default());
    let token = cache.begin_fill();
    let ttl = Duration::from_secs(600);
    cache.forget(&host("a.example.com")).await;
    cache.keep(Arc::new(green("a.example.com")), token, ttl).await;
    keep(&cache, unknown("b.example.com", greencheck_core::UnknownReason::Overload)).await;
    keep(&cache, under(6, grey("c.example.com"))).await;
    keep(&cache, later(1, grey("d.example.com"))).await;
    keep(&cache, grey("d.example.com")).await;
    for reason in [Refusal::Changed, Refusal::Momentary, Refusal::Generation, Refusal::Older] {
        assert_eq!(metrics.refused(reason), 1, "{reason:?}");
    }
}

#[tokio::test]
async fn hits_and_misses_are_counted() {
    let (cache, metrics) = cache(&CacheConfig::default());
    keep(&cache, green("a.example.com")).await;
    cache.peek("a.example.com");
    cache.fetch(&["a.example.com", "b.example.com"].map(host)).await;
    assert_eq!((metrics.memory.hits.get(), metrics.memory.misses.get()), (2, 1));
    cache.peek_all(&["a.example.com", "b.example.com"]);
    assert_eq!(metrics.memory.hits.get(), 2, "it is asked again, one by one");
    cache.peek_all(&["a.example.com", "a.example.com"]);
    assert_eq!((metrics.memory.hits.get(), metrics.memory.misses.get()), (4, 1));
}

#[test]
fn a_change_and_a_fill_at_once_leave_no_old_answer() {
    let (cache, _) = cache(&CacheConfig::default());
    let ttl = Duration::from_secs(600);
    for round in 0..2_000 {
        let name = format!("{round}.example.com");
        let token = cache.begin_fill();
        let (old, new) = (Arc::new(green(&name)), Arc::new(later(1, grey(&name))));
        std::thread::scope(|scope| {
            scope.spawn(|| cache.fill(&old, token, ttl));
            scope.spawn(|| cache.supersede(&new, ttl));
        });
        assert_eq!(cache.find(&name), Some(new));
    }
}
