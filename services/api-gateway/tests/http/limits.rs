//! What a caller may ask.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use api_gateway::LimitsConfig;

use crate::bench::{Bench, Reply, bench_with_limits};

fn limited() -> Bench {
    bench_with_limits(LimitsConfig { rate: 1, burst: 20, ..LimitsConfig::default() })
}

async fn ask(bench: &Bench, path: &str, from: &str) -> Reply {
    let peer = format!("{from}:4711").parse().unwrap();
    bench.send(TestRequest::get().uri(path).peer_addr(peer)).await
}

#[actix_web::test]
async fn a_caller_that_has_spent_its_burst_waits() {
    let bench = limited();
    for left in (0..20).rev() {
        let (status, headers, _) = ask(&bench, "/greencheck/green.com", "192.0.2.7").await;
        assert_eq!((status, headers["ratelimit-policy"].as_str()), (StatusCode::OK, "\"default\";q=20;w=20"));
        assert_eq!(headers["ratelimit"], format!("\"default\";r={left};t={}", 20 - left));
    }
    let (status, headers, body) = ask(&bench, "/greencheck/green.com", "192.0.2.7").await;
    assert_eq!((status, headers["retry-after"].as_str()), (StatusCode::TOO_MANY_REQUESTS, "1"));
    assert_eq!(body, r#"{"detail":"too many requests: try again in 1 s"}"#);
    let (status, ..) = ask(&bench, "/greencheck/green.com", "192.0.2.8").await;
    assert_eq!(status, StatusCode::OK, "another caller is not held back");
}

#[actix_web::test]
async fn a_slow_check_costs_ten_and_a_name_among_many_a_fifth() {
    let bench = limited();
    let (_, headers, _) = ask(&bench, "/greencheck/green.com?nocache=true", "192.0.2.7").await;
    assert_eq!(headers["ratelimit"], "\"default\";r=10;t=10");
    let names: Vec<String> = (0..30).map(|n| format!("\"n{n}.com\"")).collect();
    let path = format!("/v2/greencheckmulti/[{}]", names.join(","));
    let (_, headers, _) = ask(&bench, &path, "192.0.2.7").await;
    assert_eq!(headers["ratelimit"], "\"default\";r=4;t=16");
    let (status, headers, _) = ask(&bench, "/greencheck/grey.com?nocache=true", "192.0.2.7").await;
    assert_eq!((status, headers["retry-after"].as_str()), (StatusCode::TOO_MANY_REQUESTS, "6"));
}

#[actix_web::test]
async fn a_page_of_a_hundred_links_is_answered_by_default() {
    let bench = bench_with_limits(LimitsConfig::default());
    for n in 0..100 {
        let (status, ..) = ask(&bench, &format!("/greencheck/n{n}.com"), "192.0.2.7").await;
        assert_eq!(status, StatusCode::OK);
    }
    let names: Vec<String> = (0..100).map(|n| format!("\"n{n}.com\"")).collect();
    let (status, ..) = ask(&bench, &format!("/v2/greencheckmulti/[{}]", names.join(",")), "192.0.2.7").await;
    assert_eq!(status, StatusCode::OK);
}

#[actix_web::test]
async fn a_question_larger_than_any_bucket_takes_all_of_it() {
    let bench = limited();
    let names = vec!["a.com"; 1_000].join(",");
    let (status, headers, _) = ask(&bench, &format!("/api/v3/greencheck/?urls={names}"), "192.0.2.7").await;
    assert_eq!((status, headers["ratelimit"].as_str()), (StatusCode::OK, "\"default\";r=0;t=20"));
}

#[actix_web::test]
async fn networks_of_ipv6_are_one_caller_and_allowed_ones_are_not_counted() {
    let bench = limited();
    ask(&bench, "/greencheck/green.com", "[2001:db8::1]").await;
    let (_, headers, _) = ask(&bench, "/greencheck/green.com", "[2001:db8::ffff]").await;
    assert_eq!(headers["ratelimit"], "\"default\";r=18;t=2");
    let (_, headers, _) = ask(&bench, "/greencheck/green.com", "127.0.0.1").await;
    assert!(!headers.contains_key("ratelimit"));
    let off = bench_with_limits(LimitsConfig { enabled: false, ..LimitsConfig::default() });
    let (_, headers, _) = ask(&off, "/greencheck/green.com", "192.0.2.7").await;
    assert!(!headers.contains_key("ratelimit"));
}
