//! What every [`AnswerCache`] promises. [`answer_cache_contract!`](crate::answer_cache_contract) makes tests of it.

pub mod samples;

use std::sync::Arc;
use std::time::{Duration, Instant};

use greencheck_core::ports::AnswerCache;
use greencheck_core::{Answer, Generation, UnknownReason};

use self::samples::{explained, green, grey, host, later, under, unknown};

/// The life time of an answer in these tests, longer than any of them runs.
const LONG: Duration = Duration::from_secs(600);
/// How long something may take that happens behind the caller's back.
const PATIENCE: Duration = Duration::from_secs(10);

/// One test for each promise, on the cache that the expression makes anew for each (`async`, `Arc<dyn AnswerCache>`).
#[macro_export]
macro_rules! answer_cache_contract {
    ($new:expr) => {
        $crate::answer_cache_contract!(@tests $new;
            answers_come_in_the_order_of_the_names
            an_answer_is_at_hand_once_kept
            many_are_at_hand_only_if_all_are
            an_answer_ends_with_its_life_time
            an_answer_of_an_older_catalog_is_a_miss
            a_fill_is_refused_after_the_catalog_moved_on
            a_fill_is_refused_after_the_name_changed
            a_fill_that_begins_after_a_change_is_kept
            a_forgotten_name_is_a_miss
            a_replacement_wins_over_what_is_kept
            a_replacement_wins_over_a_fill_under_way
            an_older_replacement_does_not_win
            a_momentary_answer_is_never_kept
            an_answer_is_kept_without_its_explanation
            a_catalog_never_moves_back
        );
    };
    (@tests $new:expr; $($name:ident)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                let cache = $new.await;
                $crate::contract::cache::$name(&*cache).await;
            }
        )*
    };
}

pub async fn answers_come_in_the_order_of_the_names(cache: &dyn AnswerCache) {
    cache.advance(Generation(7));
    for kept in
        [green("a.example.com"), grey("c.example.com"), unknown("d.example.com", UnknownReason::NxDomain)]
    {
        keep(cache, kept).await;
    }
    let names =
        ["d.example.com", "b.example.com", "a.example.com", "c.example.com", "a.example.com"].map(host);
    let found = cache.fetch(&names).await;
    let expected = [
        Some(unknown("d.example.com", UnknownReason::NxDomain)),
        None,
        Some(green("a.example.com")),
        Some(grey("c.example.com")),
        Some(green("a.example.com")),
    ];
    assert_eq!(found, expected.map(|answer| answer.map(Arc::new)));
    assert_eq!(cache.fetch(&[]).await, []);
}

pub async fn an_answer_is_at_hand_once_kept(cache: &dyn AnswerCache) {
    cache.advance(Generation(7));
    assert_eq!(cache.peek("a.example.com"), None);
    keep(cache, green("a.example.com")).await;
    assert_eq!(cache.peek("a.example.com").as_deref(), Some(&green("a.example.com")));
}

pub async fn many_are_at_hand_only_if_all_are(cache: &dyn AnswerCache) {
    cache.advance(Generation(7));
    keep(cache, green("a.example.com")).await;
    assert_eq!(cache.peek_all(&["b.example.com", "a.example.com"]), None);
    keep(cache, grey("b.example.com")).await;
    let expected = [grey("b.example.com"), green("a.example.com"), green("a.example.com")];
    let found = cache.peek_all(&["b.example.com", "a.example.com", "a.example.com"]);
    assert_eq!(found, Some(expected.map(Arc::new).to_vec()));
    assert_eq!(cache.peek_all(&[]), Some(Vec::new()));
    cache.advance(Generation(8));
    assert_eq!(cache.peek_all(&["a.example.com"]), None, "it is of an older catalog");
}

pub async fn an_answer_ends_with_its_life_time(cache: &dyn AnswerCache) {
    cache.advance(Generation(7));
    cache.keep(Arc::new(green("a.example.com")), cache.begin_fill(), Duration::from_millis(50)).await;
    until("the answer has ended", async || fetch(cache, "a.example.com").await.is_none()).await;
    cache.keep(Arc::new(green("b.example.com")), cache.begin_fill(), Duration::ZERO).await;
    assert_eq!(fetch(cache, "b.example.com").await, None);
}

