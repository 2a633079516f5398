//! Both forms of the product, as real processes: one, and three over PostgreSQL, RabbitMQ and Redis. They answer alike, and
//! no stop or fault loses or doubles a check.

mod bytes;
mod directory;
mod encrypted;
mod faults;
mod hostile;
mod load;
mod newer_tables;
mod openapi;
mod partners;
mod process;
mod readiness;
mod replicas;
mod servers;
mod stand;
mod usage;

use std::io::{Read, Write};
use std::net::TcpStream;

use stand::{Distributed, Embedded, Form};

/// Every way to be green, grey, unknown and invalid.
const PATHS: [&str; 17] = [
    "/greencheck/www.example.com",
    "/api/v3/greencheck/WWW.example.com.:443",
    "/greencheck/copycat.example.net",
    "/greencheck/blog.example.net",
    "/greencheck/nowhere.com",
    "/greencheck/localhost",
    "/greencheck/%FF.com",
    "/greencheck/www.example.com?nocache=true",
    "/greencheck/www.example.com?format=xml",
    "/greencheck/a/b",
    "/greencheck/192.0.2.10",
    "/greencheck/[2001:db8::1]",
    "/greencheck/m%C3%BCnchen.de",
    "/greencheck/www.example.com",
    "/admin/green-urls",
    "/green-urls",
    "/snapshots/green_urls_2026-11-20.db",
];

#[test]
fn both_forms_answer_alike_byte_for_byte() {
    let (embedded, distributed) = (Embedded::start(), Distributed::start());
    for path in PATHS {
        let (one, three) = (embedded.get(path), distributed.get(path));
        assert_eq!(one, three, "{path}");
    }
}

#[test]
fn both_forms_tell_each_step_of_a_check_before_its_result() {
    let (embedded, distributed) = (Embedded::start(), Distributed::start());
    let told = |form: &dyn Form| {
        let mut stream = TcpStream::connect(form.address()).expect("a connection");
        let head = "GET /check/events?url=www.example.com&again=true HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(head.as_bytes()).expect("the request is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        // Between events stand the marks of chunks.
        let events: Vec<_> =
            answer.split("event: ").skip(1).filter_map(|event| event.split("\n\n").next()).collect();
        assert!(events.last().is_some_and(|end| end.starts_with("result\n")), "{events:?}");
        let steps: Vec<_> =
            events.into_iter().filter(|event| event.starts_with("step\n")).map(str::to_owned).collect();
        assert!(steps[0].contains("\"Linked domain\""), "{steps:?}");
        assert!(steps.iter().any(|step| step.contains(r#""outcome":"match""#)), "{steps:?}");
        steps
    };
    let mut both = [told(&embedded), told(&distributed)];
    // Those that do not wait for each other end as they like.
    for steps in &mut both {
        steps.sort();
    }
    assert_eq!(both[0], both[1]);
}

/// What a process may do at once, and how much of it is in use.
const LIMITS: [(&str, &str); 7] = [
    ("http_connections_max", "http_connections"),
    ("http_workers", "http_requests_in_flight"),
    ("greencheck_lookups_in_flight_max", "greencheck_lookups_in_flight"),
    ("greencheck_lookups_waiting_max", "greencheck_lookups_waiting"),
    ("greencheck_dns_queries_in_flight_max", "greencheck_dns_queries_waiting"),
    ("greencheck_store_connections_max", "greencheck_store_connections_in_use"),
    ("greencheck_log_batches_held_max", "greencheck_log_batches_held"),
];

#[test]
fn every_limit_is_shown_beside_what_is_used_of_it() {
    let embedded = Embedded::start();
    embedded.get("/greencheck/www.example.com");
    for (limit, used) in LIMITS {
        let limit_value = embedded.metric(limit).unwrap_or_else(|| panic!("no {limit}"));
        let used_value = embedded.metric(used).unwrap_or_else(|| panic!("no {used}"));
        assert!(limit_value > 0 && used_value <= limit_value, "{used} {used_value} of {limit} {limit_value}");
    }
}

#[test]
fn sigterm_under_load_loses_no_check_in_one_process() {
    let mut embedded = Embedded::start();
    let answered = embedded.load_until_stopped();
    assert!(answered > 0);
    assert_eq!(embedded.rows(), answered);
}

#[test]
fn sigterm_under_load_loses_no_check_in_three_processes() {
    let mut distributed = Distributed::start();
    let answered = distributed.load_until_stopped();
    assert!(answered > 0);
    distributed.wait_for_rows(answered);
}
