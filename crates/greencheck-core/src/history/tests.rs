use std::sync::Arc;

use super::*;
use crate::explanation::{RangeFinding, Step};
use crate::{CarbonTxtFinding, Generation, GreyReason, Match, MatchKind, ProviderRef, Source, Verdict};

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_770_000_000 + second, 0).unwrap()
}

fn host(name: &str) -> Host {
    Host::parse(name).unwrap()
}

fn green(provider: i64) -> Verdict {
    let by = Match { kind: MatchKind::Range, id: Some(1) };
    Verdict::Green { provider: ProviderId(provider), by }
}

fn answer(verdict: Verdict, second: i64) -> Answer {
    Answer {
        host: host("example.com"),
        verdict,
        hosted_by: None,
        modified: at(second),
        address: None,
        generation: Generation(1),
        explanation: None,
    }
}

fn check(kind: VerdictKind, provider: Option<i64>, second: i64) -> Check {
    Check {
        checked_at: at(second),
        host: host("example.com"),
        verdict: kind,
        provider: provider.map(ProviderId),
        matched: None,
        address: None,
        cached: false,
        source: Source::Api,
        request_id: None,
    }
}

#[test]
fn a_flip_lies_between_the_last_old_verdict_and_the_first_new_one() {
    use VerdictKind::{Green, Grey, Unknown};
    let checks = [
        check(Green, Some(1), 90),
        check(Green, Some(1), 80),
        check(Unknown, None, 75),
        check(Grey, None, 70),
        check(Green, Some(1), 60),
    ];
    let flip = Flip::into(&answer(green(1), 100), &checks);
    assert_eq!(flip, Some(Flip { from: Grey, after: at(70), until: at(80) }));
    assert_eq!(flip.unwrap().window(), (at(10), at(140)));
    let now_grey = answer(Verdict::Grey { reason: GreyReason::NoMatch }, 100);
    assert_eq!(Flip::into(&now_grey, &checks), Some(Flip { from: Green, after: at(90), until: at(100) }));
}

#[test]
fn another_provider_is_another_verdict() {
    let checks = [check(VerdictKind::Green, Some(2), 90)];
    let flip = Flip::into(&answer(green(1), 100), &checks);
    assert_eq!(flip, Some(Flip { from: VerdictKind::Green, after: at(90), until: at(100) }));
}

#[test]
fn without_another_verdict_nothing_flipped() {
    let checks = [check(VerdictKind::Green, Some(1), 90), check(VerdictKind::Unknown, None, 80)];
    assert_eq!(Flip::into(&answer(green(1), 100), &checks), None);
    assert_eq!(Flip::into(&answer(green(1), 100), &[]), None);
}

fn change(provider: i64, entry: Entry) -> CatalogChange {
    CatalogChange {
        changed_at: at(0),
        provider: ProviderId(provider),
        provider_name: None,
        effect: Effect::Added,
        entry,
    }
}

fn range(text: &str) -> Entry {
    Entry::Range(IpRange::parse(text).unwrap())
}

#[test]
fn grounds_are_all_that_a_look_up_came_by_and_what_old_checks_rested_on() {
    let provider = |id| ProviderRef { id: ProviderId(id), name: String::new(), archived: true };
    let finding = CarbonTxtFinding { found_at: Some(host("www.example.com")), ..CarbonTxtFinding::default() };
    let address: IpAddr = "192.0.2.1".parse().unwrap();
    let range_finding = RangeFinding { id: 1, start: address, end: address, provider: provider(4) };
    let asns = vec![Asn::new(64500).unwrap()];
    let findings = [
        Finding::CarbonTxt(finding),
        Finding::Addresses { addresses: vec![address, "2001:db8::1".parse().unwrap()], problem: None },
        Finding::Ranges { address, ranges: vec![range_finding] },
        Finding::Origin { address, asns, provider: Some(provider(5)), problem: None },
    ];
    let steps = findings.map(|finding| Step { finding, took_us: 1 }).into();
    let explanation = Explanation { because: String::new(), steps, took_us: 1 };
    let now = Answer {
        explanation: Some(Arc::new(explanation)),
        ..answer(Verdict::Grey { reason: GreyReason::NoMatch }, 100)
    };
    let old =
        Check { address: Some("198.51.100.1".parse().unwrap()), ..check(VerdictKind::Green, Some(6), 50) };
    let grounds = Grounds::of(&now, &[old]);
    let touches = |provider, entry| grounds.touched_by(&change(provider, entry));
    assert!(touches(1, range("192.0.2.0/24")));
    assert!(touches(1, range("2001:db8::/32")));
    assert!(touches(1, range("198.51.100.0/24")), "the address it had");
    assert!(!touches(1, range("203.0.113.0/24")));
    assert!(touches(1, Entry::Asn { asn: Asn::new(64500).unwrap() }));
    assert!(!touches(1, Entry::Asn { asn: Asn::new(64501).unwrap() }));
    assert!(touches(1, Entry::LinkedDomain { domain: host("example.com") }));
    assert!(!touches(1, Entry::LinkedDomain { domain: host("example.org") }));
    assert!(touches(1, Entry::CarbonTxt { domain: host("www.example.com") }));
    assert!(touches(6, Entry::CarbonTxt { domain: host("hoster.com") }));
    assert!(!touches(7, Entry::CarbonTxt { domain: host("hoster.com") }));
    for known in [4, 5, 6] {
        assert!(touches(known, Entry::Provider), "provider {known}");
    }
    assert!(!touches(7, Entry::Provider));
}

#[test]
fn changes_and_grounds_travel_as_json() {
    let entries = [
        range("192.0.2.0/24"),
        Entry::Asn { asn: Asn::new(64500).unwrap() },
        Entry::LinkedDomain { domain: host("example.com") },
        Entry::CarbonTxt { domain: host("example.com") },
        Entry::Provider,
    ];
    for entry in entries {
        let change = change(1, entry);
        let text = serde_json::to_string(&change).unwrap();
        assert_eq!(serde_json::from_str::<CatalogChange>(&text).unwrap(), change, "{text}");
    }
    let grounds = Grounds::of(&answer(green(1), 1), &[]);
    let text = serde_json::to_string(&grounds).unwrap();
    assert_eq!(serde_json::from_str::<Grounds>(&text).unwrap(), grounds);
}
