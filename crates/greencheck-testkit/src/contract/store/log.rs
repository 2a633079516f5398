use std::collections::HashMap;
use std::time::Duration;

use chrono::TimeDelta;
use greencheck_core::ports::{Appended, LAST_CHECKED_LAG};
use greencheck_core::{Check, CheckBatch, Host, Match, MatchKind, ProviderId, Source, Usage, VerdictKind};

use super::samples::{at, batch, check, host, verdict};
use super::{CheckLine, Subject};

pub async fn a_check_becomes_a_row_with_all_its_columns(store: &Subject) {
    let now = at("2026-02-02T12:00:00.123456Z");
    let green = Check {
        verdict: VerdictKind::Green,
        provider: Some(ProviderId(7)),
        matched: Some(Match { kind: MatchKind::Range, id: Some(70) }),
        address: Some("2001:db8::7".parse().unwrap()),
        ..check("www.example.co.uk", now)
    };
    let unknown = Check {
        verdict: VerdictKind::Unknown,
        cached: true,
        source: Source::Badge,
        ..check("192.0.2.1", now + TimeDelta::seconds(1))
    };
    assert_eq!(store.log.append(&[batch(vec![green, unknown])]).await.unwrap(), [Appended::Stored]);
    let first = CheckLine {
        checked_at: now,
        host: "www.example.co.uk".into(),
        tld: "co.uk".into(),
        verdict: "green".into(),
        provider_id: Some(7),
        match_kind: Some("range".into()),
        match_id: Some(70),
        address: Some("2001:db8::7".into()),
        address_family: Some(6),
        cached: false,
        source: "api".into(),
    };
    let second = CheckLine {
        checked_at: now + TimeDelta::seconds(1),
        host: "192.0.2.1".into(),
        tld: String::new(),
        verdict: "unknown".into(),
        provider_id: None,
        match_kind: None,
        match_id: None,
        address: None,
        address_family: None,
        cached: true,
        source: "badge".into(),
    };
    assert_eq!(store.tables.checks().await, [first, second]);
    assert_eq!(store.log.append(&[]).await.unwrap(), []);
}

pub async fn a_batch_that_comes_again_is_left_out(store: &Subject) {
    let now = at("2026-02-02T12:00:00Z");
    let (first, second) =
        (batch(vec![check("a.example.com", now)]), batch(vec![check("b.example.com", now)]));
    let empty = batch(Vec::new());
    store.log.append(std::slice::from_ref(&first)).await.unwrap();
    let outcomes = store.log.append(&[first.clone(), second.clone(), empty.clone()]).await.unwrap();
    assert_eq!(outcomes, [Appended::Duplicate, Appended::Stored, Appended::Stored]);
    assert_eq!(store.log.append(&[second, empty]).await.unwrap(), [Appended::Duplicate, Appended::Duplicate]);
    assert_eq!(store.tables.checks().await.len(), 2);
}

pub async fn a_batch_given_twice_in_one_call_is_stored_once(store: &Subject) {
    let one = batch(vec![check("example.com", at("2026-02-02T12:00:00Z"))]);
    let outcomes = store.log.append(&[one.clone(), one]).await.unwrap();
    assert_eq!(outcomes, [Appended::Stored, Appended::Duplicate]);
    assert_eq!(store.tables.checks().await.len(), 1);
}

fn usage(key: i64, day: &str, route: &str, names: u64) -> Usage {
    Usage { key, day: day.parse().unwrap(), route: route.to_owned(), requests: 2, names }
}

pub async fn usage_adds_up_by_key_day_and_route(store: &Subject) {
    let of = |usage: Vec<Usage>| CheckBatch { usage, ..batch(Vec::new()) };
    let first = of(vec![usage(1, "2026-02-01", "/a", 2), usage(1, "2026-02-02", "/a", 20)]);
    let second = of(vec![usage(1, "2026-02-02", "/a", 3), usage(1, "2026-02-02", "/B", 0)]);
    let third = of(vec![usage(2, "2026-02-02", "/a", 7), usage(1, "2026-02-02", "/a", 100)]);
    store.log.append(&[first, second]).await.unwrap();
    store.log.append(&[third]).await.unwrap();
    let asked = |key, since: &str| store.partners.key_usage(key, since.parse().unwrap());
    let sum = Usage { requests: 6, ..usage(1, "2026-02-02", "/a", 123) };
    let expected = [usage(1, "2026-02-01", "/a", 2), usage(1, "2026-02-02", "/B", 0), sum];
    assert_eq!(asked(1, "2026-02-01").await.unwrap(), expected);
    assert_eq!(asked(1, "2026-02-02").await.unwrap(), expected[1..]);
    assert_eq!(asked(2, "2026-01-01").await.unwrap(), [usage(2, "2026-02-02", "/a", 7)]);
    assert_eq!(asked(3, "2026-01-01").await.unwrap(), []);
}

pub async fn usage_of_a_batch_that_comes_again_counts_once(store: &Subject) {
    let asked = vec![usage(1, "2026-02-02", "/a", 5)];
    let one = CheckBatch { usage: asked.clone(), ..batch(vec![check("a.com", at("2026-02-02T12:00:00Z"))]) };
    let outcomes = store.log.append(&[one.clone(), one.clone()]).await.unwrap();
    assert_eq!(outcomes, [Appended::Stored, Appended::Duplicate]);
    assert_eq!(store.log.append(&[one]).await.unwrap(), [Appended::Duplicate]);
    assert_eq!(store.partners.key_usage(1, "2026-02-02".parse().unwrap()).await.unwrap(), asked);
}

