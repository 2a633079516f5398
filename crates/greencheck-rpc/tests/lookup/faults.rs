//! Servers that are away, slow or break off, and callers that go away.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use greencheck_core::LookupConfig;
use greencheck_core::ports::{Lookup, Mode};
use greencheck_rpc::{Caller, CallerError, ForwarderConfig, RemoteLookup};
use greencheck_testkit::contract::cache::samples::{grey, host};
use greencheck_testkit::contract::cache::until;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{SECRET, Server, caller, cause, connection, forwarder, soon, verdict};

#[tokio::test]
async fn a_server_that_is_away_is_unavailable() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let lookup = caller(nobody, &[SECRET]);
    for mode in [Mode::Fast, Mode::Full] {
        let cause = cause(soon(lookup.check(&host("www.example.com"), mode)).await);
        assert!(cause.starts_with("the connection failed: "), "{cause}");
        assert!(!cause.contains(SECRET), "{cause}");
    }
}

#[tokio::test]
async fn a_slow_server_is_not_waited_for() {
    let server = Server::start(&[SECRET]);
    let config = LookupConfig { fast_deadline: Duration::from_millis(10), ..LookupConfig::default() };
    let lookup = RemoteLookup::new(connection(server.address, &[SECRET]), &config);
    assert_eq!(
        cause(soon(lookup.check(&host("slow.example.com"), Mode::Fast)).await),
        "no answer within 510ms"
    );
    assert_eq!(server.oracle.calls.load(Ordering::SeqCst), 1, "a question that is late is not asked again");
}

#[tokio::test]
async fn a_caller_that_goes_away_harms_nothing() {
    let server = Server::start(&[SECRET]);
    let lookup = server.caller(&[SECRET]);
    for _ in 0..20 {
        let name = host("late.example.com");
        let mut asked = lookup.check(&name, Mode::Fast);
        std::future::poll_fn(|context| {
            assert!(asked.as_mut().poll(context).is_pending(), "it is under way");
            Poll::Ready(())
        })
        .await;
    }
    until("all look-ups have ended", async || server.oracle.ended.load(Ordering::SeqCst) == 20).await;
    let green = host("green.example.com");
    assert_eq!(soon(lookup.check(&green, Mode::Fast)).await.unwrap(), verdict(&green));
}

#[test]
fn connections_outlive_the_worker_that_asked_first() {
    let main = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (address, seen) = main.block_on(canned(0));
    let lookup = main.block_on(async { caller(address, &[SECRET]) });
    for _ in 0..5 {
        let worker = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let answer = worker.block_on(soon(lookup.check(&host("www.example.com"), Mode::Fast)));
        assert_eq!(answer.unwrap(), grey("www.example.com"));
    }
    let seen = seen.lock().unwrap();
    assert_eq!((seen.connections, seen.requests.len()), (1, 5));
}

#[tokio::test]
async fn a_question_that_changes_nothing_is_asked_again_when_the_connection_breaks() {
    let (address, seen) = canned(1).await;
    let answer = soon(caller(address, &[SECRET]).check(&host("www.example.com"), Mode::Fast)).await;
    assert_eq!(answer.unwrap(), grey("www.example.com"));
    assert_eq!(seen.lock().unwrap().connections, 2);

    let (address, seen) = canned(1).await;
    let cause = cause(soon(caller(address, &[SECRET]).check(&host("www.example.com"), Mode::Full)).await);
    assert!(cause.starts_with("the connection failed: "), "{cause}");
    assert_eq!(seen.lock().unwrap().connections, 1, "a full look-up is asked for once");
}

#[tokio::test]
async fn an_answer_about_another_name_is_none() {
    let (address, _) = canned(0).await;
    let cause = cause(soon(caller(address, &[SECRET]).check(&host("other.example.com"), Mode::Fast)).await);
    assert_eq!(cause, "the answer cannot be read: it is about another name");
}

#[tokio::test]
async fn a_request_says_who_asks_and_for_which_request_and_trace() {
    let (address, seen) = canned(0).await;
    let lookup = connection(address, &[SECRET]).with_request_ids(Arc::new(|| Some("request-7".to_owned())));
    let lookup = lookup.with_trace_parents(Arc::new(|| Some("00-4bf9-00f0-01".to_owned())));
    let lookup = RemoteLookup::new(lookup, &LookupConfig::default());
    soon(lookup.check(&host("www.example.com"), Mode::Fast)).await.unwrap();
    let request = seen.lock().unwrap().requests.join("");
    for line in [
        "POST /internal/v1/check HTTP/1.1",
        "x-greencheck-rpc-version: 1",
        "x-request-id: request-7",
        "traceparent: 00-4bf9-00f0-01",
        &format!("x-greencheck-forwarder: {SECRET}"),
    ] {
        assert!(request.lines().any(|sent| sent == line), "{line} is not in {request}");
    }
    assert!(request.ends_with(r#"{"host":"www.example.com","mode":"fast"}"#), "{request}");
}

#[tokio::test]
async fn a_configuration_that_cannot_work_is_an_error() {
    let new = |url: &str, forwarder: &ForwarderConfig| Caller::new("lookup.url", url, forwarder).unwrap_err();
    for url in ["", "lookup:8081", "ftp://lookup", "http://user:password@lookup"] {
        let error = new(url, &ForwarderConfig::default());
        let message = format!("lookup.url {url:?} is not a URL such as http://lookup-service:8081");
        assert_eq!(error.to_string(), message);
    }
    let error = new("http://lookup:8081", &forwarder(&["short"]));
    assert!(matches!(error, CallerError::WeakSecret(_)), "{error:?}");
    let error = new("http://lookup:8081", &forwarder(&["a secret with a\nnew line"]));
    assert!(matches!(error, CallerError::UnsendableSecret), "{error:?}");
}

#[derive(Default)]
struct Seen {
    connections: usize,
    requests: Vec<String>,
}

/// A server that closes its first `broken` connections after a request came, and then answers everything by a grey
/// verdict on www.example.com.
async fn canned(broken: usize) -> (SocketAddr, Arc<Mutex<Seen>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Arc::new(Mutex::new(Seen::default()));
    let shared = Arc::clone(&seen);
    let body = serde_json::to_string(&grey("www.example.com")).unwrap();
    let reply = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let serve = async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let number = {
                let mut seen = shared.lock().unwrap();
                seen.connections += 1;
                seen.connections
            };
            let mut request = Vec::new();
            while let Ok(1..) = connection.read_buf(&mut request).await {
                // The body of every question is one JSON object.
                if !request.ends_with(b"}") {
                    continue;
                }
                if number <= broken {
                    break;
                }
                let text = String::from_utf8(std::mem::take(&mut request)).unwrap();
                shared.lock().unwrap().requests.push(text);
                connection.write_all(reply.as_bytes()).await.unwrap();
            }
        }
    };
    tokio::runtime::Handle::current().spawn(serve);
    (address, seen)
}
