//! The extended check: what support sees.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use api_gateway::LimitsConfig;
use chrono::{DateTime, Utc};
use greencheck_core::history::{CatalogChange, Effect, Entry};
use greencheck_core::{
    Answer, Asn, Check, Explanation, Finding, Generation, GreyReason, Host, IpRange, Match, MatchKind,
    ProviderId, ProviderRef, RangeFinding, Source, Step, Verdict, VerdictKind,
};
use rstest::rstest;

use crate::bench::{Bench, bench, bench_with_limits};

const PATH: &str = "/admin/extended-greencheck/";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn host(name: &str) -> Host {
    Host::parse(name).unwrap()
}

fn logged(name: &str, kind: VerdictKind, time: &str) -> Check {
    let green = kind == VerdictKind::Green;
    Check {
        checked_at: at(time),
        host: host(name),
        verdict: kind,
        provider: green.then_some(ProviderId(1)),
        matched: green.then_some(Match { kind: MatchKind::Range, id: Some(4) }),
        address: green.then(|| "192.0.2.7".parse().unwrap()),
        cached: !green,
        source: Source::Badge,
        request_id: None,
    }
}

/// green.com with its steps.
fn explained() -> Answer {
    let address = "192.0.2.7".parse().unwrap();
    let provider = || ProviderRef { id: ProviderId(1), name: "<b>Leaf</b>".to_owned(), archived: false };
    let range = RangeFinding {
        id: 4,
        start: "192.0.2.0".parse().unwrap(),
        end: "192.0.2.255".parse().unwrap(),
        provider: provider(),
    };
    let findings = [
        Finding::LinkedDomain { provider: None },
        Finding::Addresses { addresses: vec![address], problem: None },
        Finding::Ranges { address, ranges: vec![range] },
        Finding::Origin {
            address,
            asns: vec![Asn::new(64500).unwrap()],
            provider: Some(provider()),
            problem: None,
        },
    ];
    let explanation = Explanation {
        because: "green.com is green, hosted by <b>Leaf</b>".to_owned(),
        steps: findings.map(|finding| Step { finding, took_us: 1_500 }).into(),
        took_us: 2_000,
    };
    let by = Match { kind: MatchKind::Range, id: Some(4) };
    Answer {
        host: host("green.com"),
        verdict: Verdict::Green { provider: ProviderId(1), by },
        hosted_by: None,
        modified: at("2026-11-21T12:00:00Z"),
        address: Some(address),
        generation: Generation(2),
        explanation: Some(Arc::new(explanation)),
    }
}

/// A name that was grey until eleven, is in the caches as grey, and is green now.
fn flipped() -> Bench {
    let bench = bench();
    *bench.oracle.full.lock().unwrap() = Some(explained());
    let times = ["2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z"];
    bench.history.checks.lock().unwrap().extend(times.map(|at| logged("green.com", VerdictKind::Grey, at)));
    let change = |time: &str, range: &str| CatalogChange {
        changed_at: at(time),
        provider: ProviderId(1),
        provider_name: Some("Leaf".to_owned()),
        effect: Effect::Added,
        entry: Entry::Range(IpRange::parse(range).unwrap()),
    };
    let changes = [
        change("2026-11-21T09:00:00Z", "192.0.2.0/25"),
        change("2026-11-21T11:30:00Z", "192.0.2.0/24"),
        change("2026-11-21T11:40:00Z", "198.51.100.0/24"),
    ];
    bench.history.changes.lock().unwrap().extend(changes);
    bench
}

#[actix_web::test]
async fn without_a_url_it_is_a_form() {
    let bench = bench();
    let (status, headers, body) = bench.get(PATH).await;
    assert_eq!((status, headers["cache-control"].as_str()), (StatusCode::OK, "no-store"));
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert!(headers["content-security-policy"].starts_with("default-src 'none'; style-src 'self';"));
    assert!(body.contains("<input id=\"url\" name=\"url\" value=\"\""), "{body}");
    assert_eq!(bench.oracle.asked.load(Ordering::SeqCst), 0);
    let (status, headers, _) = bench.get("/admin/extended-greencheck?url=a").await;
    assert_eq!((status.as_u16(), headers["location"].as_str()), (301, "/admin/extended-greencheck/?url=a"));
}

#[rstest]
#[case::no_address("notaurl", "notaurl")]
#[case::markup("%22%3E%3Cscript%3E", "&#34;&#62;&#60;script&#62;")]
#[case::no_text("%ff%fe", "\u{fffd}\u{fffd}")]
#[case::long(&"a".repeat(10_000), &"a".repeat(2_000))]
#[actix_web::test]
async fn what_is_no_address_comes_back_with_the_form(#[case] typed: &str, #[case] shown: &str) {
    let bench = bench();
    let (status, _, body) = bench.get(&format!("{PATH}?url={typed}")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains(&format!("value=\"{shown}\"")), "{body}");
    assert!(body.contains("role=\"alert\""), "{body}");
    assert!(!body.contains("<script"), "{body}");
    assert_eq!(bench.oracle.asked.load(Ordering::SeqCst), 0);
}

