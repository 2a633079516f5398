//! Registries are asked through the guard, within limits, and only when somebody wants that.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use greencheck_core::Asn;
use greencheck_core::ports::{NetworkRegistry, RegisteredNetwork, RegistryError};
use greencheck_net::{CarbonTxtConfig, Guard, GuardedWeb, Metrics, Rdap, RdapConfig};
use greencheck_testkit::fakes::FakeDns;
use greencheck_testkit::{TestTls, TlsAnswer, TlsRequest};
use prometheus::Registry;
use rstest::rstest;

const NETWORK: &str = r#"{"objectClassName":"ip network","handle":"NET-9-9-9-0-1","startAddress":"9.9.9.0",
    "endAddress":"9.9.9.255","ipVersion":"v4","name":" QUAD9\u0007 ","type":"DIRECT ALLOCATION","country":"us",
    "arin_originas0_originautnums":[19281,0],"entities":[{"handle":"X"}]}"#;

fn answer(request: &TlsRequest) -> TlsAnswer {
    let to = |location: &str| TlsAnswer::new(302, &[("location", location)], b"");
    match request.path.as_str() {
        "/ip/9.9.9.9" => to("https://registry.com/rdap/ip/9.9.9.9"),
        "/rdap/ip/9.9.9.9" => {
            TlsAnswer::new(200, &[("content-type", "application/rdap+json")], NETWORK.as_bytes())
        }
        "/ip/9.9.9.1" => to("/ip/9.9.9.1"),
        "/ip/9.9.9.2" => to("http://registry.com/rdap/ip/9.9.9.2"),
        "/ip/9.9.9.3" => to("https://10.0.0.1/rdap/ip/9.9.9.3"),
        "/ip/9.9.9.4" => TlsAnswer::new(404, &[], b"{}"),
        "/ip/9.9.9.5" => TlsAnswer::new(200, &[], b"{\"objectClassName\":\"domain\"}"),
        "/ip/9.9.9.6" => TlsAnswer::new(200, &[], &vec![b' '; 300_000]),
        "/ip/9.9.9.7" => TlsAnswer::new(200, &[], NETWORK.as_bytes()).cut_after(50).then_silence(),
        "/ip/2620:fe::fe" => TlsAnswer::new(
            200,
            &[],
            br#"{"startAddress":"2620:fe::","endAddress":"2620:fe:ffff:ffff:ffff:ffff:ffff:ffff/48"}"#,
        ),
        other => panic!("nobody asks for {other}"),
    }
}

async fn set_up(config: RdapConfig) -> (TestTls, Rdap) {
    let server = TestTls::start(&["bootstrap.com", "registry.com"], answer).await;
    let mut authority = tempfile::NamedTempFile::new().unwrap();
    authority.write_all(server.authority().as_bytes()).unwrap();
    let web = CarbonTxtConfig { ca_file: Some(authority.path().to_owned()), ..CarbonTxtConfig::default() };
    let guard = Guard::new(vec!["127.0.0.0/8".parse().unwrap()]);
    let dns = Arc::new(FakeDns::with(&[("bootstrap.com", "127.0.0.1"), ("registry.com", "127.0.0.1")]));
    let metrics = Metrics::register(&Registry::new()).unwrap();
    let port = server.address().port();
    let web = GuardedWeb::on_port(port, &web, guard, dns, metrics.clone()).unwrap();
    let rdap = Rdap::new(&config, Arc::new(web), Guard::default(), metrics).unwrap();
    (server, rdap)
}

fn on() -> RdapConfig {
    RdapConfig {
        enabled: true,
        base_url: "https://bootstrap.com/ip/".to_owned(),
        timeout: Duration::from_secs(20),
        ..RdapConfig::default()
    }
}

async fn ask(address: &str) -> Result<Option<RegisteredNetwork>, RegistryError> {
    let (_server, rdap) = set_up(on()).await;
    rdap.network_of(address.parse().unwrap()).await
}

