//! Partners in both forms: they are answered alike, what they register decides within seconds, and nothing they show to
//! prove who they are is written anywhere.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use crate::process::{Running, free_port, operate, setting, wait};
use crate::stand::{Distributed, Embedded, Form};

const PASSWORD: &str = "correct horse battery";
/// `ada:` and the password, in Base64.
const BASIC: &str = "Basic YWRhOmNvcnJlY3QgaG9yc2UgYmF0dGVyeQ==";
const WRONG_KEY: &str = "gwf_aB3dE6gH.nobodyHasThisKey0123456789abcdef";
const SERVICE_SECRET: &str = "known-to-other-services";
const RANGE: &str = r#"{"hostingprovider":9000001,"ip_start":"198.51.100.225","ip_end":"198.51.100.233"}"#;

/// Settings for one process more beside those of `settings`.
fn beside(settings: &[(String, String)], spool: &Path) -> Vec<(String, String)> {
    let more = [
        setting("PARTNERS__INTROSPECTION_SECRET", SERVICE_SECRET),
        setting("LOG__SPOOL_DIR", spool.display()),
    ];
    [settings, &more].concat()
}

/// A setting, how its URL begins, and a password. Two servers take any; the broker refuses it, and checks are answered
/// all the same.
const SERVERS: [(&str, &str, &str); 3] = [
    ("GREENCHECK__QUEUE__URL", "amqp://guest", "password-of-the-broker"),
    ("GREENCHECK__STORE__URL", "postgres://postgres", "password-of-the-database"),
    ("GREENCHECK__CACHE__URL", "redis://default", "password-of-the-cache"),
];
/// That of the stand.
const FORWARDER_SECRET: &str = "a-secret-for-tests-only";

fn with_passwords(mut settings: Vec<(String, String)>) -> Vec<(String, String)> {
    for (key, start, password) in SERVERS {
        let (_, url) = settings.iter_mut().find(|(name, _)| name == key).expect("a setting");
        let server = url.rsplit_once('@').map_or_else(|| url.split("//").nth(1), |(_, server)| Some(server));
        *url = format!("{start}:{password}@{}", server.expect("a server"));
    }
    settings
}

/// ada, who manages a provider, and a key of hers.
fn accounts(settings: &[(String, String)]) -> String {
    let create = ["user", "create", "ada", "--provider", "9000001", "--password-stdin"];
    operate(&create, &format!("{PASSWORD}\n"), settings);
    operate(&["key", "create", "ada", "--level", "research"], "", settings).trim().to_owned()
}

/// Sends a request; status and body.
fn send(address: SocketAddr, line: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).expect("a connection");
    let length = body.len();
    let mut request = format!(
        "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n"
    );
    for (name, value) in headers {
        request.extend([*name, ": ", *value, "\r\n"]);
    }
    stream.write_all(format!("{request}\r\n{body}").as_bytes()).expect("the request is sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
    (status, body.to_owned())
}

/// The text in `{"name":"…"}`.
fn value(body: &str) -> String {
    body.split('"').nth(3).unwrap_or_else(|| panic!("{body} has no text")).to_owned()
}

/// The number in `{…,"id":7}`: databases pass over some.
fn id(body: &str) -> u32 {
    let number = body.rsplit(':').next().and_then(|id| id.trim_end_matches('}').parse().ok());
    number.unwrap_or_else(|| panic!("{body} has no id"))
}

