//! Requests of any bytes at any pace are answered, and never by a fault of ours.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::stand::{Embedded, Form};

const LEAF: &str = r#"{"providers":[{"id":1,"name":"Leaf"}]}"#;

/// All that comes back until the connection ends. A server that hangs up amid our bytes has said what it has to say.
fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    // Nothing takes that long; a test that waits for ever tells nothing.
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a limit");
    let sent = stream.write_all(bytes).and_then(|()| stream.shutdown(Shutdown::Write));
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    assert!(read.is_ok() || sent.is_err() || !answer.is_empty() || is_reset(&read), "{read:?}");
    String::from_utf8_lossy(&answer).into_owned()
}

fn is_reset(read: &std::io::Result<usize>) -> bool {
    read.as_ref().is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset)
}

/// The status codes of all answers on a connection.
fn statuses(answer: &str) -> Vec<u16> {
    let heads = answer.split("HTTP/1.1 ").skip(1);
    heads.filter_map(|head| head.get(..3)?.parse().ok()).collect()
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..60),
        vec(prop_oneof![Just(b'%'), Just(b'/'), Just(b'['), Just(b'"'), Just(b'.'), 0x20_u8..0x7f], 0..80),
        "[a-z0-9%/?&=.\\[\\]\",:;@+~-]{0,80}".prop_map(String::into_bytes),
        "\\PC{0,20}".prop_map(String::into_bytes),
    ]
}

fn target() -> impl Strategy<Value = Vec<u8>> {
    let starts = [
        "/greencheck/",
        "/api/v3/greencheck/",
        "/api/v3/greencheck/?urls=",
        "/v2/greencheckmulti/",
        "/api/v3/batch/greencheck",
        "/api/v3/greencheckimage/",
        "/greencheckimage/",
        "/api/v4/badge/",
        "/api/v4/check/",
        "/api/v4/check",
        "/api/v4/providers",
        "/api/v4/providers/",
        "/api/v4/usage?days=",
        "/api/v3/ip-to-co2intensity/",
        "/api/v3/ip-ranges/",
        "/api/v3/asns/",
        "/api/v3/carbontxt_shared_secret",
        "/data/directory/?callback=",
        "/data/hostingprovider/",
        "/directory/?services=",
        "/api-docs/",
        "/api-token-auth/",
        "/internal/api/introspect_key",
        "/admin/green-urls",
        "/snapshots/",
        "/badge?domain=",
        "/",
        "",
    ];
    (prop::sample::select(starts.to_vec()), bytes())
        .prop_map(|(start, rest)| [start.as_bytes(), &rest].concat())
}

fn header() -> impl Strategy<Value = Vec<u8>> {
    let names = [
        "Accept",
        "Authorization",
        "Content-Type",
        "If-None-Match",
        "Origin",
        "X-Api-Key",
        "X-Forwarded-For",
        "X-Request-Id",
        "Transfer-Encoding",
        "Content-Length",
        "Expect",
        "Range",
        "Cookie",
    ];
    let values = prop_oneof![
        bytes(),
        prop::sample::select(vec![
            "application/json",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "chunked",
            "100-continue",
            "application/x-www-form-urlencoded",
            "Basic YTpi",
            "Basic %",
            "Token x",
            "Bearer a_b.c",
            "\"x\", *",
        ])
        .prop_map(|value| value.as_bytes().to_vec()),
    ];
    (prop::sample::select(names.to_vec()), values)
        .prop_map(|(name, value)| [name.as_bytes(), b": ", &value, b"\r\n"].concat())
}

/// Most are what HTTP allows, so that they get past the parser.
fn request() -> impl Strategy<Value = Vec<u8>> {
    let methods = ["GET", "POST", "HEAD", "OPTIONS", "DELETE", "PUT", "PATCH", "G\u{e4}T"];
    let sound =
        (prop::sample::select(methods.to_vec()), target(), vec(header(), 0..4), vec(any::<u8>(), 0..200));
    let sound = sound.prop_map(|(method, target, headers, body)| {
        let mut text = [method.as_bytes(), b" ", &target, b" HTTP/1.1\r\nHost: localhost\r\n"].concat();
        text.extend(headers.concat());
        text.extend(format!("Content-Length: {}\r\n\r\n", body.len()).bytes());
        text.extend(body);
        text
    });
    prop_oneof![9 => sound, 1 => vec(any::<u8>(), 0..300)]
}

