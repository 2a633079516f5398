use chrono::{Days, TimeDelta};
use greencheck_core::catalog::CatalogDocument;
use greencheck_core::ports::{JobEnd, Notice, NoticeFate, NoticeKind};

use super::Subject;
use super::samples::at;

pub async fn one_holder_has_the_lease_until_it_is_over_or_dropped(store: &Subject) {
    let now = at("2026-02-02T12:00:00Z");
    let minutes = |minutes| now + TimeDelta::minutes(minutes);
    let hold =
        async |holder, now, until| store.jobs.hold_lease("scheduler", holder, now, until).await.unwrap();
    assert!(hold("a", now, minutes(1)).await);
    assert!(!hold("b", now, minutes(1)).await);
    assert!(hold("a", now, minutes(2)).await, "whoever holds it may keep it");
    assert!(!hold("b", minutes(1), minutes(3)).await);
    assert!(hold("b", minutes(2), minutes(3)).await, "it is over");
    assert!(!hold("a", minutes(2), minutes(3)).await);
    store.jobs.drop_lease("scheduler", "a").await.unwrap();
    assert!(!hold("a", minutes(2), minutes(3)).await, "only its holder drops it");
    store.jobs.drop_lease("scheduler", "b").await.unwrap();
    assert!(hold("a", minutes(2), minutes(3)).await);
    assert!(store.jobs.hold_lease("other", "b", now, minutes(1)).await.unwrap());
}

pub async fn a_job_is_run_by_one_at_a_time_and_its_last_run_is_known(store: &Subject) {
    let now = at("2026-02-02T12:00:00Z");
    let minutes = |minutes| now + TimeDelta::minutes(minutes);
    assert_eq!(store.jobs.job_records().await.unwrap(), []);
    assert!(store.jobs.begin_job("expiry", "a", now, minutes(10)).await.unwrap());
    assert!(!store.jobs.begin_job("expiry", "b", minutes(9), minutes(19)).await.unwrap());
    let running = &store.jobs.job_records().await.unwrap()[0];
    assert_eq!((running.running_since, running.busy_until), (Some(now), Some(minutes(10))));
    assert_eq!((&running.last, running.succeeded_at), (&None, None));
    assert!(store.jobs.begin_job("expiry", "a", minutes(1), minutes(11)).await.unwrap(), "it goes on");
    let running = &store.jobs.job_records().await.unwrap()[0];
    assert_eq!((running.running_since, running.busy_until), (Some(now), Some(minutes(11))));
    assert!(!store.jobs.begin_job("expiry", "b", minutes(10), minutes(19)).await.unwrap());
    let done = JobEnd { at: minutes(1), seconds: 60.5, outcome: Ok("dropped 3".to_owned()) };
    store.jobs.end_job("expiry", "b", &done).await.unwrap();
    assert_eq!(store.jobs.job_records().await.unwrap()[0].last, None, "it was not b's to end");
    store.jobs.end_job("expiry", "a", &done).await.unwrap();
    let record = store.jobs.job_records().await.unwrap().remove(0);
    assert_eq!((record.running_since, record.busy_until), (None, None));
    assert_eq!((record.last, record.succeeded_at), (Some(done), Some(minutes(1))));
    assert!(store.jobs.begin_job("expiry", "b", minutes(2), minutes(12)).await.unwrap());
    // Nobody ended it: somebody was killed.
    assert!(store.jobs.begin_job("expiry", "a", minutes(12), minutes(22)).await.unwrap());
    let failed = JobEnd { at: minutes(13), seconds: 1.0, outcome: Err("no disk".to_owned()) };
    store.jobs.end_job("expiry", "a", &failed).await.unwrap();
    let record = store.jobs.job_records().await.unwrap().remove(0);
    assert_eq!((record.last, record.succeeded_at), (Some(failed), Some(minutes(1))));
}

fn notice(id: &str) -> Notice {
    Notice {
        id: id.to_owned(),
        kind: NoticeKind::JobFailed,
        recipient: "ops@example.org".to_owned(),
        subject: format!("about {id}"),
        body: "A line.\nAnother.".to_owned(),
    }
}

pub async fn a_notice_is_kept_once_and_handed_out_until_it_is_settled(store: &Subject) {
    let now = at("2026-02-02T12:00:00Z");
    let minutes = |minutes| now + TimeDelta::minutes(minutes);
    let (first, second) = (notice("first"), notice("second"));
    assert_eq!(store.notices.file_notices(&[first.clone(), second.clone()], now).await.unwrap(), 2);
    assert_eq!(store.notices.file_notices(std::slice::from_ref(&first), minutes(1)).await.unwrap(), 0);
    let take = async |now, limit| {
        store.notices.take_due_notices(now, now + TimeDelta::minutes(5), limit).await.unwrap()
    };
    assert_eq!(take(now - TimeDelta::minutes(1), 10).await, []);
    let due = take(now, 1).await;
    assert_eq!((&due[0].notice, due[0].created, due[0].attempts), (&first, now, 0));
    assert_eq!(take(now, 10).await[0].notice, second, "the first is in somebody's hands");
    assert_eq!(take(minutes(4), 10).await, []);
    store.notices.settle_notice("first", &NoticeFate::Sent(minutes(1))).await.unwrap();
    let retry = NoticeFate::Retry { at: minutes(30), error: "refused".to_owned() };
    store.notices.settle_notice("second", &retry).await.unwrap();
    assert_eq!(take(minutes(29), 10).await, []);
    let due = take(minutes(30), 10).await;
    assert_eq!((due.len(), &due[0].notice, due[0].attempts), (1, &second, 1));
    store.notices.settle_notice("second", &NoticeFate::GivenUp { error: "gone".to_owned() }).await.unwrap();
    assert_eq!(take(minutes(900), 10).await, []);
    assert_eq!(store.notices.file_notices(&[second], minutes(900)).await.unwrap(), 0, "said is said");
    assert_eq!(store.notices.sweep_notices(minutes(1)).await.unwrap(), 2);
    assert_eq!(store.notices.file_notices(&[first], minutes(900)).await.unwrap(), 1);
}

pub async fn evidence_that_ends_soon_is_found(store: &Subject) {
    let document = r#"{"providers":[{"id":1,"name":"Leaf"},{"id":2,"name":"Gone","archived":true}],
        "supporting_documents":[
        {"id":1,"provider":1,"title":"A","valid_from":"2025-01-01","valid_to":"2026-02-09"},
        {"id":2,"provider":1,"title":"B","valid_from":"2025-01-01","valid_to":"2026-02-02","public":false},
        {"id":3,"provider":1,"title":"C","valid_from":"2025-01-01","valid_to":"2026-02-10"},
        {"id":4,"provider":1,"title":"D","valid_from":"2025-01-01","valid_to":"2026-02-01"},
        {"id":5,"provider":2,"title":"E","valid_from":"2025-01-01","valid_to":"2026-02-05"}]}"#;
    store.import.import(&CatalogDocument::parse(document).unwrap().document).await.unwrap();
    let today = at("2026-02-02T12:00:00Z").date_naive();
    let found = store.notices.expiring_evidence(today, today + Days::new(7)).await.unwrap();
    let shown: Vec<_> = found.iter().map(|found| (found.id, found.title.as_str(), found.last_day)).collect();
    assert_eq!(shown, [(2, "B", today), (1, "A", today + Days::new(7))]);
    assert_eq!((found[0].provider.0, found[0].provider_name.as_str()), (1, "Leaf"));
}
