//! `/readyz` names what does not work, and a server that goes away takes no process out of service.

use std::net::SocketAddr;

use crate::process::{Running, ask, free_port, readiness, setting, wait};
use crate::servers::PrivateServers;
use crate::stand::{Distributed, Embedded, Form};

/// HTTP status, the status of the process, and that of one component.
fn state(admin: SocketAddr, component: &str) -> (u16, String, String) {
    let (code, report) = readiness(admin).expect("an answer");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("none").to_owned();
    (code, text(&report["status"]), text(&report["components"][component]["status"]))
}

fn becomes(admin: SocketAddr, component: &str, expected: (u16, &str, &str)) {
    let expected = (expected.0, expected.1.to_owned(), expected.2.to_owned());
    wait(&format!("{component} to be {expected:?}"), || state(admin, component) == expected);
}

const READY: (u16, &str, &str) = (200, "ready", "ready");
const DEGRADED: (u16, &str, &str) = (200, "degraded", "degraded");

#[test]
fn a_server_that_goes_away_degrades_and_does_not_stop_the_services() {
    let servers = PrivateServers::start();
    let distributed = Distributed::on_servers(|variable| servers.url(variable));
    let [gateway, lookup, log_writer] = distributed.admins();
    // There is no badge-renderer in this test.
    becomes(gateway, "badges", DEGRADED);
    for component in ["broker", "cache", "lookup", "spool"] {
        becomes(gateway, component, (200, "degraded", "ready"));
    }
    for (admin, component) in [
        (lookup, "broker"),
        (lookup, "store"),
        (lookup, "catalog"),
        (log_writer, "broker"),
        (log_writer, "store"),
    ] {
        becomes(admin, component, READY);
    }
    let affected: [(&str, &[(SocketAddr, &str)]); 3] = [
        ("rabbitmq", &[(gateway, "broker"), (lookup, "broker"), (log_writer, "broker")]),
        ("postgres", &[(lookup, "store"), (log_writer, "store")]),
        ("redis", &[(gateway, "cache")]),
    ];
    for (server, components) in affected {
        servers.stop_one(server);
        for (admin, component) in components {
            becomes(*admin, component, DEGRADED);
        }
        let answer = ask(distributed.address(), "/greencheck/www.example.com").expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "without {server}: {answer}");
        servers.start_one(server);
        for (admin, component) in components {
            let others = if *admin == gateway { "degraded" } else { "ready" };
            becomes(*admin, component, (200, others, "ready"));
        }
    }
}

#[test]
fn a_log_writer_is_not_ready_before_it_has_seen_the_broker() {
    let distributed = Distributed::start();
    let admin = free_port();
    let nobody = setting("QUEUE__URL", format!("amqp://guest:guest@{}/%2f", free_port()));
    let settings = [distributed.settings.clone(), vec![nobody]].concat();
    let mut running = Running::begin("log-writer", &settings, admin);
    wait("the admin port", || readiness(admin).is_some());
    becomes(admin, "store", (503, "starting", "ready"));
    assert_eq!(state(admin, "broker"), (503, "starting".to_owned(), "starting".to_owned()));
    let (_, report) = readiness(admin).expect("an answer");
    assert_eq!(report["components"]["broker"]["reason"], "not connected; connecting again until it works");
    running.terminate();
}

#[test]
fn one_process_names_its_components_too() {
    let embedded = Embedded::start();
    for component in ["broker", "catalog", "spool", "store"] {
        becomes(embedded.admin(), component, READY);
    }
}