pub async fn an_answer_of_an_older_catalog_is_a_miss(cache: &dyn AnswerCache) {
    cache.advance(Generation(7));
    keep(cache, green("a.example.com")).await;
    cache.advance(Generation(8));
    assert_eq!(cache.peek("a.example.com"), None);
    assert_eq!(fetch(cache, "a.example.com").await, None);
    keep(cache, green("b.example.com")).await;
    assert_eq!(fetch(cache, "b.example.com").await, None, "an answer of generation 7 is old when it comes");
    keep(cache, under(8, green("a.example.com"))).await;
    assert_eq!(fetch(cache, "a.example.com").await, Some(under(8, green("a.example.com"))));
}

pub async fn a_fill_is_refused_after_the_catalog_moved_on(cache: &dyn AnswerCache) {
    cache.advance(Generation(7));
    let token = cache.begin_fill();
    assert_eq!(token.generation, Generation(7));
    cache.advance(Generation(8));
    cache.keep(Arc::new(green("a.example.com")), token, LONG).await;
    assert_eq!(fetch(cache, "a.example.com").await, None);
}

pub async fn a_fill_is_refused_after_the_name_changed(cache: &dyn AnswerCache) {
    cache.advance(Generation(7));
    let token = cache.begin_fill();
    cache.forget(&host("a.example.com")).await;
    cache.keep(Arc::new(green("a.example.com")), token, LONG).await;
    cache.keep(Arc::new(green("b.example.com")), token, LONG).await;
    assert_eq!(fetch(cache, "a.example.com").await, None);
    assert_eq!(
        fetch(cache, "b.example.com").await,
        Some(green("b.example.com")),
        "the other name has not changed"
    );
}

pub async fn a_fill_that_begins_after_a_change_is_kept(cache: &dyn AnswerCache) {
    cache.advance(Generation(7));
    cache.forget(&host("a.example.com")).await;
    keep(cache, green("a.example.com")).await;
    assert_eq!(fetch(cache, "a.example.com").await, Some(green("a.example.com")));
}

pub async fn a_forgotten_name_is_a_miss(cache: &dyn AnswerCache) {
    cache.advance(Generation(7));
    keep(cache, green("a.example.com")).await;
    cache.forget(&host("a.example.com")).await;
    assert_eq!(cache.peek("a.example.com"), None);
    assert_eq!(fetch(cache, "a.example.com").await, None);
    cache.forget(&host("never.example.com")).await;
}

pub async fn a_replacement_wins_over_what_is_kept(cache: &dyn AnswerCache) {
    cache.advance(Generation(7));
    keep(cache, green("a.example.com")).await;
    let newer = later(1, grey("a.example.com"));
    cache.replace(Arc::new(newer.clone()), LONG).await;
    assert_eq!(cache.peek("a.example.com").as_deref(), Some(&newer));
    assert_eq!(fetch(cache, "a.example.com").await, Some(newer));
}

pub async fn a_replacement_wins_over_a_fill_under_way(cache: &dyn AnswerCache) {
    cache.advance(Generation(7));
    let token = cache.begin_fill();
    let newer = later(1, grey("a.example.com"));
    cache.replace(Arc::new(newer.clone()), LONG).await;
    cache.keep(Arc::new(green("a.example.com")), token, LONG).await;
    assert_eq!(fetch(cache, "a.example.com").await, Some(newer));
}

pub async fn an_older_replacement_does_not_win(cache: &dyn AnswerCache) {
    cache.advance(Generation(7));
    let newer = later(2, grey("a.example.com"));
    cache.replace(Arc::new(newer.clone()), LONG).await;
    cache.replace(Arc::new(later(1, green("a.example.com"))), LONG).await;
    assert_eq!(fetch(cache, "a.example.com").await, Some(newer));
}

pub async fn a_momentary_answer_is_never_kept(cache: &dyn AnswerCache) {
    cache.advance(Generation(7));
    keep(cache, green("a.example.com")).await;
    for reason in [UnknownReason::Deadline, UnknownReason::Overload, UnknownReason::Unavailable] {
        keep(cache, unknown("b.example.com", reason)).await;
        cache.replace(Arc::new(later(1, unknown("a.example.com", reason))), LONG).await;
    }
    assert_eq!(fetch(cache, "b.example.com").await, None);
    assert_eq!(
        fetch(cache, "a.example.com").await,
        Some(green("a.example.com")),
        "what was known is known still"
    );
}

