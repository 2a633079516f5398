//! Requests that mean to be read in two ways, or to leave their place, over raw connections to the real server.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::stand::{Embedded, Form};

const GET: &str = "GET /greencheck/www.example.com HTTP/1.1\r\nHost: h\r\n";
const POST: &str = "POST /api/v4/check HTTP/1.1\r\nHost: h\r\n";

/// The statuses of all answers on one connection, and everything that was sent. The last request hangs up.
fn answers(address: SocketAddr, request: &str) -> (Vec<u16>, String) {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("no zero");
    stream.write_all(request.as_bytes()).expect("the server reads");
    // Where nobody hangs up before, this does.
    let _ = stream.write_all(format!("{GET}Connection: close\r\n\r\n").as_bytes());
    let mut text = Vec::new();
    // A reset is an end, too.
    let _ = stream.read_to_end(&mut text);
    let text = String::from_utf8_lossy(&text).into_owned();
    // An answer begins right behind the body of the last one.
    let status = |answer: &str| answer.get(..3)?.parse().ok();
    (text.split("HTTP/1.1 ").skip(1).filter_map(status).collect(), text)
}

#[test]
fn a_request_that_can_be_read_in_two_ways_is_refused_and_nothing_behind_it_is_read() {
    let mut embedded = Embedded::start();
    let smuggled = format!("{GET}\r\n");
    for (head, body) in [
        (format!("{POST}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n"), "0\r\n\r\n"),
        (format!("{GET}Content-Length: 0\r\nContent-Length: 44\r\n"), ""),
        (format!("{GET}Content-Length: 0, 44\r\n"), ""),
        (format!("{GET}Content-Length: +5\r\n"), "hello"),
        (format!("{POST}Transfer-Encoding : chunked\r\n"), "0\r\n\r\n"),
        (format!("{POST}Transfer-Encoding: xchunked\r\n"), "0\r\n\r\n"),
        (format!("{POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"), "0\r\n\r\n"),
        (format!("{POST}Transfer-Encoding: chunked\r\n"), "ffffffffffffffffff\r\n"),
        (format!("{POST}Transfer-Encoding: chunked\r\n"), "-1\r\n"),
        (format!("{GET}X-A: b\r\n c\r\n"), ""),
        (format!("{GET}X-A: b\0c\r\n"), ""),
        (format!("{GET}X-A: b\rX-Request-Id: evil\r\n"), ""),
    ] {
        let (statuses, text) = answers(embedded.address(), &format!("{head}\r\n{body}{smuggled}"));
        assert_eq!(statuses, [400], "{head:?} {text}");
    }
    embedded.stop();
}

#[test]
fn nothing_of_a_request_becomes_a_header_of_its_answer() {
    let mut embedded = Embedded::start();
    for line in [
        "GET /greencheck/www.example.com%0d%0aX-Evil:%201 HTTP/1.1",
        "GET /greencheck/www.example.com?callback=a%0d%0aX-Evil:1 HTTP/1.1",
        "GET /greencheckimage/www.example.com%0d%0aX-Evil:%201 HTTP/1.1",
        "GET /directory/%0d%0aX-Evil:1 HTTP/1.1",
    ] {
        let (statuses, text) = answers(embedded.address(), &format!("{line}\r\nHost: h\r\n\r\n"));
        assert_eq!(statuses.len(), 2, "{line} {text}");
        assert!(statuses[0] < 500 && !text.to_lowercase().contains("\r\nx-evil"), "{line} {text}");
    }
    let (_, text) = answers(embedded.address(), &format!("{GET}X-Request-Id: <b>\r\n\r\n"));
    assert!(text.contains("\r\nx-request-id: ") && !text.contains("<b>"), "{text}");
    embedded.stop();
}

#[test]
fn no_path_leaves_its_place() {
    let mut embedded = Embedded::start();
    for path in [
        "/snapshots/../../etc/passwd",
        "/snapshots/..%2f..%2fetc%2fpasswd",
        "/snapshots/%2e%2e/%2e%2e/etc/passwd",
        "/snapshots/a%00.db",
        "/snapshots//etc/passwd",
        "http://127.0.0.1/internal/v1/check",
        "/internal/v1/check",
        "/metrics",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: h\r\n\r\n");
        let (statuses, text) = answers(embedded.address(), &request);
        assert_eq!(statuses, [404, 200], "{path} {text}");
    }
    embedded.stop();
}
