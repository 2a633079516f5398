//! The carbon.txt of a name, looked for over real TLS.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::Write;
use std::sync::Arc;

use greencheck_core::Host;
use greencheck_core::carbon_txt::{Resolution, resolve};
use greencheck_core::ports::{Head, Web, WebError};
use greencheck_net::{CarbonTxtConfig, Guard, GuardedWeb, Metrics};
use greencheck_testkit::fakes::FakeDns;
use greencheck_testkit::{TestTls, TlsAnswer, TlsRequest};
use prometheus::Registry;
use rstest::rstest;

/// What the server says of itself, by `Host`.
fn answer(request: &TlsRequest) -> TlsAnswer {
    let head = request.head.to_ascii_lowercase();
    let host = head.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let name = host.split(':').next().unwrap();
    match (name, request.path.as_str()) {
        ("file.com", "/carbon.txt") | ("known.com", "/.well-known/carbon.txt") => {
            TlsAnswer::new(200, &[], b"")
        }
        ("www.bare.com", "/carbon.txt") => TlsAnswer::new(204, &[], b""),
        ("header.com", "/") => TlsAnswer::new(404, &[("CarbonTxt-Location", "file.com")], b""),
        ("url.com", "/") => {
            let location = ("carbontxt-location", "https://provider.com/carbon.txt");
            TlsAnswer::new(200, &[location, ("GWF-DomainHash", "ab12"), ("x-other", "no")], b"")
        }
        ("moved.com", _) => TlsAnswer::new(301, &[("location", "https://file.com/carbon.txt")], b""),
        _ => TlsAnswer::new(404, &[], b""),
    }
}

const NAMES: [&str; 7] =
    ["file.com", "known.com", "bare.com", "www.bare.com", "header.com", "url.com", "moved.com"];

async fn set_up(believes: bool) -> (TestTls, GuardedWeb, Arc<FakeDns>) {
    let server = TestTls::start(&NAMES, answer).await;
    let mut authority = tempfile::NamedTempFile::new().unwrap();
    authority.write_all(server.authority().as_bytes()).unwrap();
    let ca_file = believes.then(|| authority.path().to_owned());
    let config = CarbonTxtConfig { ca_file, ..CarbonTxtConfig::default() };
    let addresses: Vec<_> = NAMES.iter().chain(&["stranger.com"]).map(|name| (*name, "127.0.0.1")).collect();
    let dns = Arc::new(FakeDns::with(&addresses));
    let guard = Guard::new(vec!["127.0.0.0/8".parse().unwrap()]);
    let metrics = Metrics::register(&Registry::new()).unwrap();
    let web = GuardedWeb::on_port(server.address().port(), &config, guard, dns.clone(), metrics).unwrap();
    (server, web, dns)
}

#[tokio::test]
async fn the_wanted_headers_come_back_and_no_others() {
    let (server, web, _) = set_up(true).await;
    let wanted = ["carbontxt-location", "gwf-domainhash"];
    let head = web.head(&"https://url.com/".parse().unwrap(), &wanted).await.unwrap();
    let headers = [
        ("carbontxt-location".to_owned(), "https://provider.com/carbon.txt".to_owned()),
        ("gwf-domainhash".to_owned(), "ab12".to_owned()),
    ];
    assert_eq!(head, Head { status: 200, headers: headers.into() });
    assert_eq!(server.asked()[0].method, "HEAD");
}

#[tokio::test]
async fn a_redirect_is_told_and_not_followed() {
    let (server, web, _) = set_up(true).await;
    let head = web.head(&"https://moved.com/carbon.txt".parse().unwrap(), &[]).await.unwrap();
    assert_eq!(head.status, 301);
    assert_eq!(server.asked().len(), 1);
}

#[rstest]
#[case::an_authority_that_nobody_named(false, "https://file.com/carbon.txt")]
#[case::a_certificate_of_another_name(true, "https://stranger.com/carbon.txt")]
#[tokio::test]
async fn a_certificate_that_proves_nothing_is_no_answer(#[case] believes: bool, #[case] url: &str) {
    let (server, web, _) = set_up(believes).await;
    let error = web.head(&url.parse().unwrap(), &[]).await.unwrap_err();
    assert!(matches!(error, WebError::Unreachable(_)), "{error:?}");
    assert!(server.asked().is_empty(), "no request went out");
}

#[rstest]
#[case::file("file.com", Some(("https://file.com/carbon.txt", "file.com")))]
#[case::well_known("known.com", Some(("https://known.com/.well-known/carbon.txt", "known.com")))]
#[case::www_alternate("bare.com", Some(("https://www.bare.com/carbon.txt", "www.bare.com")))]
#[case::header_with_a_domain("header.com", Some(("https://file.com/carbon.txt", "header.com")))]
#[case::header_with_a_url("url.com", Some(("https://provider.com/carbon.txt", "url.com")))]
#[case::redirect("moved.com", None)]
#[tokio::test]
async fn a_carbon_txt_is_found_where_the_platform_finds_it(
    #[case] name: &str,
    #[case] expected: Option<(&str, &str)>,
) {
    let (_server, web, dns) = set_up(true).await;
    let Resolution { resolved, problem } = resolve(&Host::parse(name).unwrap(), &*dns, &web).await;
    let found = resolved.location.as_deref().zip(resolved.found_at.as_ref().map(Host::as_str));
    assert_eq!((found, problem), (expected, None));
}