pub async fn writers_that_count_the_same_keys_lose_nothing(store: &Subject) {
    // In opposite orders, as two writers get them.
    let batches = |keys: Vec<i64>| async move {
        for _ in 0..10 {
            let usage = keys.iter().map(|key| usage(*key, "2026-02-02", "/a", 1)).collect();
            store.log.append(&[CheckBatch { usage, ..batch(Vec::new()) }]).await.unwrap();
        }
    };
    tokio::join!(batches((0..50).collect()), batches((0..50).rev().collect()));
    for key in [0, 49] {
        let counted = store.partners.key_usage(key, "2026-02-02".parse().unwrap()).await.unwrap();
        assert_eq!(counted, [Usage { requests: 40, ..usage(key, "2026-02-02", "/a", 20) }]);
    }
}

pub async fn a_check_freshens_its_verdict_at_most_once_an_hour_and_never_back_in_time(store: &Subject) {
    let (early, late) = (at("2026-02-02T12:00:00Z"), at("2026-02-02T13:00:00Z"));
    let name = host("example.com");
    store.verdicts.put(&verdict("example.com")).await.unwrap();
    assert_eq!(store.tables.last_checked_at(&name).await, None);
    let checks =
        vec![check("example.com", early), check("example.com", late), check("unknown.example.com", late)];
    store.log.append(&[batch(checks)]).await.unwrap();
    assert_eq!(store.tables.last_checked_at(&name).await, Some(late));
    store.log.append(&[batch(vec![check("example.com", early)])]).await.unwrap();
    assert_eq!(store.tables.last_checked_at(&name).await, Some(late));
    // A new verdict does not forget when the old one was asked for.
    store.verdicts.put(&verdict("example.com")).await.unwrap();
    assert_eq!(store.tables.last_checked_at(&name).await, Some(late));
    let (soon, due) = (late + LAST_CHECKED_LAG - TimeDelta::seconds(1), late + LAST_CHECKED_LAG);
    store.log.append(&[batch(vec![check("example.com", soon)])]).await.unwrap();
    assert_eq!(store.tables.last_checked_at(&name).await, Some(late));
    store.log.append(&[batch(vec![check("example.com", due)])]).await.unwrap();
    assert_eq!(store.tables.last_checked_at(&name).await, Some(due));
    assert_eq!(store.tables.last_checked_at(&host("unknown.example.com")).await, None);
}

pub async fn two_writers_store_every_row_once_and_about_the_latest_time(store: &Subject) {
    const NAMES: u64 = 50;
    for name in 0..NAMES {
        store.verdicts.put(&verdict(&format!("n{name}.example.com"))).await.unwrap();
    }
    let (first, second) = (zipf_batches(1, NAMES), zipf_batches(2, NAMES));
    // Both are given the last batches of the other too, as after a lost acknowledgement.
    let write = |batches: Vec<CheckBatch>, again: Vec<CheckBatch>| async move {
        for pair in batches.chunks(2) {
            store.log.append(pair).await.unwrap();
        }
        store.log.append(&again).await.unwrap();
    };
    tokio::join!(write(first.clone(), second[18..].to_vec()), write(second.clone(), first[18..].to_vec()));
    let all: Vec<&Check> = first.iter().chain(&second).flat_map(|batch| &batch.checks).collect();
    assert_eq!(store.tables.checks().await.len(), all.len());
    let mut latest: HashMap<&Host, _> = HashMap::new();
    for check in all {
        let at = latest.entry(&check.host).or_insert(check.checked_at);
        *at = check.checked_at.max(*at);
    }
    for (name, at) in latest {
        let stored = store.tables.last_checked_at(name).await.unwrap();
        assert!(stored <= at && at - stored < LAST_CHECKED_LAG, "{name}: {stored}, asked for at {at}");
    }
}

/// 20 batches of 100 checks on `names` names, the first of which is asked for most; in a shuffled order.
fn zipf_batches(seed: u64, names: u64) -> Vec<CheckBatch> {
    let start = at("2026-02-02T12:00:00Z");
    let mut state = seed;
    let mut random = move || {
        // SplitMix64 (Steele, Lea, Flood 2014).
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 33
    };
    let mut one = || {
        let (spread, second) = (random() % names + 1, random() % 10_000);
        let name = random() % spread;
        check(&format!("n{name}.example.com"), start + TimeDelta::milliseconds(second.cast_signed()))
    };
    (0..20).map(|_| batch((0..100).map(|_| one()).collect())).collect()
}

pub async fn an_append_that_is_cancelled_may_be_repeated(store: &Subject) {
    let now = at("2026-02-02T12:00:00Z");
    let many = batch((0..2_000).map(|number| check(&format!("n{number}.example.com"), now)).collect());
    for patience in [0, 1, 3, 10] {
        let append = store.log.append(std::slice::from_ref(&many));
        // Dropped when the time is over, wherever it is by then.
        drop(tokio::time::timeout(Duration::from_millis(patience), append).await);
    }
    store.log.append(std::slice::from_ref(&many)).await.unwrap();
    assert_eq!(store.tables.checks().await.len(), 2_000);
    assert_eq!(store.log.append(&[many]).await.unwrap(), [Appended::Duplicate]);
}
