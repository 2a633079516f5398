//! Outgoing HTTPS goes nowhere but to global addresses, whatever a name or a URL says.

use std::net::TcpListener;
use std::sync::Arc;

use greencheck_core::ports::{Web, WebError};
use greencheck_net::{CarbonTxtConfig, Guard, GuardedWeb, Metrics};
use greencheck_testkit::fakes::FakeDns;
use prometheus::Registry;
use rstest::rstest;

fn web(port: u16, guard: Guard) -> GuardedWeb {
    let dns = FakeDns::with(&[
        ("loopback.com", "127.0.0.1"),
        ("mapped.com", "::ffff:127.0.0.1"),
        ("private.com", "10.0.0.1"),
    ]);
    let metrics = Metrics::register(&Registry::new()).expect("a new registry is empty");
    GuardedWeb::on_port(port, &CarbonTxtConfig::default(), guard, Arc::new(dns), metrics)
        .expect("HTTPS sets up")
}

#[rstest]
#[case::loopback("https://127.0.0.1/carbon.txt")]
#[case::metadata("https://169.254.169.254/latest/meta-data")]
#[case::private("https://10.0.0.1/")]
#[case::loopback_v6("https://[::1]/")]
#[case::mapped("https://[::ffff:127.0.0.1]/")]
#[case::six_to_four("https://[2002:7f00:1::]/")]
#[case::nat64("https://[64:ff9b::7f00:1]/")]
#[case::octal_is_loopback("https://0177.0.0.1/")]
#[case::decimal_is_loopback("https://2130706433/")]
#[case::plain_http("http://example.com/")]
#[case::other_port("https://example.com:8443/")]
#[case::user("https://user@example.com/")]
#[case::name_of_loopback("https://loopback.com/")]
#[case::name_of_mapped_loopback("https://mapped.com/")]
#[case::name_of_private("https://private.com/")]
#[tokio::test]
async fn what_is_not_global_is_refused_before_a_connection(#[case] url: &str) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let web = web(listener.local_addr().unwrap().port(), Guard::default());
    let refused = web.head(&url.parse().unwrap(), &[]).await;
    assert!(matches!(refused, Err(WebError::Refused(_))), "{refused:?}");
    assert!(listener.accept().is_err(), "nobody connected");
}

#[tokio::test]
async fn an_allowed_network_is_connected_to_and_a_server_without_tls_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let guard = Guard::new(vec!["127.0.0.0/8".parse().unwrap()]);
    let web = web(listener.local_addr().unwrap().port(), guard);
    let served = std::thread::spawn(move || {
        let (connection, _) = listener.accept().unwrap();
        drop(connection);
    });
    let answer = web.head(&"https://loopback.com/".parse().unwrap(), &[]).await;
    assert!(matches!(answer, Err(WebError::Unreachable(_))), "{answer:?}");
    served.join().unwrap();
}

#[tokio::test]
async fn a_server_that_never_answers_is_a_time_out() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let guard = Guard::new(vec!["127.0.0.0/8".parse().unwrap()]);
    let web = web(listener.local_addr().unwrap().port(), guard);
    let answer = web.head(&"https://loopback.com/".parse().unwrap(), &[]).await;
    assert!(matches!(answer, Err(WebError::Timeout)), "{answer:?}");
}
