//! The real services by TLS: to RabbitMQ and Redis, and from callers.

use std::process::Command;

use greencheck_testkit::{Authority, TlsProxy};
use serde_json::Value;

use crate::process::{Running, free_port, readiness, setting, wait};
use crate::servers::server;
use crate::stand::Distributed;

/// The `host:port` of a URL.
fn place(url: &str) -> String {
    let rest = url.split_once("://").expect("a scheme").1;
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    rest.split('/').next().expect("a host").to_owned()
}

fn component(report: &Value, name: &str) -> String {
    report["components"][name]["status"].as_str().unwrap_or("none").to_owned()
}

/// A gateway with a certificate of its own, in front of servers that are spoken to by TLS. It believes `believed`.
struct Encrypted {
    authority: Authority,
    _proxies: [TlsProxy; 2],
    settings: Vec<(String, String)>,
    folder: tempfile::TempDir,
}

impl Encrypted {
    fn before(distributed: &Distributed) -> Self {
        let (authority, folder) = (Authority::new(), tempfile::tempdir().expect("a folder"));
        let issued = authority.issue(&["localhost"]);
        let broker = TlsProxy::start(&place(&server("TEST_AMQP_URL")), &issued);
        let cache = TlsProxy::start(&place(&server("TEST_REDIS_URL")), &issued);
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("the file can be written");
            path.display().to_string()
        };
        write("ca.pem", &authority.pem());
        let more = [
            setting("QUEUE__URL", format!("amqps://guest:guest@localhost:{}/%2f", broker.port())),
            setting("CACHE__URL", format!("rediss://localhost:{}/", cache.port())),
            setting("HTTP__TLS__CERTIFICATE", write("tls.crt", &issued.certificate)),
            setting("HTTP__TLS__KEY", write("tls.key", &issued.key)),
            setting("LOG__SPOOL_DIR", folder.path().join("spool").display()),
        ];
        let settings = [distributed.settings.clone(), more.to_vec()].concat();
        Self { authority, _proxies: [broker, cache], settings, folder }
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }
}

#[test]
fn a_gateway_speaks_tls_to_its_servers_and_its_callers() {
    let distributed = Distributed::start();
    let encrypted = Encrypted::before(&distributed);
    let (http, admin) = (free_port(), free_port());
    let believes = ("SSL_CERT_FILE".to_owned(), encrypted.file("ca.pem"));
    let settings =
        [encrypted.settings.clone(), vec![setting("HTTP__LISTEN", http), distributed.lookup_url(), believes]]
            .concat();
    let mut gateway = Running::begin("api-gateway", &settings, admin);
    wait("the broker and the cache by TLS", || {
        readiness(admin).is_some_and(|(_, report)| {
            ["broker", "cache", "lookup"].iter().all(|name| component(&report, name) == "ready")
        })
    });
    let url = format!("https://localhost:{}/greencheck/www.example.com", http.port());
    let answer =
        Command::new("curl").args(["-sS", "--fail", "--cacert", &encrypted.file("ca.pem"), &url]).output();
    let answer = answer.expect("curl runs");
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    let body: Value = serde_json::from_slice(&answer.stdout).expect("JSON");
    assert_eq!(body["green"], true);
    distributed.wait_for_rows(1);
    gateway.terminate();
}

#[test]
fn a_gateway_that_does_not_know_the_authority_says_so_and_goes_on() {
    let distributed = Distributed::start();
    let encrypted = Encrypted::before(&distributed);
    let stranger = encrypted.file("stranger.pem");
    std::fs::write(&stranger, Authority::new().pem()).expect("the file can be written");
    assert_ne!(std::fs::read_to_string(&stranger).expect("text"), encrypted.authority.pem());
    let (http, admin) = (free_port(), free_port());
    let believes = ("SSL_CERT_FILE".to_owned(), stranger);
    let settings =
        [encrypted.settings.clone(), vec![setting("HTTP__LISTEN", http), distributed.lookup_url(), believes]]
            .concat();
    let log = encrypted.folder.path().join("log");
    let gateway = Running::start_talkative("api-gateway", &[], &settings, admin, &log);
    wait("the reason in the log", || {
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        let told =
            |what: &str| text.lines().any(|line| line.contains(what) && line.contains("UnknownIssuer"));
        told("the queue cannot be reached") && told("the cache is given up")
    });
    let (status, report) = readiness(admin).expect("an answer");
    assert_eq!(
        (status, component(&report, "broker"), component(&report, "cache")),
        (200, "degraded".into(), "degraded".into())
    );
    drop(gateway);
}
