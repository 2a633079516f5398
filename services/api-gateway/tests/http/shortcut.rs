//! Checks that are answered without being routed.

use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use api_gateway::{ApiConfig, LimitsConfig};
use chrono::TimeDelta;
use greencheck_core::ports::AnswerCache;
use greencheck_core::{Answer, GreyReason, Host, Source, Verdict};
use rstest::rstest;

use crate::bench::{Bench, bench, bench_with, bench_with_limits};

const PATH: &str = "/greencheck/green.com";

fn plain() -> TestRequest {
    TestRequest::get().uri(PATH)
}

/// A gateway that has been asked often enough to have the answer at hand.
async fn warm() -> Bench {
    let bench = bench();
    for _ in 0..2 {
        bench.get(PATH).await;
    }
    assert!(bench.at_hand(&plain().to_request()).is_some());
    bench
}

#[rstest]
#[case::nothing_more(&[])]
#[case::json(&[("accept", "application/json, text/plain;q=0.5")])]
#[case::another_tag(&[("if-none-match", "\"0123\", W/\"4567\"")])]
#[case::any_tag(&[("if-none-match", "*")])]
#[case::another_origin(&[("origin", "https://example.org"), ("user-agent", "a browser")])]
#[case::a_body_that_is_there(&[("if-none-match", "TAG")])]
#[case::a_weakened_tag(&[("if-none-match", "\"0\" , W/TAG"), ("origin", "https://example.org")])]
#[actix_web::test]
async fn what_is_at_hand_is_what_the_routes_say(#[case] headers: &[(&str, &str)]) {
    let bench = warm().await;
    for path in
        [PATH, "/api/v3/greencheck/xn--grn-ioa.com", "/greencheck/grey.com", "/greencheck/2001:db8::7"]
    {
        for _ in 0..2 {
            bench.get(path).await;
        }
        let (_, told, _) = bench.get(path).await;
        let request = || {
            let request = TestRequest::get().uri(path);
            let tagged = |value: &str| value.replace("TAG", &told["etag"]);
            let with = |request: TestRequest, (name, value): &(&str, &str)| {
                request.insert_header((*name, tagged(value)))
            };
            headers.iter().fold(request, with).to_request()
        };
        let at_hand = bench.at_hand(&request()).unwrap();
        assert_eq!(at_hand, bench.routed(request()).await, "{path}");
    }
}

#[rstest]
#[case::another_method(plain().method(Method::HEAD))]
#[case::a_query(TestRequest::get().uri("/greencheck/green.com?callback=show"))]
#[case::a_password(plain().insert_header(("authorization", "Basic Z3JlZW46Z3JlZW4=")))]
#[case::a_key(plain().insert_header(("x-api-key", "gck_1")))]
#[case::another_media_type(plain().insert_header(("accept", "text/html")))]
#[case::another_path(TestRequest::get().uri("/greencheck/green.com/"))]
#[case::another_way_to_write_it(TestRequest::get().uri("/greencheck/GREEN.com."))]
#[case::a_name_that_nobody_asked_for(TestRequest::get().uri("/greencheck/leaf.com"))]
#[actix_web::test]
async fn what_decides_otherwise_is_left_to_the_routes(#[case] request: TestRequest) {
    assert_eq!(warm().await.at_hand(&request.to_request()), None);
}

/// The path of a question about what is in this JSON.
fn multi(json: &str) -> String {
    let escaped = json.replace(' ', "%20").replace('"', "%22").replace('[', "%5B").replace(']', "%5D");
    format!("/v2/greencheckmulti/{escaped}")
}

/// A gateway that has these names at hand.
async fn warm_with(bench: Bench) -> Bench {
    for name in ["green.com", "xn--grn-ioa.com", "grey.com", "2001:db8::7"] {
        for _ in 0..2 {
            bench.get(&format!("/greencheck/{name}")).await;
        }
    }
    bench
}

