//! Opens connections to the server that `store.url` names.

use std::error::Error;
use std::sync::Arc;

use diesel::{ConnectionError, ConnectionResult};
use greencheck_core::ports::StoreError;
use tokio::runtime::Handle;
use tokio_postgres::{Client, Config};

use super::Conn;
use super::tls::{MakeRustls, TlsSettings};
use crate::config::StoreConfig;

/// What a connection is opened with. Clones share it.
#[derive(Clone)]
pub(super) struct Connector {
    config: Arc<Config>,
    tls: MakeRustls,
}

impl Connector {
    pub(super) fn new(config: &StoreConfig) -> Result<Self, StoreError> {
        let url = config.postgres_url();
        let (url, mode, roots) = without_tls(&url);
        let tls = TlsSettings::of(mode.as_deref(), roots.as_deref())?;
        let mut config: Config = url
            .parse()
            .map_err(|error| StoreError::Invalid(format!("store.url: {}", with_causes(&error))))?;
        config.ssl_mode(tls.mode);
        Ok(Self { config: Arc::new(config), tls: tls.connector()? })
    }

    /// One connection, which lives on the runtime that this is called on.
    pub(super) async fn open(&self) -> ConnectionResult<Conn> {
        let connected = self.config.connect(self.tls.clone()).await;
        let (client, connection) =
            connected.map_err(|error| ConnectionError::BadConnection(with_causes(&error)))?;
        Conn::try_from_client_and_connection(client, connection).await
    }

    /// One connection without diesel, which lives on `runtime`.
    pub(super) async fn client(&self, runtime: &Handle) -> Result<Client, tokio_postgres::Error> {
        let (config, tls) = (Arc::clone(&self.config), self.tls.clone());
        let opening = runtime.spawn(async move { config.connect(tls).await });
        let (client, connection) = opening.await.expect("the driver does not panic")?;
        // Its end is told to whoever uses the client.
        runtime.spawn(connection);
        Ok(client)
    }
}

/// The driver says only at which step it failed, its causes say why.
fn with_causes(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// The URL without `sslmode` and `sslrootcert`, and what these say.
fn without_tls(url: &str) -> (String, Option<String>, Option<String>) {
    let Some((base, query)) = url.split_once('?') else { return (url.to_owned(), None, None) };
    let (mut mode, mut roots, mut rest) = (None, None, Vec::new());
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslmode", value)) => mode = Some(unescaped(value)),
            Some(("sslrootcert", value)) => roots = Some(unescaped(value)),
            _ => rest.push(pair),
        }
    }
    (format!("{base}?{}", rest.join("&")), mode, roots)
}

/// Without percent-encoding; what is none stays.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = code.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_tls_is_taken_out_of_the_url() {
        let url =
            "postgres://green@db/x?sslmode=verify-full&connect_timeout=3&sslrootcert=%2Fetc%2Fmy%20ca.pem";
        let (url, mode, roots) = without_tls(url);
        assert_eq!(url, "postgres://green@db/x?connect_timeout=3");
        assert_eq!((mode.as_deref(), roots.as_deref()), (Some("verify-full"), Some("/etc/my ca.pem")));
        assert_eq!(unescaped("100%/%zz%"), "100%/%zz%");
    }
}
