use chrono::{Days, TimeDelta};
use greencheck_core::ports::Appended;
use greencheck_core::{CheckBatch, Usage};

use super::Subject;
use super::samples::{at, batch, check, host, row, verdict};

pub async fn days_may_be_prepared_again_and_after_their_checks(store: &Subject) {
    let now = at("2026-02-02T12:00:00Z");
    let today = now.date_naive();
    store.log.append(&[batch(vec![check("early.example.com", now)])]).await.unwrap();
    for _ in 0..2 {
        store.upkeep.prepare_days(today, today + Days::new(2)).await.unwrap();
    }
    store.upkeep.prepare_days(today + Days::new(2), today).await.unwrap();
    let inside =
        [now, now + TimeDelta::days(1), at("2026-02-02T00:00:00Z"), at("2026-02-04T23:59:59.999999Z")];
    let outside = [now - TimeDelta::days(100), now + TimeDelta::days(100)];
    let checks = inside.iter().chain(&outside).map(|at| check("late.example.com", *at)).collect();
    store.log.append(&[batch(checks)]).await.unwrap();
    assert_eq!(store.tables.checks().await.len(), 7);
    // The days whose checks came before their room.
    let day = outside[0].date_naive();
    store.upkeep.prepare_days(day, day).await.unwrap();
    assert_eq!(store.tables.checks().await.len(), 7);
}

pub async fn old_checks_and_old_batch_ids_are_dropped(store: &Subject) {
    let now = at("2026-02-02T12:00:00Z");
    let today = now.date_naive();
    store.upkeep.prepare_days(today - Days::new(1), today).await.unwrap();
    let days_ago = |days: i64| check("example.com", now - TimeDelta::days(days));
    let batch = batch(vec![days_ago(0), days_ago(1), days_ago(2)]);
    store.log.append(std::slice::from_ref(&batch)).await.unwrap();
    let long_ago = at("2000-01-01T00:00:00Z");
    assert_eq!(store.upkeep.drop_before(today, long_ago).await.unwrap(), 2);
    assert_eq!(store.upkeep.drop_before(today, long_ago).await.unwrap(), 0);
    let left = store.tables.checks().await;
    assert_eq!(left.iter().map(|line| line.checked_at).collect::<Vec<_>>(), [now]);
    // The id of the batch is known until it is dropped too.
    assert_eq!(store.log.append(std::slice::from_ref(&batch)).await.unwrap(), [Appended::Duplicate]);
    store.upkeep.drop_before(today, at("2100-01-01T00:00:00Z")).await.unwrap();
    assert_eq!(store.log.append(&[batch]).await.unwrap(), [Appended::Stored]);
}

pub async fn what_was_asked_with_keys_goes_with_the_checks_of_its_day(store: &Subject) {
    let days = ["2026-01-31", "2026-02-01", "2026-02-02"].map(|day| day.parse().unwrap());
    let usage = days.map(|day| Usage { key: 1, day, route: "/a".to_owned(), requests: 1, names: 1 });
    store.log.append(&[CheckBatch { usage: usage.into(), ..batch(Vec::new()) }]).await.unwrap();
    store.upkeep.drop_before(days[1], at("2000-01-01T00:00:00Z")).await.unwrap();
    let left = store.partners.key_usage(1, days[0]).await.unwrap();
    assert_eq!(left.iter().map(|usage| usage.day).collect::<Vec<_>>(), days[1..]);
}

pub async fn a_verdict_that_nobody_asks_for_expires(store: &Subject) {
    store.snapshot.import_chunk(vec![row("never.example.com", "2009-04-01T00:00:00Z")]).await.unwrap();
    for name in ["long-ago.example.com", "lately.example.com"] {
        store.verdicts.put(&verdict(name)).await.unwrap();
    }
    let checks = vec![
        check("long-ago.example.com", at("2001-01-01T00:00:00Z")),
        check("lately.example.com", at("2200-01-01T00:00:00Z")),
    ];
    store.log.append(&[batch(checks)]).await.unwrap();
    // What an import brought today is young, however old the import says it is.
    assert_eq!(store.upkeep.expire_verdicts(at("2010-01-01T00:00:00Z")).await.unwrap(), 1);
    let hosts = ["never.example.com", "long-ago.example.com", "lately.example.com"].map(host);
    assert_eq!(store.verdicts.by_hosts(&hosts).await.unwrap().len(), 2);
    assert_eq!(store.upkeep.expire_verdicts(at("2150-01-01T00:00:00Z")).await.unwrap(), 1);
    let left = store.verdicts.by_hosts(&hosts).await.unwrap();
    assert_eq!(left.iter().map(|verdict| verdict.host.as_str()).collect::<Vec<_>>(), ["lately.example.com"]);
}
