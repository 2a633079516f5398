//! The pages for people who check a site.

use std::sync::atomic::Ordering;

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use api_gateway::{Example, LimitsConfig, SiteConfig};
use chrono::TimeDelta;
use greencheck_core::{Source, VerdictKind};
use rstest::rstest;

use crate::bench::{bench, bench_with_limits};

const HTML: &str = "text/html; charset=utf-8";

#[actix_web::test]
async fn the_first_page_is_a_form_that_needs_no_script() {
    let (status, headers, body) = bench().get("/").await;
    assert_eq!((status, &*headers["content-type"]), (StatusCode::OK, HTML));
    assert!(body.contains("<form class=\"ask\" method=\"get\" action=\"/check\""));
    assert!(body.contains("<label for=\"url\">Address of a website</label>"));
    let policy = &headers["content-security-policy"];
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(!body.contains("Demo data") && !body.contains("Names to try"));
}

#[rstest]
#[case::a_name("green.com", "/check/green.com")]
#[case::a_pasted_address("https%3A%2F%2FGreen.com%2Fa%2Fb%3Fc", "/check/green.com")]
#[case::an_idn("gr%C3%BCn.com", "/check/xn--grn-ioa.com")]
#[case::spaces_around("+green.com+", "/check/green.com")]
#[case::nothing("", "/")]
#[actix_web::test]
async fn what_was_typed_leads_to_the_page_of_the_name(#[case] typed: &str, #[case] expected: &str) {
    let bench = bench();
    let (status, headers, _) = bench.get(&format!("/check?url={typed}")).await;
    assert_eq!((status, &*headers["location"]), (StatusCode::SEE_OTHER, expected));
    assert!(bench.checks.all().is_empty(), "nothing was checked yet");
}

#[rstest]
#[case("/check/Green.COM")]
#[case("/check/https://green.com/a")]
#[case("/check/https:%2F%2Fgreen.com")]
#[actix_web::test]
async fn a_name_has_one_page(#[case] path: &str) {
    let (status, headers, _) = bench().get(path).await;
    assert_eq!((status, &*headers["location"]), (StatusCode::MOVED_PERMANENTLY, "/check/green.com"));
}

#[rstest]
#[case("/check?url=%3Cscript%3Ealert(1)%3C/script%3E")]
#[case("/check/not%20a%20name")]
#[case("/check/%ff%fe")]
#[case("/check?url=ftp://example.com")]
#[actix_web::test]
async fn what_is_no_name_is_said_on_the_page(#[case] path: &str) {
    let bench = bench();
    let (status, headers, body) = bench.get(path).await;
    assert_eq!((status, &*headers["content-type"]), (StatusCode::BAD_REQUEST, HTML));
    assert!(body.contains("role=\"alert\"") && body.contains("aria-invalid=\"true\""), "{body}");
    assert!(!body.contains("<script>"), "{body}");
    assert!(bench.checks.all().is_empty());
}

#[actix_web::test]
async fn a_green_name_shows_who_hosts_it_and_the_evidence_with_dates() {
    let bench = bench();
    let (status, headers, body) = bench.get("/check/green.com").await;
    assert_eq!((status, &*headers["cache-control"]), (StatusCode::OK, "private, max-age=10"));
    for part in [
        "<h1 id=\"verdict\" tabindex=\"-1\">green.com is hosted green</h1>",
        "Hosted by <a href=\"/providers/1\">Leaf</a>",
        "its address says so.",
        "<time datetime=\"2026-11-21T11:59:00Z\">21 November 2026, 11:59:00 UTC</time>",
        "valid until <time datetime=\"2027-12-31\">2027-12-31</time></span></li>",
        "until <time datetime=\"2026-11-20\">2026-11-20</time></span> <strong class=\"expired\">expired</strong>",
        "Check again",
        "<a href=\"/admin/extended-greencheck/?url=green.com\">extended check</a>",
    ] {
        assert!(body.contains(part), "{part} is missing in {body}");
    }
    let checks = bench.checks.all();
    assert_eq!((checks.len(), checks[0].source, checks[0].verdict), (1, Source::Page, VerdictKind::Green));
}

#[actix_web::test]
async fn a_link_to_the_page_shows_the_badge() {
    let request = TestRequest::get().uri("/check/green.com").insert_header(("host", "checks.example.org"));
    let (.., body) = bench().send(request).await;
    for part in [
        "<meta property=\"og:title\" content=\"green.com is hosted green\">",
        "<meta property=\"og:image\" content=\"http://checks.example.org/api/v4/badge/green.com.png?style=large&#38;scale=2\">",
        "<link rel=\"canonical\" href=\"http://checks.example.org/check/green.com\">",
        "&#60;a href=&#34;http://checks.example.org/check/green.com&#34;&#62;",
    ] {
        assert!(body.contains(part), "{part} is missing in {body}");
    }
    let config = SiteConfig { public_url: "https://green.example.org/".to_owned(), ..SiteConfig::default() };
    let request = TestRequest::get().uri("/check/green.com").insert_header(("host", "evil.example"));
    let (.., body) = bench().with_site(&config, |site| site).send(request).await;
    assert!(body.contains("content=\"https://green.example.org/api/v4/badge/") && !body.contains("evil"));
}

