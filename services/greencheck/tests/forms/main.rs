//! Both forms of the product, as real processes: one, and three over PostgreSQL, RabbitMQ and Redis. They answer alike, and
//! no stop or fault loses or doubles a check.

mod bytes;
mod directory;
mod faults;
mod hostile;
mod load;
mod openapi;
mod partners;
mod process;
mod readiness;
mod replicas;
mod servers;
mod stand;
mod usage;

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
