use std::time::Duration;

use chrono::TimeDelta;
use greencheck_core::{Match, MatchKind, ProviderId, StoredVerdict};

use super::Subject;
use super::samples::{at, host, verdict};

pub async fn a_stored_verdict_is_found_by_its_name(store: &Subject) {
    let range = verdict("www.example.com");
    let snapshot = StoredVerdict {
        green: false,
        address: Some("2001:db8::7".parse().unwrap()),
        by: Match { kind: MatchKind::Snapshot, id: None },
        ..verdict("192.0.2.1")
    };
    for verdict in [&range, &snapshot] {
        store.verdicts.put(verdict).await.unwrap();
    }
    assert_eq!(store.verdicts.by_hosts(&[host("www.example.com")]).await.unwrap(), [range]);
    assert_eq!(store.verdicts.by_hosts(&[host("192.0.2.1")]).await.unwrap(), [snapshot]);
    assert_eq!(store.verdicts.by_hosts(&[host("example.com")]).await.unwrap(), []);
    assert_eq!(store.verdicts.by_hosts(&[]).await.unwrap(), []);
}

pub async fn many_names_are_found_at_once(store: &Subject) {
    for number in [3, 999, 1_000, 2_499] {
        store.verdicts.put(&verdict(&format!("n{number}.example.com"))).await.unwrap();
    }
    let hosts: Vec<_> = (0..2_500).map(|number| host(&format!("n{number}.example.com"))).collect();
    let found = store.verdicts.by_hosts(&hosts).await.unwrap();
    let mut names: Vec<_> = found.iter().map(|verdict| verdict.host.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["n1000.example.com", "n2499.example.com", "n3.example.com", "n999.example.com"]);
}

pub async fn storing_again_replaces_the_verdict_and_keeps_its_birth(store: &Subject) {
    let first = verdict("example.com");
    store.verdicts.put(&first).await.unwrap();
    let second = StoredVerdict {
        provider: ProviderId(8),
        hosted_by: "Greener Hosting".into(),
        hosted_by_website: "greener.example".into(),
        partner: String::new(),
        listed: false,
        by: Match { kind: MatchKind::Asn, id: Some(80) },
        address: None,
        created: at("2026-02-02T00:00:00Z"),
        modified: at("2026-02-02T00:00:00Z"),
        ..first.clone()
    };
    store.verdicts.put(&second).await.unwrap();
    let expected = StoredVerdict { created: first.created, ..second };
    assert_eq!(store.verdicts.by_hosts(&[host("example.com")]).await.unwrap(), [expected]);
}

pub async fn a_removed_verdict_is_gone(store: &Subject) {
    store.verdicts.put(&verdict("example.com")).await.unwrap();
    assert!(store.verdicts.remove(&host("example.com")).await.unwrap());
    assert!(!store.verdicts.remove(&host("example.com")).await.unwrap());
    assert_eq!(store.verdicts.by_hosts(&[host("example.com")]).await.unwrap(), []);
}

pub async fn one_caller_gets_the_refresh(store: &Subject) {
    store.verdicts.put(&verdict("example.com")).await.unwrap();
    let (name, now, lease) = (host("example.com"), at("2026-02-02T00:00:00Z"), Duration::from_secs(60));
    let claim = || store.verdicts.claim_refresh(&name, now, lease);
    let claims = tokio::join!(claim(), claim(), claim(), claim());
    let claims = [claims.0.unwrap(), claims.1.unwrap(), claims.2.unwrap(), claims.3.unwrap()];
    assert_eq!(claims.iter().filter(|claimed| **claimed).count(), 1, "{claims:?}");
    assert!(!store.verdicts.claim_refresh(&host("unknown.example.com"), now, lease).await.unwrap());
}

pub async fn a_lease_that_is_over_is_given_out_again(store: &Subject) {
    store.verdicts.put(&verdict("example.com")).await.unwrap();
    let (name, now, lease) = (host("example.com"), at("2026-02-02T00:00:00Z"), Duration::from_secs(60));
    assert!(store.verdicts.claim_refresh(&name, now, lease).await.unwrap());
    let just_before = now + TimeDelta::seconds(59);
    assert!(!store.verdicts.claim_refresh(&name, just_before, lease).await.unwrap());
    // A new verdict does not end the lease.
    store.verdicts.put(&verdict("example.com")).await.unwrap();
    assert!(!store.verdicts.claim_refresh(&name, just_before, lease).await.unwrap());
    assert!(store.verdicts.claim_refresh(&name, now + TimeDelta::seconds(60), lease).await.unwrap());
}
