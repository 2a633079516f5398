//! Who is let in, and what is told to who is not.

use std::sync::atomic::Ordering;

use greencheck_core::ports::{Lookup, LookupError, Mode};
use greencheck_testkit::contract::cache::samples::host;
use rstest::rstest;
use serde_json::Value;

use crate::support::{SECRET, Server, cause, soon};

const OTHER: &str = "another-secret-for-tests";

async fn asked(server: &Server, secrets: &[&str]) -> String {
    cause(soon(server.caller(secrets).check(&host("www.example.com"), Mode::Fast)).await)
}

#[tokio::test]
async fn a_caller_without_an_accepted_secret_is_refused() {
    let server = Server::start(&[SECRET]);
    assert_eq!(
        asked(&server, &[OTHER]).await,
        "refused with status 403: the secret in X-Greencheck-Forwarder is none of forwarder.secrets"
    );
    assert_eq!(
        asked(&server, &[]).await,
        "refused with status 403: the header X-Greencheck-Forwarder is missing: set forwarder.secrets of the caller"
    );
    assert_eq!(server.oracle.calls.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_receiver_without_secrets_refuses_everybody() {
    let server = Server::start(&[]);
    for secrets in [&[][..], &[SECRET]] {
        assert_eq!(
            asked(&server, secrets).await,
            "refused with status 403: this service has no forwarder.secrets and refuses everybody"
        );
    }
}

#[tokio::test]
async fn secrets_are_exchanged_without_a_gap() {
    // Callers and receivers are told of the new secret one after the other; at every step everybody is let in.
    for (receiver, caller) in [
        (&[SECRET][..], &[SECRET][..]),
        (&[SECRET, OTHER], &[SECRET]),
        (&[SECRET, OTHER], &[OTHER, SECRET]),
        (&[OTHER, SECRET], &[SECRET, OTHER]),
        (&[OTHER], &[OTHER, SECRET]),
    ] {
        let server = Server::start(receiver);
        let answer = soon(server.caller(caller).check(&host("www.example.com"), Mode::Fast)).await;
        assert!(answer.is_ok(), "{answer:?}");
    }
}

#[tokio::test]
async fn an_overload_is_told_apart_from_an_outage() {
    let server = Server::start(&[SECRET]);
    let lookup = server.caller(&[SECRET]);
    let busy = soon(lookup.check(&host("busy.example.com"), Mode::Full)).await;
    assert!(matches!(busy, Err(LookupError::Overloaded)), "{busy:?}");
    assert_eq!(
        cause(soon(lookup.check(&host("away.example.com"), Mode::Fast)).await),
        "refused with status 503: the look-up service is not reachable"
    );
}

struct Sent {
    path: &'static str,
    version: &'static str,
    body: String,
}

async fn send(sent: Sent) -> (u16, String, String) {
    let server = Server::start(&[SECRET]);
    // The client of the other half installs the cryptography that the plain one asks for.
    drop(server.caller(&[SECRET]));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(server.url(sent.path)).header("X-Greencheck-Forwarder", SECRET);
    let request =
        request.header("X-Greencheck-Rpc-Version", sent.version).header("Content-Type", "application/json");
    let response = soon(request.body(sent.body).send()).await.unwrap();
    let status = response.status().as_u16();
    assert_eq!(response.headers()["X-Greencheck-Rpc-Version"], "1");
    let body: Value = response.json().await.unwrap();
    (status, body["code"].as_str().unwrap().to_owned(), body["message"].as_str().unwrap().to_owned())
}

#[rstest]
#[case::a_host_that_is_none(r#"{"host":"not a host","mode":"fast"}"#, "not a host")]
#[case::a_host_not_in_its_one_form(r#"{"host":"WWW.example.com","mode":"fast"}"#, "WWW.example.com")]
#[case::an_unknown_mode(r#"{"host":"www.example.com","mode":"quick"}"#, "quick")]
#[case::an_unknown_field(r#"{"host":"www.example.com","mode":"fast","depth":3}"#, "depth")]
#[case::a_missing_field(r#"{"host":"www.example.com"}"#, "mode")]
#[case::no_json("host=www.example.com", "expected value")]
#[tokio::test]
async fn a_question_that_cannot_be_read_is_quoted(#[case] body: &str, #[case] quoted: &str) {
    let (status, code, message) =
        send(Sent { path: "/internal/v1/check", version: "1", body: body.to_owned() }).await;
    assert_eq!((status, code.as_str()), (400, "bad_request"));
    assert!(message.contains(quoted), "{message}");
}

#[rstest]
#[case::a_long_question("/internal/v1/check", format!(r#"{{"host":"{}","mode":"fast"}}"#, "a".repeat(5_000)))]
#[case::too_many_bytes("/internal/v1/stored", format!(r#"{{"hosts":["{}"]}}"#, "a".repeat(3_000_000)))]
#[case::too_many_names("/internal/v1/stored", format!(r#"{{"hosts":[{}"b.example.com"]}}"#, r#""a.example.com","#.repeat(10_000)))]
#[tokio::test]
async fn a_question_that_is_too_large_is_refused(#[case] path: &'static str, #[case] body: String) {
    let (status, code, _) = send(Sent { path, version: "1", body }).await;
    assert_eq!((status, code.as_str()), (413, "too_large"));
}

#[tokio::test]
async fn a_caller_of_another_release_is_told_so() {
    let body = r#"{"host":"www.example.com","mode":"fast"}"#.to_owned();
    let (status, code, message) = send(Sent { path: "/internal/v1/check", version: "2", body }).await;
    assert_eq!((status, code.as_str()), (400, "version"));
    assert_eq!(
        message,
        r#"the caller speaks version "2" of the internal protocol and this service "1": bring both to one release"#
    );
}

#[tokio::test]
async fn a_path_that_is_none_is_named() {
    let (status, code, message) =
        send(Sent { path: "/internal/v1/guess", version: "1", body: String::new() }).await;
    assert_eq!((status, code.as_str()), (404, "not_found"));
    assert_eq!(message, "POST /internal/v1/guess is none of the internal protocol");
}