#[tokio::test]
async fn a_network_is_found_where_the_bootstrap_server_points_to_and_asked_for_once() {
    let (server, rdap) = set_up(on()).await;
    let expected = RegisteredNetwork {
        name: Some("QUAD9".to_owned()),
        handle: Some("NET-9-9-9-0-1".to_owned()),
        country: Some("US".to_owned()),
        first: "9.9.9.0".parse().unwrap(),
        last: "9.9.9.255".parse().unwrap(),
        origins: vec![Asn::new(19_281).unwrap()],
        registry: "registry.com".to_owned(),
    };
    for address in ["9.9.9.9", "::ffff:9.9.9.9"] {
        assert_eq!(rdap.network_of(address.parse().unwrap()).await, Ok(Some(expected.clone())));
    }
    assert_eq!(server.asked().len(), 2, "the redirect and its target");
}

#[tokio::test]
async fn a_network_may_say_little_of_itself() {
    let found = ask("2620:fe::fe").await.unwrap().unwrap();
    assert_eq!(found.last.to_string(), "2620:fe:ffff:ffff:ffff:ffff:ffff:ffff");
    assert_eq!((found.name, found.handle, found.country, found.origins), (None, None, None, vec![]));
}

#[tokio::test]
async fn what_no_registry_knows_is_no_error() {
    assert_eq!(ask("9.9.9.4").await, Ok(None));
}

#[rstest]
#[case::without_end("9.9.9.1", "redirects without end")]
#[case::to_plain_http("9.9.9.2", "only https is asked")]
#[case::to_the_inside("9.9.9.3", "the address is not global")]
#[case::no_network("9.9.9.5", "about no network")]
#[case::too_long("9.9.9.6", "more than 262144 bytes")]
#[tokio::test]
async fn an_answer_that_is_none_says_why(#[case] address: &str, #[case] why: &str) {
    let error = ask(address).await.unwrap_err();
    assert!(matches!(&error, RegistryError::Unavailable(text) if text.contains(why)), "{error:?}");
}

#[tokio::test]
async fn a_registry_that_falls_silent_is_given_up() {
    let (_server, rdap) = set_up(RdapConfig { timeout: Duration::from_millis(300), ..on() }).await;
    assert_eq!(rdap.network_of("9.9.9.7".parse().unwrap()).await, Err(RegistryError::Timeout));
}

#[tokio::test]
async fn nobody_is_asked_about_addresses_inside_or_when_it_is_off() {
    let (server, rdap) = set_up(on()).await;
    for inside in ["10.0.0.1", "192.168.0.1", "::1", "127.0.0.1", "::ffff:10.0.0.1"] {
        assert_eq!(rdap.network_of(inside.parse().unwrap()).await, Err(RegistryError::NotGlobal));
    }
    assert_eq!(server.asked(), []);
    let (server, rdap) = set_up(RdapConfig { enabled: false, ..on() }).await;
    assert_eq!(rdap.network_of("9.9.9.9".parse().unwrap()).await, Err(RegistryError::Off));
    assert_eq!(server.asked(), []);
    assert!(!RdapConfig::default().enabled);
}

#[rstest]
fn a_url_that_cannot_be_asked_is_refused_at_the_start(
    #[values("", "rdap.org", "http://rdap.org/ip/", "https://rdap.org/ip")] url: &str,
) {
    let metrics = Metrics::register(&Registry::new()).unwrap();
    let guard = Guard::default();
    let dns = Arc::new(FakeDns::with(&[]));
    let web = GuardedWeb::new(&CarbonTxtConfig::default(), guard.clone(), dns, metrics.clone()).unwrap();
    let config = RdapConfig { base_url: url.to_owned(), ..RdapConfig::default() };
    let refused = Rdap::new(&config, Arc::new(web), guard, metrics).err().unwrap();
    assert!(refused.to_string().starts_with(&format!("rdap.base_url {url:?}")), "{refused}");
}
