//! Both forms of the product, as real processes: one, and three over PostgreSQL, RabbitMQ and Redis. They answer alike, and
//! no stop or fault loses or doubles a check.

#[path = "forms/stand.rs"]
mod stand;

use stand::{Distributed, Embedded, Form, PrivateServers};

/// Every way to be green, grey, unknown and invalid.
const PATHS: [&str; 14] = [
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

#[test]
fn killing_the_log_writer_loses_and_doubles_nothing() {
    let mut distributed = Distributed::start();
    let mut answered = 0;
    for _ in 0..5 {
        answered += distributed.load(300);
        distributed.restart_log_writer();
    }
    distributed.wait_for_rows(answered);
}

#[test]
fn killing_the_gateway_loses_no_answered_check() {
    let mut distributed = Distributed::start();
    let mut answered = 0;
    for _ in 0..5 {
        answered += distributed.load(200);
        distributed.restart_gateway();
    }
    distributed.wait_for_rows(answered);
}

#[test]
fn answers_go_on_and_nothing_is_lost_while_servers_are_away() {
    let servers = PrivateServers::start();
    let distributed = Distributed::on(|variable| servers.url(variable));
    let mut answered = distributed.load(100);
    for server in ["redis", "rabbitmq", "postgres"] {
        servers.stop_one(server);
        answered += distributed.load(200);
        servers.start_one(server);
        answered += distributed.load(100);
    }
    assert_eq!(answered, 1_000, "every request was answered");
    distributed.wait_for_rows(answered);
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
