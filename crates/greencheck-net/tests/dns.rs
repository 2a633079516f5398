//! DNS against a name server in this process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use greencheck_core::ports::{Dns, DnsError, OriginAsns};
use greencheck_core::{Asn, Host};
use greencheck_net::{AsnConfig, CymruOrigins, DnsConfig, Guard, HickoryDns, Metrics};
use greencheck_testkit::TestDns;
use hickory_resolver::proto::op::Message;
use hickory_resolver::proto::rr::RecordType;
use prometheus::Registry;
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

const ZONE: &[(&str, &str, &str)] = &[
    ("both.example.com", "A", "192.0.2.1"),
    ("both.example.com", "A", "192.0.2.2"),
    ("both.example.com", "AAAA", "2001:db8::1"),
    ("six.example.com", "AAAA", "2001:db8::6"),
    ("alias.example.com", "CNAME", "both.example.com."),
    ("text.example.com", "TXT", "carbon-txt-location=https://leaf.example/carbon.txt"),
    ("1.1.1.1.origin.example.com", "TXT", "13335 64500 | 1.1.1.0/24 | AU | apnic | 2011-08-11"),
];

fn metrics() -> Metrics {
    Metrics::register(&Registry::new()).expect("a new registry is empty")
}

fn config(server: SocketAddr) -> DnsConfig {
    DnsConfig { servers: vec![server], timeout: Duration::from_millis(400), ..DnsConfig::default() }
}

fn dns(server: SocketAddr) -> HickoryDns {
    HickoryDns::new(&config(server), metrics()).expect("DNS sets up")
}

fn host(name: &str) -> Host {
    Host::parse(name).expect("a host name")
}

#[tokio::test]
async fn all_addresses_come_ipv4_first_through_aliases_too() {
    let server = TestDns::start("example.com", ZONE).await;
    let dns = dns(server.address());
    for name in ["both.example.com", "alias.example.com"] {
        let found = dns.addresses(&host(name)).await.unwrap();
        let mut found: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found.pop().as_deref(), Some("2001:db8::1"));
        found.sort();
        assert_eq!(found, ["192.0.2.1", "192.0.2.2"]);
    }
    assert_eq!(
        dns.addresses(&host("six.example.com")).await.unwrap(),
        ["2001:db8::6".parse::<std::net::IpAddr>().unwrap()]
    );
}

#[tokio::test]
async fn failures_are_told_apart() {
    let server = TestDns::start("example.com", ZONE).await;
    let dns = dns(server.address());
    assert!(matches!(dns.addresses(&host("nowhere.example.com")).await, Err(DnsError::NxDomain)));
    assert!(matches!(dns.addresses(&host("text.example.com")).await, Err(DnsError::NoAddress)));
    let elsewhere = dns.addresses(&host("www.elsewhere.org")).await;
    assert!(matches!(elsewhere, Err(DnsError::ServFail(_))), "{elsewhere:?}");
}

