use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, ServiceConfig, get, head, post};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use prometheus::{Registry, TextEncoder};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::config::HumanDuration;
use crate::{AtHand, HttpConfig, HttpMetrics, Plain, Reply, RequestId, Shortcut, Writer, serve_public};

/// More of [`LARGE`] than the buffers between client and server hold.
const COUNT: usize = 400;
/// What `/large` is answered.
static LARGE: [u8; 50_000] = [b'x'; 50_000];

/// Has the answers to `/known`, the id that its caller gave, and to `/large` at hand.
#[derive(Clone)]
struct Known;

impl Shortcut for Known {
    fn answer(&self, request: &Plain<'_>, reply: Writer<'_>) -> Option<AtHand> {
        assert_ne!(request.path(), "/bug");
        let id = RequestId::current().map_or("none".to_owned(), |id| id.to_string());
        let reply = reply.begin(StatusCode::IM_A_TEAPOT);
        let given = match request.path() {
            "/known" => reply.finish(id.into_bytes()),
            "/large" => reply.finish(&LARGE[..]),
            _ => return None,
        };
        Some(AtHand { given, route: "/{name}" })
    }
}

async fn routed(request: HttpRequest, body: Bytes) -> HttpResponse {
    HttpResponse::Ok().body([b"routed ", request.path().as_bytes(), b" ", &body[..]].concat())
}

async fn pieces() -> HttpResponse {
    let pieces = ["one ", "two"].map(|piece| Ok::<_, actix_web::Error>(Bytes::from_static(piece.as_bytes())));
    HttpResponse::Ok().streaming(stream::iter(pieces))
}

fn routes(app: &mut ServiceConfig) {
    app.route("/pieces", get().to(pieces))
        .route("/{name}", post().to(routed))
        .route("/{name}", get().to(routed))
        .route("/{name}", head().to(routed));
}

struct Server {
    address: SocketAddr,
    registry: Registry,
    stop: CancellationToken,
    thread: Option<std::thread::JoinHandle<anyhow::Result<()>>>,
}

impl Server {
    fn start(config: HttpConfig) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, registry, stop) =
            (listener.local_addr().unwrap(), Registry::new(), CancellationToken::new());
        let config = HttpConfig { workers: 1, ..config };
        let metrics = HttpMetrics::register(&registry).unwrap();
        let serving = serve_public(listener, &config, metrics, (Known, routes), stop.clone()).unwrap();
        let thread = Some(std::thread::spawn(|| actix_web::rt::System::new().block_on(serving)));
        Self { address, registry, stop, thread }
    }

    async fn connect(&self) -> Client {
        Client { stream: TcpStream::connect(self.address).await.unwrap(), received: Vec::new() }
    }

    fn stop(mut self) {
        self.stop.cancel();
        self.thread.take().unwrap().join().unwrap().unwrap();
    }
}

struct Client {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Client {
    async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// Status and body of the next answer, whose length is said.
    async fn reply(&mut self) -> (u16, String) {
        self.reply_with(true).await
    }

    async fn reply_with(&mut self, body: bool) -> (u16, String) {
        loop {
            let mut room = [httparse::EMPTY_HEADER; 32];
            let mut response = httparse::Response::new(&mut room);
            if let httparse::Status::Complete(head) = response.parse(&self.received).unwrap() {
                let length = response.headers.iter().find(|header| header.name == "content-length");
                let length =
                    length.filter(|_| body).map_or("0", |length| std::str::from_utf8(length.value).unwrap());
                let length: usize = length.parse().unwrap();
                let status = response.code.unwrap();
                if self.received.len() >= head + length {
                    let body = self.received.drain(..head + length).skip(head).collect();
                    return (status, String::from_utf8(body).unwrap());
                }
            }
            let read = self.stream.read_buf(&mut self.received).await.unwrap();
            assert!(read > 0, "the server has ended the connection");
        }
    }

    async fn ask(&mut self, path: &str) -> (u16, String) {
        self.send(&get_of(path)).await;
        self.reply().await
    }

