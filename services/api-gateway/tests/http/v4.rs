//! The check with its reasons.

use std::sync::atomic::Ordering;

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use api_gateway::ApiConfig;
use greencheck_core::Source;
use rstest::rstest;

use crate::bench::{Bench, Reply, bench, bench_with};

const GREEN: &str = r#"{"domain":"green.com","verdict":"green","reason":"range","provider":{"id":1,"name":"Leaf","website":"https://leaf.example","partner":"","listed":true},"evidence":[{"id":2,"title":"Report 2","link":"https://leaf.example/2","kind":"Annual report","valid_from":null,"valid_to":"2027-12-31","expired":false},{"id":1,"title":"Report 1","link":"https://leaf.example/1","kind":"Annual report","valid_from":null,"valid_to":"2026-11-20","expired":true}],"match":{"kind":"range","id":4,"address":null},"checked_at":"2026-11-21T11:59:00.500000Z","age":59,"cached":true,"explanation":null}"#;

#[actix_web::test]
async fn a_check_tells_verdict_reason_provider_and_evidence() {
    let bench = bench();
    bench.get("/greencheck/green.com").await;
    let (status, headers, body) = bench.get("/api/v4/check/GREEN.com").await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, GREEN));
    assert_eq!(headers["content-type"], "application/json");
    assert!(headers.contains_key("etag"));
    let (_, _, body) = bench.get("/api/v4/check/gr%C3%AAy.com").await;
    assert!(
        body.starts_with(
            r#"{"domain":"grêy.com","verdict":"grey","reason":"no_match","provider":null,"evidence":[],"match":null,"#
        ),
        "{body}"
    );
}

#[actix_web::test]
async fn a_full_check_explains_itself() {
    let bench = bench();
    bench.get("/greencheck/green.com").await;
    let (status, headers, body) = bench.get("/api/v4/check/green.com?mode=full").await;
    assert_eq!((status, headers["cache-control"].as_str()), (StatusCode::OK, "no-store"));
    let explained =
        r#""cached":false,"explanation":{"because":"its address says so","steps":[],"took_us":5}}"#;
    assert!(body.ends_with(explained), "{body}");
    assert_eq!(bench.oracle.asked.load(Ordering::SeqCst), 2);
}

#[rstest]
#[case::no_name("/api/v4/check/localhost", 400, "localhost")]
#[case::unknown_mode("/api/v4/check/a.com?mode=slow", 400, "mode is \\\"slow\\\": give fast or full")]
#[case::slash("/api/v4/check/a.com%2Fb", 404, "a name has no slash")]
#[case::other_method("/api/v4/check", 405, "GET is not possible here, only POST is")]
#[actix_web::test]
async fn a_problem_says_what_is_wrong(#[case] path: &str, #[case] status: u16, #[case] detail: &str) {
    let (answered, headers, body) = bench().get(path).await;
    assert_eq!((answered.as_u16(), headers["content-type"].as_str()), (status, "application/problem+json"));
    let start = format!(
        r#"{{"type":"about:blank","title":"{}","status":{status},"detail":""#,
        answered.canonical_reason().unwrap()
    );
    assert!(body.starts_with(&start) && body.contains(detail), "{body}");
}

#[actix_web::test]
async fn every_answer_names_the_methods_of_its_route() {
    let bench = bench();
    let (_, headers, _) = bench.get("/api/v4/check").await;
    assert_eq!(headers["allow"], "POST, OPTIONS");
    for body in ["[", "green.com"] {
        let (_, headers, _) = post(&bench, "/api/v4/check", body).await;
        assert_eq!(headers["allow"], "POST, OPTIONS", "{body}");
    }
    let (_, headers, _) = bench.send(TestRequest::post().uri("/api/v4/check/green.com")).await;
    assert_eq!(headers["allow"], "GET, HEAD, OPTIONS");
}