pub async fn an_answer_is_kept_without_its_explanation(cache: &dyn AnswerCache) {
    cache.advance(Generation(7));
    keep(cache, explained(green("a.example.com"))).await;
    assert_eq!(fetch(cache, "a.example.com").await, Some(green("a.example.com")));
    cache.replace(Arc::new(explained(grey("b.example.com"))), LONG).await;
    assert_eq!(fetch(cache, "b.example.com").await, Some(grey("b.example.com")));
}

pub async fn a_catalog_never_moves_back(cache: &dyn AnswerCache) {
    cache.advance(Generation(7));
    keep(cache, green("a.example.com")).await;
    cache.advance(Generation(3));
    assert_eq!(fetch(cache, "a.example.com").await, Some(green("a.example.com")));
    assert_eq!(cache.begin_fill().generation, Generation(7));
}

/// Two processes with one cache behind them: what one keeps, the other finds.
pub async fn one_process_finds_what_another_kept(one: &dyn AnswerCache, other: &dyn AnswerCache) {
    one.advance(Generation(7));
    other.advance(Generation(7));
    for name in ["a.example.com", "b.example.com"] {
        keep(one, green(name)).await;
        until("the other process has it", async || fetch(other, name).await == Some(green(name))).await;
        assert_eq!(other.peek(name).as_deref(), Some(&green(name)), "it is at hand from now on");
    }
}

/// The replacement of one process is what the other answers once it has heard of the change.
pub async fn a_replacement_reaches_the_other_process(one: &dyn AnswerCache, other: &dyn AnswerCache) {
    one.advance(Generation(7));
    other.advance(Generation(7));
    keep(one, green("a.example.com")).await;
    until("both have it", async || fetch(other, "a.example.com").await.is_some()).await;
    let newer = later(1, grey("a.example.com"));
    one.replace(Arc::new(newer.clone()), LONG).await;
    assert_eq!(fetch(one, "a.example.com").await.as_ref(), Some(&newer));
    other.forget(&host("a.example.com")).await;
    let found = fetch(other, "a.example.com").await;
    assert!(found.is_none() || found == Some(newer), "{found:?}");
}

/// A process that has not heard of the change yet cannot bring back the answer from before.
pub async fn a_slow_fill_of_another_process_is_refused(
    one: &dyn AnswerCache,
    other: &dyn AnswerCache,
    third: &dyn AnswerCache,
) {
    for cache in [one, other, third] {
        cache.advance(Generation(7));
    }
    let token = other.begin_fill();
    one.replace(Arc::new(later(1, grey("a.example.com"))), LONG).await;
    one.forget(&host("b.example.com")).await;
    for name in ["a.example.com", "b.example.com"] {
        other.keep(Arc::new(green(name)), token, LONG).await;
    }
    // A later write of the same process tells that the earlier ones have been decided on.
    keep(other, green("c.example.com")).await;
    until("the later write is there", async || fetch(third, "c.example.com").await.is_some()).await;
    assert_eq!(fetch(third, "a.example.com").await, Some(later(1, grey("a.example.com"))));
    assert_eq!(fetch(third, "b.example.com").await, None);
}

/// An answer of a catalog that this process does not know is of no use to it.
pub async fn an_answer_of_another_catalog_is_a_miss(one: &dyn AnswerCache, other: &dyn AnswerCache) {
    one.advance(Generation(7));
    other.advance(Generation(7));
    keep(one, green("a.example.com")).await;
    until("it is there", async || fetch(other, "a.example.com").await.is_some()).await;
    other.advance(Generation(8));
    assert_eq!(fetch(other, "a.example.com").await, None);
    keep(other, under(8, grey("a.example.com"))).await;
    assert_eq!(fetch(other, "a.example.com").await, Some(under(8, grey("a.example.com"))));
}

/// The answer for `name` from all levels.
pub async fn fetch(cache: &dyn AnswerCache, name: &str) -> Option<Answer> {
    let found = cache.fetch(&[host(name)]).await;
    assert_eq!(found.len(), 1);
    found.into_iter().next().flatten().map(Arc::unwrap_or_clone)
}

/// Keeps an answer as a look-up does that takes no time.
pub async fn keep(cache: &dyn AnswerCache, answer: Answer) {
    cache.keep(Arc::new(answer), cache.begin_fill(), LONG).await;
}

/// Asks again and again until it is so.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