    /// All that comes until the server ends the connection.
    async fn rest(mut self) -> String {
        self.stream.read_to_end(&mut self.received).await.unwrap();
        String::from_utf8(self.received).unwrap()
    }
}

fn get_of(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")
}

fn known() -> (u16, String) {
    (418, "none".to_owned())
}

fn by_route(path: &str) -> (u16, String) {
    (200, format!("routed {path} "))
}

#[tokio::test]
async fn a_connection_has_answers_of_both_kinds_in_order() {
    let server = Server::start(HttpConfig::default());
    let mut client = server.connect().await;
    for _ in 0..3 {
        assert_eq!(client.ask("/known").await, known());
        assert_eq!(client.ask("/other").await, by_route("/other"));
        assert_eq!(client.ask("/bug").await, by_route("/bug"), "the routes answer for a panic");
    }
    let all = ["/known", "/other", "/known", "/a", "/b", "/known", "/known"];
    client.send(&all.map(get_of).concat()).await;
    for path in all {
        assert_eq!(client.reply().await, if path == "/known" { known() } else { by_route(path) });
    }
    client.send("HEAD /known HTTP/1.1\r\nHost: x\r\n\r\n").await;
    client.send("POST /known HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi").await;
    client.send(&get_of("/known")).await;
    assert_eq!(client.reply_with(false).await, (200, String::new()));
    assert_eq!(client.reply().await, (200, "routed /known hi".to_owned()));
    assert_eq!(client.reply().await, by_route("/known"), "behind a body the routes have the connection");
    server.stop();
}

#[tokio::test]
async fn an_id_is_taken_over_or_made_and_answers_are_counted() {
    let server = Server::start(HttpConfig::default());
    let mut client = server.connect().await;
    client.send("GET /known HTTP/1.1\r\nHost: x\r\nX-Request-Id: mine\r\n\r\n").await;
    assert_eq!(client.reply().await, (418, "mine".to_owned()));
    client.ask("/known").await;
    client.ask("/other").await;
    let text = TextEncoder::new().encode_to_string(&server.registry.gather()).unwrap();
    for line in [
        r#"http_requests_total{method="GET",route="/{name}",status="418"} 2"#,
        r#"http_requests_total{method="GET",route="/{name}",status="200"} 1"#,
        "http_connections 1",
    ] {
        assert!(text.lines().any(|has| has == line), "{line}: {text}");
    }
    server.stop();
}

#[tokio::test]
async fn a_head_may_come_in_parts() {
    let server = Server::start(HttpConfig::default());
    let mut client = server.connect().await;
    client.stream.set_nodelay(true).unwrap();
    for path in ["/known", "/other", "/known"] {
        for byte in get_of(path).as_bytes() {
            client.stream.write_all(&[*byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
        assert_eq!(client.reply().await.0, if path == "/known" { 418 } else { 200 });
    }
    server.stop();
}

#[tokio::test]
async fn an_answer_without_a_length_leaves_the_connection_open() {
    let server = Server::start(HttpConfig::default());
    let mut client = server.connect().await;
    client.send(&["/pieces", "/known"].map(get_of).concat()).await;
    client.send("GET /other HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    let text = client.rest().await;
    let (chunked, rest) = text.split_once("0\r\n\r\n").unwrap();
    assert!(
        chunked.contains("transfer-encoding: chunked") && chunked.contains("one ") && chunked.contains("two")
    );
    let (first, second) = rest.split_once("none").unwrap();
    assert!(first.starts_with("HTTP/1.1 418 ") && second.ends_with("routed /other "), "{rest}");
    server.stop();
}

#[tokio::test]
async fn a_client_that_reads_late_gets_everything() {
    let server = Server::start(HttpConfig::default());
    let client = server.connect().await;
    let (mut reading, mut writing) = client.stream.into_split();
    let asking = async move {
        let some = ["/large", "/large", "/other"].map(get_of).concat();
        for _ in 0..COUNT {
            writing.write_all(some.as_bytes()).await.unwrap();
        }
        writing.shutdown().await.unwrap();
    };
    let all = async move {
        let mut text = String::new();
        reading.read_to_string(&mut text).await.unwrap();
        text
    };
    // All is asked before anything is read.
    asking.await;
    let text = all.await;
    assert_eq!(text.matches('x').count() / LARGE.len(), COUNT * 2);
    assert_eq!(text.matches("HTTP/1.1 418 ").count(), COUNT * 2);
    assert_eq!(text.matches("routed /other ").count(), COUNT);
    assert!(text.ends_with("routed /other "));
    server.stop();
}

#[tokio::test]
async fn a_client_that_sends_nothing_more_still_gets_its_answer() {
    let server = Server::start(HttpConfig::default());
    for path in ["/known", "/other", "/pieces"] {
        let mut client = server.connect().await;
        client.send(&get_of(path)).await;
        client.stream.shutdown().await.unwrap();
        let text = client.rest().await;
        assert!(["none", "routed /other ", "0\r\n\r\n"].iter().any(|end| text.ends_with(end)), "{text}");
    }
    server.stop();
}

#[tokio::test]
async fn whoever_is_not_done_in_time_is_told_and_whoever_is_silent_is_let_go() {
    let millis = |millis| HumanDuration::from(Duration::from_millis(millis));
    let timeouts =
        HttpConfig { client_request_timeout: millis(100), keep_alive: millis(300), ..HttpConfig::default() };
    let server = Server::start(timeouts);
    let silent = server.connect().await;
    assert!(silent.rest().await.starts_with("HTTP/1.1 408 "));
    let mut slow = server.connect().await;
    assert_eq!(slow.ask("/known").await, known());
    slow.send("GET /known HTTP/1.1\r\nHo").await;
    assert!(slow.rest().await.starts_with("HTTP/1.1 408 "));
    for path in ["/known", "/other"] {
        let mut idle = server.connect().await;
        idle.ask(path).await;
        assert_eq!(idle.rest().await, "");
    }
    server.stop();
}

#[tokio::test]
async fn idle_connections_end_with_the_process() {
    let server = Server::start(HttpConfig::default());
    let (mut fast, mut slow, silent) =
        (server.connect().await, server.connect().await, server.connect().await);
    assert_eq!(fast.ask("/known").await, known());
    assert_eq!(slow.ask("/other").await, by_route("/other"));
    server.stop();
    for client in [fast, slow, silent] {
        assert_eq!(client.rest().await, "");
    }
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let server = Server::start(HttpConfig::default());
    let mut long = server.connect().await;
    assert_eq!(long.ask("/known").await, known());
    long.send(&format!("GET /known HTTP/1.1\r\nHost: x\r\nA: {}\r\n\r\n", "a".repeat(40_000))).await;
    assert_eq!(long.reply().await, by_route("/known"));
    for noise in ["\u{16}\u{3}\u{1}\r\n\r\n", "GET /known HTTP/1.1\r\nHost : x\r\n\r\n"] {
        let mut client = server.connect().await;
        client.send(noise).await;
        assert!(client.rest().await.starts_with("HTTP/1.1 400 "), "{noise:?}");
    }
    server.stop();
}
