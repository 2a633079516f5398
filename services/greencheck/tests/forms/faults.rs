//! No stop or fault loses or doubles a check.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::load::Load;
use crate::process::wait;
use crate::servers::PrivateServers;
use crate::stand::{Distributed, Embedded, Form};

/// How long a server is away.
const OUTAGE: Duration = Duration::from_secs(10);

/// Each name is asked for once, so that an answered check can be told from one whose answer was cut off.
#[test]
fn twenty_kills_of_the_gateway_under_load_lose_no_answered_check() {
    let mut distributed = Distributed::start();
    let load = Load::start(distributed.addresses(), Load::new_names);
    for _ in 0..20 {
        load.wait_for(50);
        distributed.restart_gateway();
    }
    let outcome = load.finish();
    assert_eq!(outcome.refused, Vec::<String>::new());
    assert!(outcome.unanswered > 0, "a gateway was away at times");
    let logged = distributed.wait_for_names(outcome.answered.len());
    assert!(logged.windows(2).all(|pair| pair[0] != pair[1]), "no check is stored twice");
    let lost: Vec<_> = outcome.answered.iter().filter(|name| logged.binary_search(name).is_err()).collect();
    assert_eq!(lost, Vec::<&String>::new());
}

#[test]
fn killing_the_log_writer_under_load_loses_and_doubles_nothing() {
    let mut distributed = Distributed::start();
    let load = Load::start(distributed.addresses(), Load::few_names);
    for _ in 0..5 {
        load.wait_for(1_000);
        distributed.restart_log_writer();
    }
    let outcome = load.finish();
    assert_eq!((outcome.refused.len(), outcome.unanswered), (0, 0), "every request was answered");
    distributed.wait_for_rows(outcome.answered.len() as u64);
}

/// Answers go on for ten seconds without one of the servers, and once it is back nothing is missing.
fn outage_of(server: &str) {
    let servers = PrivateServers::start();
    let distributed = Distributed::on_servers(|variable| servers.url(variable));
    let load = Load::start(distributed.addresses(), Load::few_names);
    load.wait_for(500);
    servers.stop_one(server);
    let since = Instant::now();
    while since.elapsed() < OUTAGE {
        load.wait_for(100);
    }
    servers.start_one(server);
    load.wait_for(500);
    let outcome = load.finish();
    assert_eq!((outcome.refused.len(), outcome.unanswered), (0, 0), "every request was answered");
    distributed.wait_for_rows(outcome.answered.len() as u64);
}

#[test]
fn ten_seconds_without_rabbitmq_under_load_lose_nothing() {
    outage_of("rabbitmq");
}

#[test]
fn ten_seconds_without_postgres_under_load_lose_nothing() {
    outage_of("postgres");
}

#[test]
fn ten_seconds_without_redis_under_load_lose_nothing() {
    outage_of("redis");
}

/// Half of the requests are cut off in their middle, half while a name server keeps their answer back.
#[test]
fn clients_that_hang_up_harm_nothing() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let settings = [
        ("DNS__SERVERS", silent.local_addr().unwrap().to_string()),
        ("LOOKUP__FAST_DEADLINE", "200ms".to_owned()),
    ];
    let document =
        r#"{"providers":[{"id":1,"name":"Leaf"}],"green_domains":[{"url":"leaf.com","hosted_by_id":1}]}"#;
    let mut embedded = Embedded::of_catalog(document, &settings);
    for n in 0..200 {
        let mut client = TcpStream::connect(embedded.address()).unwrap();
        let end = if n % 2 == 0 { "" } else { "\r\n\r\n" };
        write!(client, "GET /greencheck/hasty{n}.com HTTP/1.1\r\nHost: localhost{end}").unwrap();
    }
    let (status, explained, _) = embedded.get("/greencheck/leaf.com");
    assert_eq!((status, explained[0].as_str()), (200, "x-greencheck-match: snapshot"));
    wait("no look-up to be left over", || embedded.metric("greencheck_lookups_in_flight") == Some(0));
    embedded.stop();
}

/// 5,000 names that nobody has seen, asked from 100 sides, on a name server that never answers.
#[test]
fn a_silent_name_server_leaves_cached_names_alone() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let cached: Vec<String> =
        (0..200).map(|n| format!(r#"{{"url":"cached{n}.com","hosted_by_id":1}}"#)).collect();
    let document =
        format!(r#"{{"providers":[{{"id":1,"name":"Leaf"}}],"green_domains":[{}]}}"#, cached.join(","));
    let settings = [
        ("DNS__SERVERS", silent.local_addr().unwrap().to_string()),
        ("LOOKUP__FAST_DEADLINE", "100ms".to_owned()),
        ("LOOKUP__MAX_IN_FLIGHT", "500".to_owned()),
    ];
    let mut embedded = Embedded::of_catalog(&document, &settings);
    std::thread::scope(|scope| {
        let embedded = &embedded;
        let strangers: Vec<_> = (0..100)
            .map(|side| {
                scope.spawn(move || {
                    (0..50)
                        .map(|n| embedded.get(&format!("/greencheck/stranger{side}x{n}.com")))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        for n in 0..200 {
            let (status, explained, body) = embedded.get(&format!("/greencheck/cached{n}.com"));
            assert_eq!((status, explained[0].as_str()), (200, "x-greencheck-match: snapshot"), "{body}");
        }
        for (status, explained, body) in strangers.into_iter().flat_map(|side| side.join().unwrap()) {
            assert_eq!(status, 200, "{body}");
            let reason = explained[1].trim_start_matches("x-greencheck-reason: ");
            assert!(["deadline", "overload"].contains(&reason), "{reason}");
        }
    });
    embedded.stop();
    assert_eq!(embedded.rows(), 5_200);
}
