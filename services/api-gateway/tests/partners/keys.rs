//! The keys of callers: who they are, and what other services are told.

use actix_web::test::TestRequest;
use api_gateway::caller_identity;
use greencheck_core::partner::{ApiKey, UserId};

use crate::support::{Ask, Bench, INTROSPECTION_SECRET, request};

const PATH: &str = "/internal/api/introspect_key";
const KEY: &str = "gwf_aB3dE6gH.abcdefghijklmnopqrstuvwxyz012345";
const ENDED: &str = "gwf_bbbbbbbb.abcdefghijklmnopqrstuvwxyz012345";
const REVOKED: &str = "gwf_cccccccc.abcdefghijklmnopqrstuvwxyz012345";
const INACTIVE: &str = r#"{"active":false}"#;

fn bench(introspection_secret: &str) -> Bench {
    let bench = Bench::with(introspection_secret);
    let key = ApiKey {
        id: 4,
        user: UserId(1),
        username: "ada".to_owned(),
        prefix: "aB3dE6gH".to_owned(),
        service: "greencheck".to_owned(),
        privilege_level: None,
        note: String::new(),
        created: "2026-01-01T00:00:00Z".parse().unwrap(),
        expires: Some("2027-01-01T00:00:00Z".parse().unwrap()),
        revoked: None,
    };
    bench.partners.add_key(KEY, key.clone());
    bench
        .partners
        .add_key(ENDED, ApiKey { expires: Some("2026-11-21T12:00:00Z".parse().unwrap()), ..key.clone() });
    bench.partners.add_key(REVOKED, ApiKey { revoked: Some("2026-11-20T00:00:00Z".parse().unwrap()), ..key });
    bench
}

fn introspect(secret: &str, body: &str) -> TestRequest {
    request(Ask { who: "", method: "POST", path: PATH, body: "" })
        .insert_header(("X-GWF-Shared-Secret", secret))
        .insert_header(("Content-Type", "application/json"))
        .set_payload(body.to_owned())
}

#[actix_web::test]
async fn a_key_is_active_until_it_expires_or_is_revoked() {
    let bench = bench(INTROSPECTION_SECRET);
    let active = r#"{"active":true,"user_id":1,"username":"ada","expiry_date":"2027-01-01T00:00:00","prefix":"aB3dE6gH","service":"greencheck","privilege_level":null}"#;
    for (token, answer) in [
        (format!("\"{KEY}\""), active),
        (format!("\"{ENDED}\""), INACTIVE),
        (format!("\"{REVOKED}\""), INACTIVE),
        (format!("\"{}\"", KEY.replace("012345", "012346")), INACTIVE),
        ("\"\"".to_owned(), INACTIVE),
        ("7".to_owned(), INACTIVE),
    ] {
        let got = bench.send(introspect(INTROSPECTION_SECRET, &format!(r#"{{"token":{token}}}"#))).await;
        assert_eq!((got.status, got.body.as_str()), (200, answer), "{token}");
        assert_eq!(got.header("Cache-Control"), Some("no-store"));
    }
    let got = bench.send(introspect(INTROSPECTION_SECRET, "{}")).await;
    assert_eq!((got.status, got.body.as_str()), (200, INACTIVE));
}

#[actix_web::test]
async fn without_the_secret_nothing_is_told() {
    for (configured, shown) in
        [(INTROSPECTION_SECRET, ""), (INTROSPECTION_SECRET, "for other service"), ("", ""), ("", "x")]
    {
        let bench = bench(configured);
        let got = bench.send(introspect(shown, &format!(r#"{{"token":"{KEY}"}}"#))).await;
        let denied = r#"{"detail":"Authentication credentials were not provided."}"#;
        assert_eq!((got.status, got.body.as_str()), (401, denied), "{configured} {shown}");
        assert_eq!(bench.partners.asked(), 0);
    }
}

#[actix_web::test]
async fn a_caller_is_known_by_either_header_and_asked_about_once() {
    let bench = bench("");
    let bearer = format!("Api-Key {KEY}");
    for (name, value) in [("X-Api-Key", KEY), ("Authorization", &*bearer)] {
        let request = TestRequest::default().insert_header((name, value)).app_data(bench.data());
        let key = caller_identity(&request.to_http_request()).await.unwrap();
        assert_eq!((key.id, key.username.as_str()), (4, "ada"));
    }
    assert_eq!(bench.partners.asked(), 1);
}

#[actix_web::test]
async fn who_shows_nothing_that_counts_is_a_stranger() {
    let bench = bench("");
    for (value, questions) in [(ENDED, 1), (REVOKED, 2), ("nonsense", 2), ("", 2)] {
        let request = TestRequest::default().insert_header(("X-Api-Key", value)).app_data(bench.data());
        assert!(caller_identity(&request.to_http_request()).await.is_none(), "{value}");
        assert_eq!(bench.partners.asked(), questions, "{value}");
    }
    let request = TestRequest::default().app_data(bench.data()).to_http_request();
    assert!(caller_identity(&request).await.is_none());
    bench.partners.set_away(true);
    let request = TestRequest::default().insert_header(("X-Api-Key", KEY)).app_data(bench.data());
    assert!(caller_identity(&request.to_http_request()).await.is_none(), "and not an error");
}
