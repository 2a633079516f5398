//! What callers with keys ask is counted once, whatever is killed.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::process::{greencheck, operate, wait};
use crate::stand::{Distributed, Embedded, Form};

/// A key of ada's.
fn key(settings: &[(String, String)]) -> String {
    operate(&["user", "create", "ada"], "", settings);
    operate(&["key", "create", "ada"], "", settings).trim().to_owned()
}

/// Sends a GET with a key; the body, if a whole answer came.
fn get(address: SocketAddr, path: &str, key: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    let head =
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Api-Key: {key}\r\n\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    (length == Some(body.len())).then(|| body.to_owned())
}

#[test]
fn an_operator_and_the_holder_see_what_was_asked() {
    let embedded = Embedded::start();
    let key = key(&embedded.settings);
    let paths = [
        "/greencheck/www.example.com",
        "/greencheck/www.example.org",
        "/v2/greencheckmulti/[%22a.com%22,%22b.com%22,%22c.com%22]",
        "/data/directory/",
    ];
    for path in paths {
        get(embedded.address(), path, &key).expect("an answer");
    }
    let shown = || operate(&["key", "usage", "1", "--days", "2"], "", &embedded.settings);
    // Twice, should the day have ended meanwhile.
    let total = || {
        let text = shown();
        let line = text.lines().find(|line| line.starts_with("total")).expect("a total").to_owned();
        line.split_whitespace().skip(1).take(2).map(str::to_owned).collect::<Vec<_>>()
    };
    wait("the usage", || total() == ["4", "5"]);
    let text = shown();
    let routes: Vec<_> = text.lines().skip(1).filter_map(|line| line.split_whitespace().nth(3)).collect();
    assert_eq!(
        routes[..3],
        ["/data/directory/", "/greencheck/{name}", "/v2/greencheckmulti/{names}"],
        "{text}"
    );
    let usage = get(embedded.address(), "/api/v4/usage?days=2", &key).expect("an answer");
    assert!(usage.contains(r#""total":{"requests":4,"names":5}"#), "{usage}");
}

/// Asks from four sides until it is told to stop.
struct Load {
    stop: AtomicBool,
    answered: AtomicU64,
    unanswered: AtomicU64,
}

impl Load {
    fn ask(&self, address: SocketAddr, key: &str) {
        while !self.stop.load(Ordering::SeqCst) {
            let answered = get(address, "/greencheck/www.example.com", key).is_some();
            let counter = if answered { &self.answered } else { &self.unanswered };
            counter.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn wait_for(&self, more: u64) {
        let until = self.answered.load(Ordering::SeqCst) + more;
        wait("answers", || self.answered.load(Ordering::SeqCst) >= until);
    }
}

#[test]
fn usage_is_exact_after_kills_of_the_gateway_and_of_the_log_writer() {
    let mut distributed = Distributed::start();
    let key = key(&distributed.settings);
    let address = distributed.address();
    let counters = || (AtomicU64::new(0), AtomicU64::new(0));
    let (answered, unanswered) = counters();
    let load = Load { stop: AtomicBool::new(false), answered, unanswered };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| load.ask(address, &key));
        }
        for round in 0..8 {
            load.wait_for(100);
            if round % 2 == 0 {
                distributed.restart_gateway();
            } else {
                distributed.restart_log_writer();
            }
        }
        load.wait_for(100);
        load.stop.store(true, Ordering::SeqCst);
    });
    let (answered, unanswered) = (load.answered.into_inner(), load.unanswered.into_inner());
    let counted = || {
        let sums = distributed
            .database
            .sql("select coalesce(sum(requests), 0), coalesce(sum(names), 0) from key_usage");
        let (requests, names) = sums.split_once('|').expect("two sums");
        assert_eq!(requests, names, "each asked about one name");
        requests.parse::<u64>().expect("a number")
    };
    wait("the usage", || counted() >= answered);
    // What was on its way when the last process was killed is there by now: the checks came with it.
    wait("the checks", || {
        distributed
            .database
            .sql("select count(*) from checks")
            .parse()
            .is_ok_and(|rows: u64| rows >= answered)
    });
    let counted = counted();
    assert!(
        (answered..=answered + unanswered).contains(&counted),
        "{counted} counted, {answered} answered, {unanswered} cut off"
    );
    // And the tools say the same.
    greencheck(&["key", "usage", "1"], &distributed.settings);
}
