use std::fmt::Write;

use chrono::{DateTime, Days, TimeDelta, Utc};
use greencheck_core::catalog::{
    AsnRecord, CarbonTxtRecord, CatalogDocument, LinkedDomainRecord, ProviderRecord,
};
use greencheck_core::history::{CatalogChange, Effect, Entry, Grounds};
use greencheck_core::{Asn, Check, Match, MatchKind, ProviderId, Source, VerdictKind};

use super::Subject;
use super::samples::{at, batch, catalog, check, host, ip_range, provider};

pub async fn the_newest_checks_of_a_name_come_first_and_no_others(store: &Subject) {
    let now = at("2026-02-02T12:00:00Z");
    let mut checks: Vec<Check> =
        (0..30).map(|second| check("example.com", now - TimeDelta::seconds(second))).collect();
    checks.push(check("www.example.com", now));
    checks.push(check("example.com.evil.com", now));
    checks.rotate_left(7);
    store.log.append(&[batch(checks)]).await.unwrap();
    let newest = store.history.recent_checks(&host("example.com"), 20, now).await.unwrap();
    let expected: Vec<_> =
        (0..20).map(|second| check("example.com", now - TimeDelta::seconds(second))).collect();
    assert_eq!(newest, expected);
    assert_eq!(store.history.recent_checks(&host("example.com"), 100, now).await.unwrap().len(), 30);
    assert_eq!(store.history.recent_checks(&host("never.example.com"), 20, now).await.unwrap(), []);
}

pub async fn the_log_is_read_a_month_back(store: &Subject) {
    let now = at("2026-02-02T12:00:00Z");
    store.upkeep.prepare_days(now.date_naive() - Days::new(1), now.date_naive()).await.unwrap();
    let ages = [0, 59, 3_500, 80_000, 30 * 86_400, 32 * 86_400];
    let checks: Vec<_> =
        ages.iter().map(|age| check("example.com", now - TimeDelta::seconds(*age))).collect();
    store.log.append(&[batch(checks.clone())]).await.unwrap();
    for limit in 1..=5 {
        let newest = store.history.recent_checks(&host("example.com"), limit, now).await.unwrap();
        assert_eq!(newest, checks[..limit.into()], "limit {limit}");
    }
    let all = store.history.recent_checks(&host("example.com"), 6, now).await.unwrap();
    assert_eq!(all, checks[..5]);
}

pub async fn a_check_comes_back_with_all_it_had(store: &Subject) {
    let now = at("2026-02-02T12:00:00.123456Z");
    let green = Check {
        verdict: VerdictKind::Green,
        provider: Some(ProviderId(7)),
        matched: Some(Match { kind: MatchKind::Range, id: Some(70) }),
        address: Some("2001:db8::7".parse().unwrap()),
        source: Source::Badge,
        ..check("xn--mnchen-3ya.com", now)
    };
    let imported = Check {
        verdict: VerdictKind::Green,
        provider: Some(ProviderId(7)),
        matched: Some(Match { kind: MatchKind::Snapshot, id: None }),
        cached: true,
        ..check("xn--mnchen-3ya.com", now - TimeDelta::seconds(1))
    };
    store.log.append(&[batch(vec![imported.clone(), green.clone()])]).await.unwrap();
    let back = store.history.recent_checks(&green.host, 20, now).await.unwrap();
    assert_eq!(back, [green, imported]);
}

pub async fn what_begins_and_ceases_to_count_is_recorded(store: &Subject) {
    store.import.import(&document(|_| {})).await.unwrap();
    let begun = [
        "+1 provider",
        "+2 provider",
        "+1 range 192.0.2.0-192.0.2.255",
        "+1 AS64500",
        "+1 linked shop.example.com",
        "+1 carbon.txt green.example.com",
    ];
    assert_eq!(sorted(recorded(store).await), sorted(begun.map(str::to_owned).into()));
    let changed = document(|document| {
        document.providers[0].archived = true;
        document.ip_ranges[0].end = "192.0.2.127".into();
        document.ip_ranges[1].active = true;
        document.asns[0].provider = 2;
        document.linked_domains[0].approved = false;
        document.carbon_txts[0].domain = Some("blue.example.com".to_owned());
    });
    store.import.import(&changed).await.unwrap();
    let differences = [
        "-1 provider",
        "-1 range 192.0.2.0-192.0.2.255",
        "+1 range 192.0.2.0-192.0.2.127",
        "+1 range 2001:db8::-2001:db8::ff",
        "-1 AS64500",
        "+2 AS64500",
        "-1 linked shop.example.com",
        "-1 carbon.txt green.example.com",
        "+1 carbon.txt blue.example.com",
    ];
    let newest = recorded(store).await.into_iter().take(differences.len()).collect();
    assert_eq!(sorted(newest), sorted(differences.map(str::to_owned).into()));
    assert_eq!(recorded(store).await.len(), begun.len() + differences.len());
}