#[actix_web::test]
async fn nobody_who_could_look_up_is_503() {
    let bench = bench();
    bench.oracle.busy.store(true, Ordering::SeqCst);
    for path in ["/api/v4/check/new.com", "/api/v4/check/new.com?mode=full"] {
        let (status, headers, body) = bench.get(path).await;
        assert_eq!((status, headers["retry-after"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, "1"));
        assert!(
            body.contains(r#""detail":"too many look-ups are under way, try again in a moment""#),
            "{body}"
        );
    }
    bench.oracle.busy.store(false, Ordering::SeqCst);
    bench.oracle.away.store(true, Ordering::SeqCst);
    let (status, _, body) = bench.get("/api/v4/check/new.com").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(body.contains("the look-up service is not reachable, try again in a moment"), "{body}");
}

#[actix_web::test]
async fn a_look_up_past_its_deadline_goes_on_behind_a_202() {
    let bench = bench();
    bench.oracle.late.store(true, Ordering::SeqCst);
    let (status, headers, body) = bench.get("/api/v4/check/new.com").await;
    assert_eq!((status, headers["retry-after"].as_str()), (StatusCode::ACCEPTED, "1"));
    assert!(body.contains(r#""verdict":"unknown","reason":"deadline""#), "{body}");
}

async fn post(bench: &Bench, path: &str, body: &str) -> Reply {
    bench.send(TestRequest::post().uri(path).set_payload(body.to_owned())).await
}

/// Domain, verdict and error of each line.
fn lines(body: &str) -> Vec<(String, String)> {
    body.lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |key: &str| line[key].as_str().map(str::to_owned);
            (text("domain").unwrap(), text("verdict").or_else(|| text("error")).unwrap())
        })
        .collect()
}

#[rstest]
#[case::array(r#"["green.com","grey.com","localhost","green.com"]"#)]
#[case::ndjson("\"green.com\"\n\"grey.com\"\n\"localhost\"\n\"green.com\"\n")]
#[case::lines("green.com\ngrey.com\nlocalhost\ngreen.com")]
#[actix_web::test]
async fn many_names_are_answered_in_lines_in_their_order(#[case] body: &str) {
    let bench = bench();
    let (status, headers, body) = post(&bench, "/api/v4/check", body).await;
    assert_eq!((status, headers["content-type"].as_str()), (StatusCode::OK, "application/x-ndjson"));
    let answered = lines(&body);
    let names: Vec<_> = answered.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["green.com", "grey.com", "localhost", "green.com"]);
    let verdicts: Vec<_> = answered.iter().map(|(_, verdict)| verdict.as_str()).collect();
    assert_eq!([verdicts[0], verdicts[1], verdicts[3]], ["green", "grey", "green"]);
    assert!(verdicts[2].contains("localhost"), "an error quotes the input: {}", verdicts[2]);
    assert_eq!(bench.oracle.stored.load(Ordering::SeqCst), 1);
    assert_eq!(bench.oracle.asked.load(Ordering::SeqCst), 1, "only what nobody knows is looked up");
    assert_eq!(bench.checks.all(), []);
}

#[actix_web::test]
async fn many_full_checks_look_every_name_up_and_are_logged_when_asked_for() {
    let bench = bench_with(ApiConfig::default(), true);
    let (_, _, body) = post(&bench, "/api/v4/check?mode=full", "green.com\ngrey.com").await;
    assert_eq!(body.matches(r#""because":"its address says so""#).count(), 2);
    assert_eq!(bench.oracle.asked.load(Ordering::SeqCst), 2);
    let sources: Vec<_> = bench.checks.all().iter().map(|check| check.source).collect();
    assert_eq!(sources, [Source::Bulk, Source::Bulk]);
}

#[rstest]
#[case::no_text("[1]", 400, "[0] is 1: names are strings")]
#[case::broken("[", 400, "the body is no JSON array")]
#[case::too_many(&"a.com\n".repeat(10_001), 413, "10001 names are more than 10000")]
#[actix_web::test]
async fn many_names_that_cannot_be_read_are_a_problem(
    #[case] body: &str,
    #[case] status: u16,
    #[case] detail: &str,
) {
    let (answered, headers, body) = post(&bench(), "/api/v4/check", body).await;
    assert_eq!((answered.as_u16(), headers["content-type"].as_str()), (status, "application/problem+json"));
    assert!(body.contains(detail), "{body}");
}