#[tokio::test]
async fn texts_are_read_and_their_absence_is_no_error() {
    let server = TestDns::start("example.com", ZONE).await;
    let dns = dns(server.address());
    let texts = dns.txt(&host("text.example.com")).await.unwrap();
    assert_eq!(texts, ["carbon-txt-location=https://leaf.example/carbon.txt"]);
    assert!(dns.txt(&host("both.example.com")).await.unwrap().is_empty());
    assert!(dns.txt(&host("nowhere.example.com")).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_silent_server_is_a_time_out_and_holds_up_nobody_else() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let server = TestDns::start("example.com", ZONE).await;
    let (stuck, working) = (dns(silent.local_addr().unwrap()), dns(server.address()));
    let strangers: Vec<_> = (0..200).map(|n| host(&format!("n{n}.example.com"))).collect();
    let questions = futures_util::future::join_all(strangers.iter().map(|name| stuck.addresses(name)));
    let both = host("both.example.com");
    let answered = async {
        for _ in 0..20 {
            assert_eq!(working.addresses(&both).await.unwrap().len(), 3);
        }
    };
    let (answers, ()) = tokio::join!(questions, answered);
    assert!(answers.iter().all(|answer| matches!(answer, Err(DnsError::Timeout))));
}

#[tokio::test]
async fn an_address_of_one_family_is_enough_when_the_other_question_is_never_answered() {
    let server = TestDns::start("example.com", ZONE).await;
    for (unanswered, expected) in [(RecordType::AAAA, "192.0.2."), (RecordType::A, "2001:db8::1")] {
        let (relay, _task) = deaf_to(unanswered, server.address()).await;
        let registry = Registry::new();
        let dns = HickoryDns::new(&config(relay), Metrics::register(&registry).unwrap()).unwrap();
        let found = dns.addresses(&host("both.example.com")).await.unwrap();
        assert!(found.iter().all(|address| address.to_string().starts_with(expected)), "{found:?}");
        let counted = prometheus::TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        for kind in [RecordType::A, RecordType::AAAA] {
            let outcome = if kind == unanswered { "timeout" } else { "found" };
            let line = format!("duration_seconds_count{{outcome=\"{outcome}\",type=\"{kind}\"}} 1\n");
            assert!(counted.contains(&line), "{counted}");
        }
    }
}

/// Hands questions on to `server`, but those of one type to nobody.
async fn deaf_to(kind: RecordType, server: SocketAddr) -> (SocketAddr, JoinSet<()>) {
    let relay = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let address = relay.local_addr().expect("an address");
    let mut task = JoinSet::new();
    task.spawn(async move {
        let mut packet = [0; 512];
        while let Ok((length, asker)) = relay.recv_from(&mut packet).await {
            let question = Message::from_vec(&packet[..length]).expect("a packet");
            if question.queries[0].query_type() == kind {
                continue;
            }
            let behind = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
            behind.send_to(&packet[..length], server).await.expect("a packet");
            let length = behind.recv(&mut packet).await.expect("a packet");
            relay.send_to(&packet[..length], asker).await.expect("a packet");
        }
    });
    (address, task)
}

#[tokio::test]
async fn offline_nothing_is_sent() {
    let watched = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    watched.set_nonblocking(true).unwrap();
    let config = DnsConfig {
        servers: vec![watched.local_addr().unwrap()],
        offline_notice: "unknown to this demo catalog".to_owned(),
        ..DnsConfig::default()
    };
    let dns = HickoryDns::new(&config, metrics()).unwrap();
    let answer = dns.addresses(&host("www.example.com")).await;
    assert!(matches!(answer, Err(DnsError::Offline(notice)) if notice == "unknown to this demo catalog"));
    assert!(watched.recv(&mut [0; 64]).is_err(), "no query came");
}

#[tokio::test]
async fn origins_are_asked_for_global_addresses_only() {
    let server = TestDns::start("example.com", ZONE).await;
    let config = AsnConfig { origin_zone_v4: "origin.example.com".to_owned(), ..AsnConfig::default() };
    let origins = CymruOrigins::new(&config, Arc::new(dns(server.address())), Guard::default(), metrics());
    let found = origins.origins("1.1.1.1".parse().unwrap()).await.unwrap();
    assert_eq!(found.into_iter().map(Asn::get).collect::<Vec<_>>(), [13_335, 64_500]);
    assert!(origins.origins("1.1.1.2".parse().unwrap()).await.unwrap().is_empty());
    // A private address would time out here if it were asked for: the server below is silent.
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    silent.set_nonblocking(true).unwrap();
    let origins =
        CymruOrigins::new(&config, Arc::new(dns(silent.local_addr().unwrap())), Guard::default(), metrics());
    assert!(origins.origins("10.0.0.1".parse().unwrap()).await.unwrap().is_empty());
    assert!(silent.recv(&mut [0; 64]).is_err(), "no query came");
}
