use rcgen::{CertificateParams, KeyPair};
use tempfile::TempDir;

use super::*;

/// A certificate and its key, PEM.
fn pair() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

fn config(folder: &TempDir, certificate: &str, key: &str) -> TlsConfig {
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        Some(path)
    };
    TlsConfig { certificate: file("tls.crt", certificate), key: file("tls.key", key) }
}

fn refusal(certificate: &str, key: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    Certificates::load(&config(&folder, certificate, key)).unwrap_err().to_string()
}

#[test]
fn there_is_no_tls_unless_both_files_are_named() {
    assert!(Certificates::load(&TlsConfig::default()).unwrap().is_none());
    let half = TlsConfig { certificate: Some("tls.crt".into()), key: None };
    let error = Certificates::load(&half).unwrap_err().to_string();
    assert_eq!(error, "http.tls.certificate is set and http.tls.key is not: both are needed, or none");
}

#[test]
fn a_certificate_and_its_key_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = pair();
    let certificates = Certificates::load(&config(&folder, &certificate, &key)).unwrap().unwrap();
    certificates.server_config().unwrap();
}

#[test]
fn files_that_cannot_be_used_are_named_and_keys_are_not_quoted() {
    let ((certificate, key), (_, other)) = (pair(), pair());
    let error = refusal(&certificate, &other);
    assert!(error.contains("tls.key") && error.contains("is not that of the certificate"), "{error}");
    let error = refusal("nothing", &key);
    assert!(
        error.starts_with("http.tls.certificate cannot be read") && error.contains("no certificate"),
        "{error}"
    );
    let broken = key.replace("PRIVATE KEY", "PRIVATE KEI");
    let error = refusal(&certificate, &broken);
    assert!(error.starts_with("http.tls.key cannot be read"), "{error}");
    assert!(!error.contains(key.lines().nth(1).unwrap()), "{error}");
    let missing =
        TlsConfig { certificate: Some("/nowhere/tls.crt".into()), key: Some("/nowhere/tls.key".into()) };
    let error = Certificates::load(&missing).unwrap_err().to_string();
    assert!(error.contains("/nowhere/tls.crt"), "{error}");
}
