use greencheck_core::carbon_txt::Resolved;

use super::Subject;
use super::samples::{at, host};

fn found() -> Resolved {
    Resolved {
        location: Some("https://example.com/carbon.txt".into()),
        found_at: Some(host("www.example.com")),
        hashes: vec!["0123\"abc".into(), "def".into()],
    }
}

pub async fn a_result_is_kept_whether_or_not_something_was_found(store: &Subject) {
    let (now, since) = (at("2026-02-02T12:00:00Z"), at("2026-02-01T12:00:00Z"));
    let (name, other) = (host("example.com"), host("example.org"));
    assert_eq!(store.carbon_txts.get(&name, since).await.unwrap(), None);
    store.carbon_txts.put(&name, &found(), now).await.unwrap();
    store.carbon_txts.put(&other, &Resolved::default(), now).await.unwrap();
    assert_eq!(store.carbon_txts.get(&name, since).await.unwrap(), Some(found()));
    assert_eq!(store.carbon_txts.get(&other, since).await.unwrap(), Some(Resolved::default()));
    store.carbon_txts.put(&name, &Resolved::default(), now).await.unwrap();
    assert_eq!(store.carbon_txts.get(&name, since).await.unwrap(), Some(Resolved::default()));
}

pub async fn an_old_result_is_not_handed_out_and_swept(store: &Subject) {
    let (old, new) = (at("2026-02-01T12:00:00Z"), at("2026-02-02T12:00:00Z"));
    let (first, second) = (host("example.com"), host("example.org"));
    store.carbon_txts.put(&first, &found(), old).await.unwrap();
    store.carbon_txts.put(&second, &found(), new).await.unwrap();
    assert_eq!(store.carbon_txts.get(&first, new).await.unwrap(), None);
    assert_eq!(store.carbon_txts.get(&first, old).await.unwrap(), Some(found()));
    assert_eq!(store.carbon_txts.sweep(new).await.unwrap(), 1);
    assert_eq!(store.carbon_txts.get(&first, old).await.unwrap(), None);
    assert_eq!(store.carbon_txts.get(&second, old).await.unwrap(), Some(found()));
}
