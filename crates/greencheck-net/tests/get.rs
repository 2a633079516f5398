//! A GET brings the whole body or an error, within its limits.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use greencheck_core::ports::WebError;
use greencheck_net::{CarbonTxtConfig, GetError, GetLimits, Guard, GuardedWeb, Metrics};
use greencheck_testkit::fakes::FakeDns;
use greencheck_testkit::{TestTls, TlsAnswer, TlsRequest};
use prometheus::Registry;
use rstest::rstest;

const LIMITS: GetLimits = GetLimits { max_bytes: 100_000, timeout: Duration::from_secs(20) };

fn answer(request: &TlsRequest) -> TlsAnswer {
    let long = vec![b'x'; LIMITS.max_bytes + 1];
    match request.path.as_str() {
        "/list?of=all" => TlsAnswer::new(200, &[], b"192.0.2.0/24\n"),
        "/unannounced" => TlsAnswer::unannounced(b"192.0.2.0/24\n"),
        "/exactly" => TlsAnswer::new(200, &[], &long[1..]),
        "/long" => TlsAnswer::new(200, &[], &long),
        "/endless" => TlsAnswer::unannounced(&long).then_silence(),
        "/moved" => TlsAnswer::new(301, &[("location", "https://elsewhere.com/list")], b""),
        "/away" => TlsAnswer::new(503, &[], b"<html>"),
        "/empty" => TlsAnswer::new(204, &[], b""),
        "/cut" => TlsAnswer::new(200, &[], b"192.0.2.0/24\n198.51.100.0/24\n").cut_after(60),
        "/silent" => TlsAnswer::new(200, &[], b"192.0.2.0/24\n").cut_after(50).then_silence(),
        other => panic!("nobody asks for {other}"),
    }
}

/// A server that is believed, and who asks it.
async fn set_up(guard: Guard) -> (TestTls, GuardedWeb) {
    let server = TestTls::start(&["lists.com"], answer).await;
    let mut authority = tempfile::NamedTempFile::new().unwrap();
    authority.write_all(server.authority().as_bytes()).unwrap();
    let config = CarbonTxtConfig { ca_file: Some(authority.path().to_owned()), ..CarbonTxtConfig::default() };
    let dns = Arc::new(FakeDns::with(&[("lists.com", "127.0.0.1"), ("other.com", "127.0.0.1")]));
    let metrics = Metrics::register(&Registry::new()).unwrap();
    let web = GuardedWeb::on_port(server.address().port(), &config, guard, dns, metrics).unwrap();
    (server, web)
}

fn loopback() -> Guard {
    Guard::new(vec!["127.0.0.0/8".parse().unwrap()])
}

async fn get(url: &str, limits: GetLimits) -> Result<Vec<u8>, GetError> {
    let (_server, web) = set_up(loopback()).await;
    web.get(&url.parse().unwrap(), limits).await
}

#[rstest]
#[case::with_a_length("https://lists.com/list?of=all")]
#[case::without_one("https://lists.com/unannounced")]
#[tokio::test]
async fn a_body_comes_whole(#[case] url: &str) {
    assert_eq!(get(url, LIMITS).await.unwrap(), b"192.0.2.0/24\n");
}

#[tokio::test]
async fn nothing_is_said_of_compression_or_of_us_but_the_name() {
    let (server, web) = set_up(loopback()).await;
    web.get(&"https://lists.com/list?of=all".parse().unwrap(), LIMITS).await.unwrap();
    let head = server.asked()[0].head.to_ascii_lowercase();
    assert!(head.contains("\r\nuser-agent: greencheck/"), "{head}");
    assert!(!head.contains("accept-encoding") && !head.contains("referer"), "{head}");
}

#[rstest]
#[case::announced("/long")]
#[case::not_announced("/endless")]
#[tokio::test]
async fn a_body_over_the_limit_is_refused_before_its_end(#[case] path: &str) {
    let refused = get(&format!("https://lists.com{path}"), LIMITS).await;
    assert!(matches!(refused, Err(GetError::TooLarge(100_000))), "{refused:?}");
}

#[tokio::test]
async fn a_body_at_the_limit_is_taken() {
    assert_eq!(get("https://lists.com/exactly", LIMITS).await.unwrap().len(), LIMITS.max_bytes);
}

#[tokio::test]
async fn a_redirect_is_not_followed_but_told() {
    let error = get("https://lists.com/moved", LIMITS).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the server answers 301 and points to https://elsewhere.com/list: redirects are not followed, ask for that"
    );
}

#[rstest]
#[case("/away", 503)]
#[case("/empty", 204)]
#[tokio::test]
async fn anything_but_200_is_an_error(#[case] path: &str, #[case] status: u16) {
    let error = get(&format!("https://lists.com{path}"), LIMITS).await.unwrap_err();
    assert!(matches!(error, GetError::Status(given) if given == status), "{error:?}");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_body() {
    let error = get("https://lists.com/cut", LIMITS).await.unwrap_err();
    assert!(matches!(error, GetError::Web(WebError::Unreachable(_))), "{error:?}");
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up() {
    let limits = GetLimits { timeout: Duration::from_millis(300), ..LIMITS };
    let error = get("https://lists.com/silent", limits).await.unwrap_err();
    assert!(matches!(error, GetError::Web(WebError::Timeout)), "{error:?}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_believed() {
    let error = get("https://other.com/list?of=all", LIMITS).await.unwrap_err();
    assert!(matches!(error, GetError::Web(WebError::Unreachable(_))), "{error:?}");
}

#[rstest]
#[case::plain_http("http://lists.com/list?of=all")]
#[case::other_port("https://lists.com:8443/list?of=all")]
#[case::user("https://me@lists.com/list?of=all")]
#[case::loopback("https://127.0.0.1/list?of=all")]
#[case::name_of_loopback("https://lists.com/list?of=all")]
#[tokio::test]
async fn what_the_guard_refuses_is_not_asked(#[case] url: &str) {
    let (server, web) = set_up(Guard::default()).await;
    let refused = web.get(&url.parse().unwrap(), LIMITS).await;
    assert!(matches!(refused, Err(GetError::Web(WebError::Refused(_)))), "{refused:?}");
    assert_eq!(server.asked(), []);
}