#[actix_web::test]
async fn it_shows_every_step_and_escapes_it() {
    let bench = flipped();
    let (status, _, body) = bench.get(&format!("{PATH}?url=https%3A%2F%2FGREEN.com%3A8443%2Fshop")).await;
    assert_eq!(status, StatusCode::OK);
    let expected = [
        "Submitted: https://GREEN.com:8443/shop",
        "<p class=\"verdict green\">green</p>",
        "<p>green.com is green, hosted by &#60;b&#62;Leaf&#60;/b&#62;</p>",
        "<li>linked domain: of no provider <span class=\"note\">1.5 ms</span></li>",
        "<li>192.0.2.0-192.0.2.255 of &#60;b&#62;Leaf&#60;/b&#62; (range 4)</li>",
        "https://stat.ripe.net/app/launchpad/192.0.2.7",
        "https://stat.ripe.net/app/launchpad/AS64500",
        "https://lookup.icann.org/en/lookup?name=green.com",
        "<a href=\"/providers/1\">Leaf</a>",
        "<a href=\"https://leaf.example/1\" rel=\"nofollow noopener\">Report 1</a>",
        "<time datetime=\"2026-11-20\">2026-11-20</time></span> <strong class=\"expired\">expired</strong></li>",
        "<a href=\"https://leaf.example/2\" rel=\"nofollow noopener\">Report 2</a>",
    ];
    for part in expected {
        assert!(body.contains(part), "{part}\n{body}");
    }
    assert!(!body.contains("<b>"), "{body}");
}

#[actix_web::test]
async fn what_was_kept_stands_beside_what_is_found_and_differences_are_marked() {
    let bench = flipped();
    // The first fast check, as callers made it, was grey.
    let grey = Answer {
        verdict: Verdict::Grey { reason: GreyReason::NoMatch },
        address: None,
        explanation: None,
        generation: Generation(1),
        modified: at("2026-11-21T10:00:00Z"),
        ..explained()
    };
    bench.keep(grey).await;
    let (_, _, body) = bench.get(&format!("{PATH}?url=green.com")).await;
    let row = |label, kept, fresh| {
        format!(
            "<tr class=\"differs\"><th scope=\"row\">{label}</th><td>{kept}</td><td>{fresh}</td><td>differs</td></tr>"
        )
    };
    for part in [
        "<th scope=\"col\">In the cache</th>".to_owned(),
        row("Verdict", "grey", "green"),
        row("Reason", "no_match", "range"),
        row("Provider", "", "Leaf (1)"),
        row("Match", "", "range 4"),
        row("Address", "", "192.0.2.7"),
        "<tr><th scope=\"row\">Catalog generation</th><td>1</td><td>2</td><td></td></tr>".to_owned(),
    ] {
        assert!(body.contains(&part), "{part}\n{body}");
    }
    // What is kept is the new verdict from now on.
    let (_, _, body) = bench.get(&format!("{PATH}?url=green.com")).await;
    assert!(!body.contains("differs</td>"), "{body}");
}

#[actix_web::test]
async fn the_change_that_flipped_the_verdict_is_named() {
    let bench = flipped();
    let (_, _, body) = bench.get(&format!("{PATH}?url=green.com")).await;
    assert!(
        body.contains(
            "It was grey at 2026-11-21T11:00:00.000Z and is what it is since 2026-11-21T12:00:00.000Z at the latest."
        ),
        "{body}"
    );
    let change = "<time>2026-11-21T11:30:00.000Z</time> range 192.0.2.0-192.0.2.255 of Leaf (1) counts from then on</li>";
    assert!(body.contains(change), "{body}");
    assert!(!body.contains("198.51.100.0"), "it is about other addresses");
    assert!(!body.contains("192.0.2.127"), "it was before the verdict changed");
}

#[actix_web::test]
async fn the_last_checks_of_the_name_are_listed() {
    let bench = flipped();
    let (_, _, body) = bench.get(&format!("{PATH}?url=green.com")).await;
    let row = "<tr><td><time>2026-11-21T11:00:00.000Z</time></td><td>grey</td><td></td><td></td><td></td>\
               <td>kept verdict</td><td>badge</td></tr>";
    assert!(body.contains(row), "{body}");
    let none = bench.get(&format!("{PATH}?url=other.com")).await.2;
    assert!(none.contains("The log of the last month has no check of this name."), "{none}");
}