/// What a partner does in a day; the answers without what is random, and all credentials that were used or given.
fn day(address: SocketAddr, key: &str) -> (Vec<(String, u16, String)>, Vec<String>) {
    let mut answers = Vec::new();
    let mut ask = |line: &str, headers: &[(&str, &str)], body: &str| {
        let (status, body) = send(address, line, headers, body);
        answers.push((line.to_owned(), status, body.clone()));
        body
    };
    let basic = [("Authorization", BASIC)];
    let login = format!(r#"{{"username":"ada","password":"{PASSWORD}"}}"#);
    let token = value(&ask("POST /api-token-auth/", &[], &login));
    let bearer = format!("Token {token}");
    let by_token = [("Authorization", &*bearer)];
    ask("GET /api/v3/ip-ranges/", &basic, "");
    let range = id(&ask("POST /api/v3/ip-ranges/", &by_token, RANGE));
    ask("POST /api/v3/ip-ranges/", &basic, &RANGE.replace("9000001", "9000002"));
    ask("POST /api/v3/ip-ranges/", &basic, &RANGE.replace("198.51.100.233", "2001:db8::9"));
    ask("GET /api/v3/ip-ranges/", &by_token, "");
    ask("DELETE /api/v3/ip-ranges/2/", &basic, "");
    ask("DELETE /api/v3/ip-ranges/3/", &basic, "");
    let asn = id(&ask("POST /api/v3/asns/", &basic, r#"{"asn":4294967295,"hostingprovider":9000001}"#));
    ask("POST /api/v3/asns/", &basic, r#"{"asn":64500,"hostingprovider":9000001}"#);
    ask(&format!("GET /api/v3/asns/{asn}/"), &basic, "");
    ask("GET /api/v3/asns/", &[], "");
    ask("GET /api/v3/carbontxt_shared_secret", &basic, "");
    let secret = value(&ask("POST /api/v3/carbontxt_shared_secret", &basic, ""));
    assert_eq!(value(&ask("GET /api/v3/carbontxt_shared_secret", &basic, "")), secret);
    let introspect = [("X-GWF-Shared-Secret", SERVICE_SECRET)];
    ask("POST /internal/api/introspect_key", &introspect, &format!(r#"{{"token":"{key}"}}"#));
    ask("POST /internal/api/introspect_key", &[], &format!(r#"{{"token":"{key}"}}"#));
    ask("GET /greencheck/localhost", &[("Authorization", "Basic YWRhOndyb25nIG9uZQ==")], "");
    ask("POST /api-token-auth/", &[], r#"{"username":"ada","password":"never right"}"#);
    ask("POST /api-token-auth/", &[], r#"{"username":"ada","password":"half a body"#);
    ask("HEAD /greencheck/localhost", &[("X-Api-Key", key)], "");
    ask("HEAD /api/v4/usage", &[("Authorization", &format!("Bearer {key}"))], "");
    ask("GET /api/v4/check/localhost", &[("X-Api-Key", WRONG_KEY)], "");
    let (name, hidden) = key.split_once('.').expect("a key");
    let prefix = name.rsplit('_').next().expect("a prefix");
    let (range, number) = (format!("\"id\":{range}}}"), format!("\"id\":{asn}}}"));
    for (line, _, body) in &mut answers {
        for random in [&*token, &secret, prefix, &range, &number] {
            *body = body.replace(random, "…");
        }
        *line = line.replace(&format!("asns/{asn}/"), "asns/…/");
    }
    let words = [
        PASSWORD,
        &BASIC[6..],
        SERVICE_SECRET,
        "never right",
        "half a body",
        "YWRhOndyb25nIG9uZQ==",
        hidden,
        &WRONG_KEY[13..],
    ];
    let mut credentials: Vec<String> = words.map(str::to_owned).into();
    credentials.extend([token, secret, key.to_owned()]);
    (answers, credentials)
}

#[test]
fn both_forms_answer_partners_alike_and_write_no_credential_down() {
    let (embedded, distributed) = (Embedded::start(), Distributed::start());
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let (front, lookup) = (free_port(), free_port());
    let alone =
        [beside(&embedded.settings, &folder.path().join("one")), vec![setting("HTTP__LISTEN", free_port())]]
            .concat();
    let together = [
        with_passwords(beside(&distributed.settings, &folder.path().join("many"))),
        vec![
            setting("HTTP__LISTEN", front),
            setting("LOOKUP__LISTEN", lookup),
            setting("LOOKUP__URL", format!("http://{lookup}")),
        ],
    ]
    .concat();
    let one = alone.last().and_then(|(_, address)| address.parse().ok()).expect("an address");
    let _processes = [
        Running::start_talkative("greencheck", &["serve", "--demo"], &alone, free_port(), &log),
        Running::start_talkative("lookup-service", &[], &together, free_port(), &log),
        Running::start_talkative("api-gateway", &[], &together, free_port(), &log),
    ];
    let (answers, mut credentials) = day(one, &accounts(&alone));
    let (same, others) = day(front, &accounts(&together));
    for (answer, same) in answers.iter().zip(&same) {
        assert_eq!(answer, same);
    }
    let statuses: Vec<u16> = answers.iter().map(|(_, status, _)| *status).collect();
    let expected = [
        200, 200, 201, 403, 400, 200, 204, 404, 201, 400, 200, 200, 404, 200, 200, 200, 401, 403, 400, 400,
        200, 200, 401,
    ];
    assert_eq!(statuses, expected, "{answers:#?}");
    credentials.extend(others);
    credentials.extend(SERVERS.map(|(_, _, password)| password.to_owned()));
    credentials.push(FORWARDER_SECRET.to_owned());
    let written = std::fs::read_to_string(&log).expect("a log");
    assert!(written.contains("\"TRACE\""), "everything was logged");
    for credential in &credentials {
        let line = written.lines().find(|line| line.contains(credential.as_str()));
        assert_eq!(line, None, "{credential} was logged");
    }
}

/// One range more, and one less, without anybody's doing but the partner's.
fn a_range_decides(form: &impl Form, settings: &[(String, String)]) {
    accounts(settings);
    let check = || send(form.address(), "GET /greencheck/198.51.100.230", &[], "").1;
    let badge = || send(form.address(), "GET /api/v4/badge/198.51.100.230.json", &[], "").1;
    let basic = [("Authorization", BASIC)];
    assert!(badge().contains("no evidence found"), "{}", badge());
    assert!(check().contains(r#""green":false"#), "{}", check());
    let (status, body) = send(form.address(), "POST /api/v3/ip-ranges/", &basic, RANGE);
    assert_eq!(status, 201, "{body}");
    wait("the badge to turn green", || badge().contains("hosted green"));
    wait("the range to count", || check().contains(r#""hosted_by_id":9000001"#));
    let path = format!("DELETE /api/v3/ip-ranges/{}/", id(&body));
    assert_eq!(send(form.address(), &path, &basic, "").0, 204);
    wait("the badge to turn grey", || badge().contains("no evidence found"));
    wait("the range to count no more", || check().contains(r#""green":false"#));
}

#[test]
fn what_a_partner_registers_decides_soon_in_one_process() {
    let embedded = Embedded::start();
    a_range_decides(&embedded, &embedded.settings);
}

#[test]
fn what_a_partner_registers_decides_soon_in_three_processes() {
    let distributed = Distributed::start();
    a_range_decides(&distributed, &distributed.settings);
}