pub async fn changes_are_found_by_what_they_touch_and_when(store: &Subject) {
    store.import.import(&document(|_| {})).await.unwrap();
    let asked = async |grounds: Grounds| {
        let changes = store.history.catalog_changes(&grounds, long_ago(), far_off(), 10).await.unwrap();
        changes.iter().map(line).collect::<Vec<_>>()
    };
    let address = |text: &str| Grounds { addresses: [text.parse().unwrap()].into(), ..Grounds::default() };
    assert_eq!(asked(address("192.0.2.9")).await, ["+1 range 192.0.2.0-192.0.2.255"]);
    assert_eq!(asked(address("192.0.3.9")).await, [""; 0]);
    let asns = [Asn::new(64500).unwrap()].into();
    assert_eq!(asked(Grounds { asns, ..Grounds::default() }).await, ["+1 AS64500"]);
    let hosts = [host("shop.example.com")].into();
    assert_eq!(asked(Grounds { hosts, ..Grounds::default() }).await, ["+1 linked shop.example.com"]);
    let providers = [ProviderId(1)].into();
    let of_one = asked(Grounds { providers, ..Grounds::default() }).await;
    assert_eq!(sorted(of_one), ["+1 carbon.txt green.example.com", "+1 provider"]);

    let all = everything();
    let newest = store.history.catalog_changes(&all, long_ago(), far_off(), 1).await.unwrap();
    assert_eq!(newest.len(), 1);
    let changed_at = newest[0].changed_at;
    let name = newest[0].provider_name.as_deref();
    assert!(name == Some("One") || name == Some("Two"), "{name:?}");
    let none = store.history.catalog_changes(&all, changed_at + TimeDelta::seconds(1), far_off(), 10).await;
    assert_eq!(none.unwrap(), []);
    let none = store.history.catalog_changes(&all, long_ago(), changed_at - TimeDelta::days(1), 10).await;
    assert_eq!(none.unwrap(), []);
}

pub async fn importing_the_same_again_records_nothing(store: &Subject) {
    store.import.import(&catalog()).await.unwrap();
    let first = recorded(store).await;
    assert!(!first.is_empty());
    store.import.import(&catalog()).await.unwrap();
    assert_eq!(recorded(store).await, first);
}

pub async fn recorded_changes_go_with_the_log(store: &Subject) {
    store.import.import(&document(|_| {})).await.unwrap();
    let day = store.history.catalog_changes(&everything(), long_ago(), far_off(), 1).await.unwrap()[0]
        .changed_at
        .date_naive();
    store.upkeep.drop_before(day, long_ago()).await.unwrap();
    assert_eq!(recorded(store).await.len(), 6);
    // They were recorded within two days, however the test falls on a midnight.
    store.upkeep.drop_before(day + Days::new(2), long_ago()).await.unwrap();
    assert_eq!(recorded(store).await, [""; 0]);
}

fn document(change: impl FnOnce(&mut CatalogDocument)) -> CatalogDocument {
    let mut document = CatalogDocument {
        providers: vec![
            provider(1, "One"),
            provider(2, "Two"),
            ProviderRecord { archived: true, ..provider(3, "Three") },
        ],
        ip_ranges: vec![ip_range(10, 1, "192.0.2.0", "192.0.2.255"), {
            let inactive = ip_range(11, 1, "2001:db8::", "2001:db8::ff");
            greencheck_core::catalog::IpRangeRecord { active: false, ..inactive }
        }],
        asns: vec![AsnRecord { id: 20, provider: 1, asn: 64500, active: true }],
        carbon_txts: vec![CarbonTxtRecord {
            provider: 1,
            domain: Some("green.example.com".into()),
            carbon_txt_url: None,
            shared_secret: None,
        }],
        linked_domains: vec![
            LinkedDomainRecord { provider: 1, domain: "shop.example.com".into(), approved: true },
            LinkedDomainRecord { provider: 2, domain: "blog.example.com".into(), approved: false },
        ],
        ..CatalogDocument::default()
    };
    change(&mut document);
    document
}

/// What every entry of the samples touches.
fn everything() -> Grounds {
    Grounds {
        hosts: ["shop.example.com", "blog.example.com"].map(host).into(),
        addresses: ["192.0.2.1", "192.0.2.200", "2001:db8::1", "198.51.100.1", "203.0.113.1", "198.18.0.1"]
            .map(|address| address.parse().unwrap())
            .into(),
        asns: [64496, 64497, 64500].map(|number| Asn::new(number).unwrap()).into(),
        providers: (1..10).map(ProviderId).collect(),
    }
}

async fn recorded(store: &Subject) -> Vec<String> {
    let changes = store.history.catalog_changes(&everything(), long_ago(), far_off(), 1_000).await.unwrap();
    changes.iter().map(line).collect()
}

fn line(change: &CatalogChange) -> String {
    let mut line = match change.effect {
        Effect::Added => "+".to_owned(),
        Effect::Removed => "-".to_owned(),
    };
    write!(line, "{} ", change.provider.0).unwrap();
    match &change.entry {
        Entry::Range(range) => write!(line, "range {range}"),
        Entry::Asn { asn } => write!(line, "{asn}"),
        Entry::LinkedDomain { domain } => write!(line, "linked {domain}"),
        Entry::CarbonTxt { domain } => write!(line, "carbon.txt {domain}"),
        Entry::Provider => write!(line, "provider"),
    }
    .unwrap();
    line
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort_unstable();
    lines
}

fn long_ago() -> DateTime<Utc> {
    at("2000-01-01T00:00:00Z")
}

fn far_off() -> DateTime<Utc> {
    at("2200-01-01T00:00:00Z")
}
