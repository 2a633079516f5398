use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use serde::{Deserialize, Serialize};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::sleep;

/// How often the files are looked at without a signal.
const PERIOD: Duration = Duration::from_secs(10);

/// Section `http.tls`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsConfig {
    /// A PEM file with the certificate of the server and those between it and an authority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// A PEM file with its private key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
}

impl TlsConfig {
    /// Whether neither file is named.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// `http.tls` cannot be used; says which file and why.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct TlsError(#[from] Problem);

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("http.tls.{given} is set and http.tls.{missing} is not: both are needed, or none")]
    Half { given: &'static str, missing: &'static str },
    #[error("http.tls.{key} cannot be read from {path:?}: {reason}")]
    Unreadable { key: &'static str, path: PathBuf, reason: String },
    #[error("the key in {key:?} (http.tls.key) is not that of the certificate in {certificate:?}")]
    Mismatch { certificate: PathBuf, key: PathBuf },
    #[error("TLS cannot be set up: {0}")]
    Unusable(#[from] rustls::Error),
}

/// What the server shows, read again when its files change.
#[derive(Debug)]
pub(crate) struct Certificates {
    files: Files,
    provider: Arc<CryptoProvider>,
    shown: Arc<Shown>,
}

#[derive(Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

#[derive(Debug)]
struct Shown(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

impl Certificates {
    /// `None` when there shall be no TLS.
    pub(crate) fn load(config: &TlsConfig) -> Result<Option<Self>, TlsError> {
        let files = match (config.certificate.clone(), config.key.clone()) {
            (None, None) => return Ok(None),
            (Some(certificate), Some(key)) => Files { certificate, key },
            (Some(_), None) => return Err(Problem::Half { given: "certificate", missing: "key" }.into()),
            (None, Some(_)) => return Err(Problem::Half { given: "key", missing: "certificate" }.into()),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = files.read(&provider)?;
        let shown = Arc::new(Shown(ArcSwap::from_pointee(key)));
        Ok(Some(Self { files, provider, shown }))
    }

    pub(crate) fn server_config(&self) -> Result<ServerConfig, TlsError> {
        let builder = ServerConfig::builder_with_provider(Arc::clone(&self.provider));
        let builder =
            builder.with_safe_default_protocol_versions().map_err(Problem::from)?.with_no_client_auth();
        Ok(builder.with_cert_resolver(Arc::clone(&self.shown) as Arc<dyn ResolvesServerCert>))
    }

    /// Takes over what the files hold, at SIGHUP and from time to time. Files that cannot be used change nothing: the new
    /// certificate may be there before its key.
    pub(crate) async fn follow(&self) -> anyhow::Result<()> {
        let mut hangups = signal(SignalKind::hangup())?;
        loop {
            tokio::select! {
                _ = hangups.recv() => tracing::info!("SIGHUP: reading the certificate again"),
                () = sleep(PERIOD) => {}
            }
            match self.files.read(&self.provider) {
                Ok(key) if key.cert == self.shown.0.load().cert => {}
                Ok(key) => {
                    self.shown.0.store(Arc::new(key));
                    tracing::info!(path = %self.files.certificate.display(), "the certificate has changed");
                }
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the certificate in use stays: its files cannot be used"
                    );
                }
            }
        }
    }
}

impl Files {
    fn read(&self, provider: &CryptoProvider) -> Result<CertifiedKey, Problem> {
        let chain = certificates(&self.certificate).map_err(unreadable("certificate", &self.certificate))?;
        let key = private_key(&self.key, provider).map_err(unreadable("key", &self.key))?;
        let key = CertifiedKey::new(chain, key);
        match key.keys_match() {
            Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => Ok(key),
            Err(_) => Err(Problem::Mismatch { certificate: self.certificate.clone(), key: self.key.clone() }),
        }
    }
}

fn certificates(path: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    let text = fs::read(path)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let chain = chain.map_err(|error| io::Error::other(error.to_string()))?;
    if chain.is_empty() { Err(io::Error::other("it holds no certificate in PEM")) } else { Ok(chain) }
}

fn private_key(path: &Path, provider: &CryptoProvider) -> io::Result<Arc<dyn rustls::sign::SigningKey>> {
    let text = fs::read(path)?;
    // The error of the reader could quote the file.
    let key = PrivateKeyDer::from_pem_slice(&text)
        .map_err(|_| io::Error::other("it holds no private key in PEM"))?;
    provider.key_provider.load_private_key(key).map_err(io::Error::other)
}

fn unreadable(key: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Problem {
    move |error| Problem::Unreadable { key, path: path.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
mod tests;