#[actix_web::test]
async fn a_grey_name_says_what_can_be_done() {
    let (.., body) = bench().get("/check/grey.com").await;
    assert!(body.contains("No evidence found for green hosting of grey.com"));
    assert!(body.contains("<p class=\"word\">Not green</p>") && body.contains("Does this look wrong?"));
    assert!(!body.contains("Hosted by") && !body.contains("make data"));
}

#[actix_web::test]
async fn a_result_is_shown_for_a_minute_and_again_on_demand() {
    let bench = bench();
    bench.get("/check/green.com").await;
    bench.get("/check/green.com").await;
    assert_eq!(bench.oracle.asked.load(Ordering::SeqCst), 1, "the second page shows what the first found");
    bench.clock.advance(TimeDelta::seconds(30));
    let (_, headers, _) = bench.get("/check/green.com?again=true").await;
    assert_eq!(bench.oracle.asked.load(Ordering::SeqCst), 2);
    assert_eq!(&*headers["cache-control"], "no-store");
    let cached: Vec<_> = bench.checks.all().iter().map(|check| check.cached).collect();
    assert_eq!(cached, [false, true, false]);
}

#[actix_web::test]
async fn while_nobody_looks_up_the_last_verdict_stands_and_says_so() {
    let bench = bench();
    bench.get("/greencheck/green.com?nocache=true").await;
    bench.oracle.away.store(true, Ordering::SeqCst);
    let (status, headers, body) = bench.get("/check/green.com").await;
    assert_eq!((status, &*headers["cache-control"]), (StatusCode::OK, "no-store"));
    assert!(
        body.contains("green.com is hosted green") && body.contains("could not be looked up now"),
        "{body}"
    );
    let (status, headers, body) = bench.get("/check/other.com").await;
    assert_eq!((status, &*headers["retry-after"]), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    assert!(body.contains("<h1>No result at the moment</h1>") && body.contains("value=\"other.com\""));
}

#[actix_web::test]
async fn the_evidence_stands_without_dates_while_the_directory_is_away() {
    let bench = bench();
    bench.directory.set_away(true);
    let (status, _, body) = bench.get("/check/green.com").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        body.contains("Hosted by") && body.contains(">Report</a>") && !body.contains("expired"),
        "{body}"
    );
}

#[actix_web::test]
async fn a_page_costs_what_a_slow_check_costs() {
    let bench = bench_with_limits(LimitsConfig { rate: 1, burst: 20, ..LimitsConfig::default() });
    let ask = async |path: &str| {
        let peer = "192.0.2.7:4711".parse().unwrap();
        bench.send(TestRequest::get().uri(path).peer_addr(peer)).await
    };
    assert_eq!(ask("/check/a.com").await.0, StatusCode::OK);
    assert_eq!(ask("/check/b.com").await.0, StatusCode::OK);
    let (status, headers, body) = ask("/check/c.com").await;
    assert_eq!((status, headers["content-type"].as_str()), (StatusCode::TOO_MANY_REQUESTS, HTML));
    assert!(headers.contains_key("retry-after") && body.contains("Try again in"), "{body}");
    assert_eq!(ask("/check/events?url=c.com").await.0, StatusCode::TOO_MANY_REQUESTS);
}

#[actix_web::test]
async fn events_end_with_the_result() {
    let bench = bench();
    let (status, headers, body) = bench.get("/check/events?url=https://Green.com/").await;
    assert_eq!((status, &*headers["content-type"]), (StatusCode::OK, "text/event-stream; charset=utf-8"));
    let events: Vec<_> = body.split_terminator("\n\n").collect();
    assert_eq!(
        events[0],
        "event: begin\ndata: {\"host\":\"green.com\",\"name\":\"green.com\",\"known\":null}"
    );
    assert_eq!(
        events[1..3],
        [
            "event: step\ndata: {\"title\":\"Linked domain\",\"outcome\":\"nothing\",\
             \"text\":\"No provider has confirmed this name as one that it hosts.\"}",
            "event: step\ndata: {\"title\":\"Addresses\",\"outcome\":\"found\",\"text\":\"192.0.2.7\"}",
        ]
    );
    let end = events.last().unwrap().strip_prefix("event: result\ndata: ").unwrap();
    let end: serde_json::Value = serde_json::from_str(end).unwrap();
    assert_eq!(
        (&end["title"], &end["path"]),
        (&"green.com is hosted green".into(), &"/check/green.com".into())
    );
    assert!(end["html"].as_str().unwrap().starts_with("<section class=\"verdict green\""));
    let (.., body) = bench.get("/check/events?url=green.com&again=true").await;
    assert!(
        body.contains("The check of 21 November 2026, 11:59:00 UTC found: it is hosted green."),
        "{body}"
    );
    let (status, ..) = bench.get("/check/events?url=nonsense").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(bench.checks.all().len(), 2);
}

#[actix_web::test]
async fn a_demo_says_so_and_how_to_leave_it() {
    const EXAMPLES: [Example; 1] = [Example { host: "green.com", about: "green by a range" }];
    let bench = bench().with_site(&SiteConfig::default(), |site| site.with_demo(&EXAMPLES, "make data"));
    let (.., home) = bench.get("/").await;
    assert!(home.contains("Demo data.") && home.contains("<a href=\"/check/green.com\">green.com</a>"));
    let (.., grey) = bench.get("/check/grey.com").await;
    assert!(grey.contains("<code>make data</code>"), "{grey}");
    let (.., green) = bench.get("/check/green.com").await;
    assert!(green.contains("Demo data.") && !green.contains("make data"));
}