#[rstest]
#[case::one(r#"["green.com"]"#)]
#[case::green_ones_come_first_and_once(r#"["grey.com","green.com","2001:db8::7","grey.com", "green.com"]"#)]
#[case::many_of_one_provider(r#"["green.com","xn--grn-ioa.com"]"#)]
#[actix_web::test]
async fn many_names_at_hand_are_what_the_routes_say(#[case] json: &str) {
    let bench = warm_with(bench()).await;
    let (_, told, _) = bench.get(&multi(json)).await;
    for header in ["", "\"0123\"", &told["etag"]] {
        let request = || {
            let request = TestRequest::get().uri(&multi(json)).insert_header(("if-none-match", header));
            request.insert_header(("origin", "https://example.org")).to_request()
        };
        let (status, headers, body) = bench.at_hand(&request()).unwrap();
        assert_eq!(status, if header == told["etag"] { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
        assert_eq!((status, headers, body), bench.routed(request()).await);
    }
}

#[rstest]
#[case::a_name_that_nobody_asked_for(&multi(r#"["green.com","leaf.com"]"#))]
#[case::another_way_to_write_it(&multi(r#"["GREEN.com"]"#))]
#[case::nothing_in_between(&multi(r#"["green.com",null]"#))]
#[case::no_array(&multi(r#""green.com""#))]
#[case::no_json(&multi(r#"["green.com""#))]
#[case::another_path(&(multi(r#"["green.com"]"#) + "/"))]
#[case::a_slash_in_a_name(&multi(r#"["green.com%2F"]"#))]
#[case::a_query(&(multi(r#"["green.com"]"#) + "?format=json"))]
#[actix_web::test]
async fn many_names_of_which_one_is_not_at_hand_are_left_to_the_routes(#[case] path: &str) {
    let bench = warm_with(bench()).await;
    assert_eq!(bench.at_hand(&TestRequest::get().uri(path).to_request()), None);
}

#[actix_web::test]
async fn many_names_that_are_logged_are_left_to_the_routes() {
    let bench = warm_with(bench_with(ApiConfig::default(), true)).await;
    let request = TestRequest::get().uri(&multi(r#"["green.com"]"#)).to_request();
    assert_eq!(bench.at_hand(&request), None);
}

#[actix_web::test]
async fn many_names_cost_the_same_on_both_ways() {
    let limits = LimitsConfig { rate: 1, burst: 100, bulk_name_cost: 2.0, ..LimitsConfig::default() };
    let bench = warm_with(bench_with_limits(limits)).await;
    let caller = |address: &str| TestRequest::get().peer_addr(format!("{address}:4711").parse().unwrap());
    let names = |count: usize| multi(&format!("[{}]", vec![r#""green.com""#; count].join(",")));
    for (count, left) in [(0, 99), (1, 97), (7, 83), (30, 23)] {
        let (_, headers, _) = bench.routed(caller("192.0.2.1").uri(&names(count)).to_request()).await;
        assert_eq!(headers["ratelimit"], format!("\"default\";r={left};t={}", 100 - left));
        let (_, headers, _) = bench.at_hand(&caller("192.0.2.2").uri(&names(count)).to_request()).unwrap();
        assert_eq!(headers["ratelimit"], format!("\"default\";r={left};t={}", 100 - left));
    }
    let request = || caller("192.0.2.2").uri(&names(12)).to_request();
    assert_eq!(bench.at_hand(&request()), None);
    let (status, headers, _) = bench.routed(request()).await;
    // The request itself was taken, by the routes alone.
    assert_eq!((status, headers["retry-after"].as_str()), (StatusCode::TOO_MANY_REQUESTS, "1"));
}

#[actix_web::test]
async fn a_verdict_that_is_replaced_is_told_at_once_and_a_forgotten_one_no_more() {
    let bench = warm().await;
    let host = Host::parse("green.com").unwrap();
    let kept = bench.cache.peek("green.com").unwrap();
    bench.keep(Answer { verdict: Verdict::Grey { reason: GreyReason::NoMatch }, ..(*kept).clone() }).await;
    let (_, headers, body) = bench.at_hand(&plain().to_request()).unwrap();
    assert_eq!(headers["x-greencheck-reason"], "no_match");
    assert!(body.starts_with(r#"{"green":false,"url":"green.com""#), "{body}");
    bench.cache.forget(&host).await;
    assert_eq!(bench.at_hand(&plain().to_request()), None);
}

#[actix_web::test]
async fn a_verdict_that_may_be_due_for_a_refresh_is_left_to_the_routes() {
    let bench = warm().await;
    // Nine tenths of `lookup.refresh_after` after the look-up of 11:59:00.5.
    bench.clock.advance(TimeDelta::minutes(1296) - TimeDelta::seconds(60));
    let (_, headers, _) = bench.at_hand(&plain().to_request()).unwrap();
    assert_eq!(headers["x-greencheck-age"], "77759");
    bench.clock.advance(TimeDelta::seconds(1));
    assert_eq!(bench.at_hand(&plain().to_request()), None);
}

#[actix_web::test]
async fn each_is_in_the_log_once_and_at_its_own_time() {
    let bench = warm().await;
    let before = bench.checks.all().len();
    bench.clock.advance(TimeDelta::seconds(3));
    bench.at_hand(&plain().to_request()).unwrap();
    let checks = bench.checks.all();
    assert_eq!(checks.len(), before + 1);
    let last = checks.last().unwrap();
    assert_eq!((last.cached, last.source, last.host.as_str()), (true, Source::Api, "green.com"));
    assert_eq!(last.checked_at.to_rfc3339(), "2026-11-21T12:00:03+00:00");
    assert_eq!(Some(last.provider), checks.first().map(|check| check.provider));
}

#[actix_web::test]
async fn a_caller_that_has_spent_its_burst_is_left_to_the_routes_and_charged_once() {
    let bench = bench_with_limits(LimitsConfig { rate: 1, burst: 5, ..LimitsConfig::default() });
    let request = || plain().peer_addr("192.0.2.7:4711".parse().unwrap());
    for left in [4, 3] {
        let (_, headers, _) = bench.routed(request().to_request()).await;
        assert_eq!(headers["ratelimit"], format!("\"default\";r={left};t={}", 5 - left));
    }
    for left in [2, 1, 0] {
        let (_, headers, _) = bench.at_hand(&request().to_request()).unwrap();
        assert_eq!(headers["ratelimit"], format!("\"default\";r={left};t={}", 5 - left));
    }
    assert_eq!(bench.at_hand(&request().to_request()), None);
    let (status, headers, _) = bench.routed(request().to_request()).await;
    assert_eq!((status, headers["retry-after"].as_str()), (StatusCode::TOO_MANY_REQUESTS, "1"));
}