#[actix_web::test]
async fn the_report_is_plain_text_with_the_request() {
    let bench = flipped();
    let (status, headers, body) = bench.get(&format!("{PATH}?url=green.com&format=text")).await;
    assert_eq!((status, headers["content-type"].as_str()), (StatusCode::OK, "text/plain; charset=utf-8"));
    let version = env!("CARGO_PKG_VERSION");
    let expected = format!(
        "\
Extended check of green.com
submitted: green.com
at: 2026-11-21T12:00:00.000Z
request: 
greencheck {version}

verdict: green (range)
green.com is green, hosted by <b>Leaf</b>
  linked domain: of no provider (1.5 ms)
  addresses: 192.0.2.7 (1.5 ms)
  ranges around 192.0.2.7 (1.5 ms)
    192.0.2.0-192.0.2.255 of <b>Leaf</b> (range 4)
  AS of 192.0.2.7: AS64500 of <b>Leaf</b> (1.5 ms)

Kept in the database until now | looked up now
  verdict: green | green
  reason: range | range
  provider: Leaf (1) | Leaf (1)
  match: range 4 | range 4
! address:  | 192.0.2.7
  looked up: 2026-11-21T11:59:00.500Z | 2026-11-21T12:00:00.000Z
  catalog generation: 1 | 2

It was grey at 2026-11-21T11:00:00.000Z and is what it is since 2026-11-21T12:00:00.000Z at the latest. What changed in the catalog then and could decide on this name:
  2026-11-21T11:30:00.000Z range 192.0.2.0-192.0.2.255 of Leaf (1) counts from then on

The last checks in the log:
  2026-11-21T11:00:00.000Z grey, kept verdict, badge
  2026-11-21T10:00:00.000Z grey, kept verdict, badge
"
    );
    assert_eq!(body, expected);
}

#[actix_web::test]
async fn the_check_is_looked_up_and_logged_once() {
    let bench = flipped();
    bench.get("/greencheck/green.com").await;
    bench.get(&format!("{PATH}?url=green.com")).await;
    let sources: Vec<_> = bench.checks.all().into_iter().map(|check| (check.source, check.cached)).collect();
    // The fake says of an answer without steps that it was stored.
    assert_eq!(sources, [(Source::Api, true), (Source::Page, false)]);
}

#[actix_web::test]
async fn parts_that_are_away_leave_the_rest() {
    let bench = flipped();
    bench.history.set_away(true);
    let (status, _, body) = bench.get(&format!("{PATH}?url=green.com")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("Not known: the log of checks is not reachable."), "{body}");
    assert!(body.contains("<p class=\"verdict green\">green</p>"), "{body}");

    bench.history.set_away(false);
    bench.oracle.away.store(true, Ordering::SeqCst);
    let (status, headers, body) = bench.get(&format!("{PATH}?url=green.com")).await;
    assert_eq!((status, headers["retry-after"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    assert!(body.contains("Not looked up: the look-up service is not reachable."), "{body}");
    assert!(body.contains("Something is kept in the cache."), "{body}");
    assert!(body.contains("<td>grey</td>"), "the log is shown all the same: {body}");
}

#[actix_web::test]
async fn a_registry_is_asked_where_that_is_switched_on() {
    let bench = flipped();
    let (_, _, body) = bench.get(&format!("{PATH}?url=green.com")).await;
    assert!(!body.contains("Registered network"), "{body}");
    bench.networks.0.store(true, Ordering::SeqCst);
    let (_, _, body) = bench.get(&format!("{PATH}?url=green.com")).await;
    let told = "<p>Registered network of 192.0.2.7: LEAF-&#60;NET&#62;, NET-192-0-2-0-1, NL \
                (192.0.2.0-192.0.2.255, told by rdap.example)</p>";
    assert!(body.contains(told), "{body}");
}

#[actix_web::test]
async fn it_costs_what_a_full_check_costs() {
    let limits = LimitsConfig { burst: 25, rate: 1, allow: Vec::new(), ..LimitsConfig::default() };
    let bench = bench_with_limits(limits);
    for _ in 0..2 {
        assert_eq!(bench.get(&format!("{PATH}?url=green.com")).await.0, StatusCode::OK);
    }
    let (status, headers, body) = bench.get(&format!("{PATH}?url=green.com")).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert!(headers["retry-after"].parse::<u64>().unwrap() > 0);
    assert!(body.contains("value=\"green.com\"") && body.contains("role=\"alert\""), "{body}");
}

#[actix_web::test]
async fn it_is_only_read() {
    let (status, headers, _) = bench().send(TestRequest::post().uri(PATH)).await;
    assert_eq!((status.as_u16(), headers["allow"].as_str()), (405, "GET, HEAD, OPTIONS"));
}
