//! HTTPS on the public listener.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::child::Child;

/// A certificate for `localhost` that is its own authority, with its key, PEM.
struct Pair {
    certificate: String,
    key: String,
}

impl Pair {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        Self { certificate: params.self_signed(&key).unwrap().pem(), key: key.serialize_pem() }
    }

    fn write(&self, folder: &Path) -> [PathBuf; 2] {
        let [certificate, key] = ["tls.crt", "tls.key"].map(|name| folder.join(name));
        std::fs::write(&certificate, &self.certificate).unwrap();
        std::fs::write(&key, &self.key).unwrap();
        [certificate, key]
    }

    /// What a client that believes this certificate gets.
    fn ask(&self, echo: &Child, path: &str) -> std::io::Result<String> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.certificate.as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_root_certificates(roots).with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let client = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut stream = StreamOwned::new(client, TcpStream::connect(echo.http())?);
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

fn start(files: &[PathBuf; 2]) -> Child {
    let [certificate, key] = files.each_ref().map(|path| path.to_str().unwrap());
    Child::start(&[("GREENCHECK__HTTP__TLS__CERTIFICATE", certificate), ("GREENCHECK__HTTP__TLS__KEY", key)])
}

#[test]
fn the_public_listener_speaks_tls_and_takes_over_new_certificates() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (Pair::new(), Pair::new());
    let echo = start(&first.write(folder.path()));
    assert!(first.ask(&echo, "/echo/hello").unwrap().ends_with("\r\n\r\nhello"));
    assert!(first.ask(&echo, "/origin").unwrap().ends_with("\r\n\r\nhttps://localhost"));
    let distrust = second.ask(&echo, "/echo/hello").unwrap_err().to_string();
    assert!(distrust.contains("invalid peer certificate"), "{distrust}");

    second.write(folder.path());
    echo.signal("HUP");
    echo.wait_until(|echo| second.ask(echo, "/echo/again").is_ok_and(|answer| answer.ends_with("again")));
    assert!(first.ask(&echo, "/echo/hello").is_err());

    std::fs::write(folder.path().join("tls.key"), "broken").unwrap();
    echo.signal("HUP");
    echo.wait_until(|echo| echo.log().contains("the certificate in use stays"));
    assert!(second.ask(&echo, "/echo/still").unwrap().ends_with("still"));
}

#[test]
fn who_speaks_no_tls_is_not_answered() {
    let folder = tempfile::tempdir().unwrap();
    let pair = Pair::new();
    let echo = start(&pair.write(folder.path()));
    let mut plain = TcpStream::connect(echo.http()).unwrap();
    plain.write_all(b"GET /echo/hello HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    // The end of the connection, by an alert or a reset.
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    assert!(pair.ask(&echo, "/echo/after").unwrap().ends_with("after"));
}

#[test]
fn files_that_cannot_be_used_end_the_start_and_are_named() {
    let settings = [
        ("GREENCHECK__HTTP__TLS__CERTIFICATE", "/nowhere/tls.crt"),
        ("GREENCHECK__HTTP__TLS__KEY", "/nowhere/tls.key"),
    ];
    let (code, _, log) = Child::run(&[], &settings);
    assert_eq!(code, Some(1));
    assert!(log.contains(r#"http.tls.certificate cannot be read from "/nowhere/tls.crt""#), "{log}");
}
