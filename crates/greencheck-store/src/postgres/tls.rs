//! TLS to the server, as libpq's `sslmode` and `sslrootcert` ask for it.

use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use greencheck_core::ports::{Source, StoreError};
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Socket;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;

use super::verifier::{AnyCertificate, AnyName};

/// What of the server's certificate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    Anybody,
    Authority,
    AuthorityAndName,
}

/// How the server is spoken to; taken out of the URL, since the driver knows neither verification nor authorities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TlsSettings {
    pub(super) mode: SslMode,
    trust: Trust,
    /// `sslrootcert`; `None` is `system`.
    roots: Option<PathBuf>,
}

impl TlsSettings {
    /// `sslmode` and `sslrootcert` of a URL's query, if they are there, as libpq understands them.
    pub(super) fn of(mode: Option<&str>, roots: Option<&str>) -> Result<Self, StoreError> {
        let system = roots == Some("system");
        let (mode, trust) = match mode {
            Some("disable") => (SslMode::Disable, Trust::Anybody),
            None if system => (SslMode::Require, Trust::AuthorityAndName),
            None | Some("prefer") => (SslMode::Prefer, Trust::Anybody),
            // Whoever names an authority wants it asked.
            Some("require") if roots.is_some() => (SslMode::Require, Trust::Authority),
            Some("require") => (SslMode::Require, Trust::Anybody),
            Some("verify-ca") => (SslMode::Require, Trust::Authority),
            Some("verify-full") => (SslMode::Require, Trust::AuthorityAndName),
            Some(other) => {
                return Err(StoreError::Invalid(format!(
                    "store.url: sslmode={other} is unknown, expected disable, prefer, require, verify-ca or verify-full"
                )));
            }
        };
        if system && trust != Trust::AuthorityAndName && mode != SslMode::Disable {
            return Err(StoreError::Invalid(
                "store.url: sslrootcert=system needs sslmode=verify-full: every owner of a domain has a certificate \
                 of such an authority"
                    .to_owned(),
            ));
        }
        let roots = roots.filter(|_| !system).map(PathBuf::from);
        Ok(Self { mode, trust, roots })
    }

    pub(super) fn connector(&self) -> Result<MakeRustls, StoreError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(unusable)?;
        let config = match self.trust {
            Trust::Anybody => {
                config.dangerous().with_custom_certificate_verifier(Arc::new(AnyCertificate::new(provider)))
            }
            Trust::Authority => {
                let verifier = AnyName(self.verifier(provider)?);
                config.dangerous().with_custom_certificate_verifier(Arc::new(verifier))
            }
            Trust::AuthorityAndName => config.with_webpki_verifier(self.verifier(provider)?),
        };
        Ok(MakeRustls { config: Arc::new(config.with_no_client_auth()) })
    }

    fn verifier(&self, provider: Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>, StoreError> {
        let roots = match &self.roots {
            Some(path) => read(path).map_err(|error| {
                StoreError::Invalid(format!("store.url: sslrootcert={}: {error}", path.display()))
            })?,
            None => system_roots()?,
        };
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().map_err(unusable)
    }
}

fn unusable(error: impl std::fmt::Display) -> StoreError {
    StoreError::Invalid(format!("store.url: TLS cannot be set up: {error}"))
}

fn read(path: &Path) -> Result<RootCertStore, Source> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path)? {
        roots.add(certificate?)?;
    }
    if roots.is_empty() { Err("the file holds no certificate in PEM".into()) } else { Ok(roots) }
}

/// Of the machine; `SSL_CERT_FILE` and `SSL_CERT_DIR` name others.
fn system_roots() -> Result<RootCertStore, StoreError> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        return Err(StoreError::Invalid(
            "store.url: this machine knows no certificate authorities: name a file by sslrootcert".to_owned(),
        ));
    }
    Ok(roots)
}

/// Makes TLS connections for the driver.
#[derive(Clone)]
pub(super) struct MakeRustls {
    config: Arc<ClientConfig>,
}

/// Makes one, to a server of this name.
pub(super) struct Rustls {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

/// One connection.
pub(super) struct Encrypted(tokio_rustls::client::TlsStream<Socket>);

impl MakeTlsConnect<Socket> for MakeRustls {
    type Error = Source;
    type Stream = Encrypted;
    type TlsConnect = Rustls;

    fn make_tls_connect(&mut self, domain: &str) -> Result<Rustls, Source> {
        let name = ServerName::try_from(domain)?.to_owned();
        Ok(Rustls { config: Arc::clone(&self.config), name })
    }
}

impl TlsConnect<Socket> for Rustls {
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Encrypted>> + Send>>;
    type Stream = Encrypted;

    fn connect(self, stream: Socket) -> Self::Future {
        let shaken = TlsConnector::from(self.config).connect(self.name, stream);
        Box::pin(async move { Ok(Encrypted(shaken.await?)) })
    }
}

impl TlsStream for Encrypted {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().0).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(mode: Option<&str>, roots: Option<&str>) -> String {
        match TlsSettings::of(mode, roots).and_then(|settings| settings.connector()) {
            Ok(_) => panic!("{mode:?} with {roots:?} is accepted"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn modes_mean_what_they_mean_to_libpq() {
        let of = |mode, roots| {
            let settings = TlsSettings::of(mode, roots).unwrap();
            (settings.mode, settings.trust)
        };
        assert_eq!(of(None, None), (SslMode::Prefer, Trust::Anybody));
        assert_eq!(of(Some("disable"), None), (SslMode::Disable, Trust::Anybody));
        assert_eq!(of(Some("require"), None), (SslMode::Require, Trust::Anybody));
        assert_eq!(of(Some("require"), Some("ca.pem")), (SslMode::Require, Trust::Authority));
        assert_eq!(of(Some("verify-ca"), Some("ca.pem")), (SslMode::Require, Trust::Authority));
        assert_eq!(of(Some("verify-full"), None), (SslMode::Require, Trust::AuthorityAndName));
        assert_eq!(of(None, Some("system")), (SslMode::Require, Trust::AuthorityAndName));
    }

    #[test]
    fn mistakes_say_what_to_write_instead() {
        let error = refusal(Some("verify_full"), None);
        assert!(error.contains("sslmode=verify_full") && error.contains("verify-full"), "{error}");
        let error = refusal(Some("require"), Some("system"));
        assert!(error.contains("sslmode=verify-full"), "{error}");
        let error = refusal(Some("verify-full"), Some("/nowhere/ca.pem"));
        assert!(error.contains("sslrootcert=/nowhere/ca.pem"), "{error}");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "not a certificate").unwrap();
        let error = refusal(Some("verify-full"), file.path().to_str());
        assert!(error.contains("holds no certificate"), "{error}");
    }
}