#[test]
fn no_bytes_bring_the_server_down_or_are_its_fault() {
    let embedded = Embedded::start();
    let address = embedded.address();
    let mut runner = TestRunner::new(Config { cases: 1_500, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&request(), |request| {
        for status in statuses(&exchange(address, &request)) {
            prop_assert!(status < 500 || status == 503, "{status}: {}", String::from_utf8_lossy(&request));
        }
        Ok(())
    });
    assert!(outcome.is_ok(), "{outcome:?}");
    assert_eq!(embedded.get("/greencheck/www.example.com").0, 200);
}

#[test]
fn a_name_in_bytes_that_no_path_may_have_is_refused_and_an_encoded_one_is_answered() {
    let embedded = Embedded::start();
    let raw = "GET /greencheck/m\u{fc}nchen.de HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assert_eq!(statuses(&exchange(embedded.address(), raw.as_bytes())), [400]);
    assert_eq!(embedded.get("/greencheck/m%C3%BCnchen.de").0, 200);
}

/// A server that waits for nobody.
fn impatient() -> Embedded {
    let settings = [
        ("HTTP__CLIENT_REQUEST_TIMEOUT", "2s".to_owned()),
        ("HTTP__CLIENT_BODY_TIMEOUT", "300ms".to_owned()),
        ("HTTP__CLIENT_BODY_RATE", "100000".to_owned()),
    ];
    Embedded::of_catalog(LEAF, &settings)
}

/// Sends the beginning of a request and nothing more; all that comes back.
fn begin(address: SocketAddr, start: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a limit");
    stream.write_all(start.as_bytes()).expect("the start is sent");
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    assert!(read.is_ok(), "the server ends the connection: {read:?}");
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn who_does_not_end_a_head_or_a_body_is_told_and_let_go() {
    let embedded = impatient();
    let address = embedded.address();
    let head = begin(address, "GET /greencheck/leaf.com HTTP/1.1\r\nHost: loc");
    assert!(head.is_empty() || statuses(&head) == [408], "{head}");
    let multipart = "--x\r\nContent-Disposition: form-data; name=\"urls\"\r\n\r\nleaf";
    for (path, media, body) in [
        ("/api/v4/check", "text/plain", "leaf.com\n"),
        ("/api/v3/batch/greencheck", "multipart/form-data; boundary=x", multipart),
        ("/api/v3/batch/greencheck", "application/x-www-form-urlencoded", "urls=leaf"),
        ("/api-token-auth/", "application/json", "{\"username\":"),
    ] {
        let start = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media}\r\nContent-Length: 5000\r\n\r\n{body}"
        );
        let answer = begin(address, &start);
        assert_eq!(statuses(&answer), [408], "{path} {media}: {answer}");
        assert!(answer.contains("too slowly"), "{path} {media}: {answer}");
    }
    for path in ["/api/v4/check", "/api-token-auth/"] {
        let answer = begin(
            address,
            &format!(
                "POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nleaf."
            ),
        );
        assert_eq!(statuses(&answer), [408], "{path} in chunks: {answer}");
    }
    assert_eq!(embedded.get("/greencheck/leaf.com").0, 200);
}

/// Nine megabytes, which at the pace asked for may take a minute and a half.
#[test]
fn an_honest_upload_is_taken_whole() {
    let embedded = impatient();
    let mut names = "heading\n".to_owned();
    while names.len() < 9_000_000 {
        names.push_str("www.leaf.example.org,padding,padding,padding,padding,padding,padding,padding\n");
    }
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"urls\"; filename=\"a.csv\"\r\n\r\n{names}\r\n--x--\r\n"
    );
    let mut stream = TcpStream::connect(embedded.address()).expect("a connection");
    let head = format!(
        "POST /api/v3/batch/greencheck HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("the head is sent");
    // Longer than the grace alone, though faster than the pace.
    for part in body.as_bytes().chunks(body.len() / 50) {
        stream.write_all(part).expect("a part is sent");
        std::thread::park_timeout(Duration::from_millis(10));
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert_eq!(statuses(&answer), [200], "{}", &answer[..200]);
}
