//! The cache over a real Redis keeps the promises of the port.

mod badges;
mod buckets;
mod faults;
mod support;
mod values;

use std::sync::Arc;

use greencheck_core::ports::AnswerCache;
use greencheck_testkit::answer_cache_contract;
use greencheck_testkit::contract::cache as contract;

use self::support::processes;

fn cache() -> Arc<dyn AnswerCache> {
    let [cache] = processes();
    Arc::new(cache)
}

answer_cache_contract!(async { cache() });

#[tokio::test]
async fn one_process_finds_what_another_kept() {
    let [one, other] = processes();
    contract::one_process_finds_what_another_kept(&one, &other).await;
}

#[tokio::test]
async fn a_replacement_reaches_the_other_process() {
    let [one, other] = processes();
    contract::a_replacement_reaches_the_other_process(&one, &other).await;
}

#[tokio::test]
async fn a_slow_fill_of_another_process_is_refused() {
    let [one, other, third] = processes();
    contract::a_slow_fill_of_another_process_is_refused(&one, &other, &third).await;
}

#[tokio::test]
async fn an_answer_of_another_catalog_is_a_miss() {
    let [one, other] = processes();
    contract::an_answer_of_another_catalog_is_a_miss(&one, &other).await;
}
