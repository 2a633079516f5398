//! Messages arrive at a real mail server and a real HTTPS server, signed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::Write;
use std::sync::Arc;

use chrono::DateTime;
use greencheck_net::{CarbonTxtConfig, Guard, GuardedWeb, Mailer, Metrics, Webhook};
use greencheck_testkit::fakes::FakeDns;
use greencheck_testkit::{TestTls, TlsAnswer};
use prometheus::Registry;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Takes one mail as RFC 5321 has it, and gives what was said.
async fn mail_server(listener: TcpListener, refuse: bool) -> Vec<String> {
    let (stream, _) = listener.accept().await.unwrap();
    let mut stream = BufReader::new(stream);
    let mut said = Vec::new();
    let mut in_mail = false;
    say(&mut stream, "220 test ESMTP").await;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap() == 0 {
            return said;
        }
        let line = line.trim_end().to_owned();
        let answer = match line.split(' ').next().unwrap() {
            _ if in_mail && line != "." => None,
            "." => {
                in_mail = false;
                Some("250 taken")
            }
            "EHLO" => Some("250-test\r\n250 8BITMIME"),
            "RCPT" if refuse => Some("550 no such person"),
            "DATA" => {
                in_mail = true;
                Some("354 go on")
            }
            "QUIT" => Some("221 bye"),
            _ => Some("250 ok"),
        };
        said.push(line);
        if let Some(answer) = answer {
            say(&mut stream, answer).await;
        }
        if said.last().unwrap() == "QUIT" || (said.last().unwrap() == "." && !in_mail) {
            return said;
        }
    }
}

async fn say(stream: &mut BufReader<TcpStream>, answer: &str) {
    stream.get_mut().write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
}

async fn send_mail(refuse: bool) -> (Result<(), greencheck_net::MailError>, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let mailer = Mailer::new(&url, "greencheck <greencheck@example.org>").unwrap();
    let text = "The job `expiry` failed.\n.\nRéf 7\n";
    let sending = mailer.send("ops@example.org", "job:expiry", "Job failed: expiry", text);
    tokio::join!(sending, mail_server(listener, refuse))
}

#[tokio::test]
async fn a_mail_arrives_with_its_sender_recipient_subject_and_text() {
    let (sent, said) = send_mail(false).await;
    sent.unwrap();
    for line in [
        "MAIL FROM:<greencheck@example.org>",
        "RCPT TO:<ops@example.org>",
        "Subject: Job failed: expiry",
        "X-Greencheck-Notice: job:expiry",
        "The job `expiry` failed.",
        "..",
    ] {
        assert!(said.iter().any(|said| said.starts_with(line)), "{line} is missing in {said:#?}");
    }
}

#[tokio::test]
async fn a_mail_that_the_server_refuses_is_an_error() {
    let (sent, _) = send_mail(true).await;
    let error = sent.unwrap_err();
    assert_eq!(error.to_string(), "the mail server did not take it");
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("no such person"));
}

#[test]
fn a_line_break_in_an_address_is_no_address() {
    let error = Mailer::new("smtp://127.0.0.1:25", "a@example.org\r\nBcc: b@example.org").err().unwrap();
    assert!(error.to_string().contains("is no address of mail"), "{error}");
    assert!(
        !greencheck_net::is_mail_address("https://example.org") && greencheck_net::is_mail_address("a@b.org")
    );
    let error = Mailer::new("gopher://u:secret@host", "a@example.org").err().unwrap().to_string();
    assert!(error.contains("the mail server") && !error.contains("secret"), "{error}");
}

async fn hook(answer: u16, guard: Guard) -> (Result<(), greencheck_net::WebhookError>, Vec<String>) {
    let server = TestTls::start(&["hooks.com"], move |_| TlsAnswer::new(answer, &[], b"")).await;
    let mut authority = tempfile::NamedTempFile::new().unwrap();
    authority.write_all(server.authority().as_bytes()).unwrap();
    let config = CarbonTxtConfig { ca_file: Some(authority.path().to_owned()), ..CarbonTxtConfig::default() };
    let dns = Arc::new(FakeDns::with(&[("hooks.com", "127.0.0.1")]));
    let metrics = Metrics::register(&Registry::new()).unwrap();
    let web = GuardedWeb::on_port(server.address().port(), &config, guard, dns, metrics).unwrap();
    let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
    let url = "https://hooks.com/notices?of=ops".parse().unwrap();
    let body = br#"{"kind":"test"}"#.to_vec();
    let sent = Webhook::new(web, "a-secret-for-tests").send(&url, "test:1", body, now).await;
    (sent, server.asked().into_iter().map(|asked| asked.head.to_ascii_lowercase()).collect())
}

fn loopback() -> Guard {
    Guard::new(vec!["127.0.0.0/8".parse().unwrap()])
}

/// The signature was computed with `openssl dgst -sha256 -hmac`.
#[tokio::test]
async fn a_webhook_is_signed_with_its_time() {
    let (sent, asked) = hook(204, loopback()).await;
    sent.unwrap();
    let head = &asked[0];
    assert!(head.starts_with("post /notices?of=ops http/1.1"), "{head}");
    for line in [
        "content-type: application/json",
        "x-greencheck-timestamp: 1795000000",
        "x-greencheck-notice: test:1",
        "x-greencheck-signature: sha256=bd6d2365465b1fd57174e4d0e65b47c21573ef03a91117f13fed9d15562107f6",
    ] {
        assert!(head.contains(line), "{line} is missing in {head}");
    }
}

#[tokio::test]
async fn an_answer_that_is_no_success_is_an_error() {
    let (sent, _) = hook(302, loopback()).await;
    assert!(sent.unwrap_err().to_string().starts_with("the server answers 302"));
}

#[tokio::test]
async fn an_address_that_is_not_public_gets_no_webhook() {
    let (sent, asked) = hook(200, Guard::default()).await;
    assert!(sent.unwrap_err().to_string().contains("no global address"));
    assert_eq!(asked, Vec::<String>::new());
}
