use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use greencheck_core::ports::{Dns, DnsError, Head, OriginAsns, OriginError, Web, WebError};
use greencheck_core::{Asn, Host};
use tokio::sync::Notify;

/// Names that have addresses, names that never answer, and nothing else.
#[derive(Default)]
pub struct FakeDns {
    addresses: BTreeMap<String, Vec<IpAddr>>,
    silent: bool,
    held: bool,
    released: Notify,
    asked: AtomicUsize,
}

impl FakeDns {
    /// A zone of `(name, address)` pairs; a name may come more than once.
    pub fn with(zone: &[(&str, &str)]) -> Self {
        let mut addresses: BTreeMap<String, Vec<IpAddr>> = BTreeMap::new();
        for (name, address) in zone {
            addresses.entry((*name).to_owned()).or_default().push(address.parse().expect("an address"));
        }
        Self { addresses, ..Self::default() }
    }

    /// Never answers a question about an address.
    pub fn silent() -> Self {
        Self { silent: true, ..Self::default() }
    }

    /// Holds its first answer back until [`release`](Self::release).
    #[must_use]
    pub fn held(self) -> Self {
        Self { held: true, ..self }
    }

    /// Lets one held question be answered.
    pub fn release(&self) {
        self.released.notify_one();
    }

    /// How many questions about addresses were asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Dns for FakeDns {
    async fn addresses(&self, host: &Host) -> Result<Vec<IpAddr>, DnsError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.silent {
            std::future::pending::<()>().await;
        }
        if self.held {
            self.released.notified().await;
        }
        self.addresses.get(host.as_str()).cloned().ok_or(DnsError::NxDomain)
    }

    async fn txt(&self, _: &Host) -> Result<Vec<String>, DnsError> {
        Ok(Vec::new())
    }
}

/// Origin ASes by address.
#[derive(Default)]
pub struct FakeOrigins(pub BTreeMap<IpAddr, Vec<Asn>>);

#[async_trait]
impl OriginAsns for FakeOrigins {
    async fn origins(&self, address: IpAddr) -> Result<Vec<Asn>, OriginError> {
        Ok(self.0.get(&address).cloned().unwrap_or_default())
    }
}

/// A web without servers.
pub struct NoWeb;

#[async_trait]
impl Web for NoWeb {
    async fn head(&self, url: &url::Url, _: &[&str]) -> Result<Head, WebError> {
        Err(WebError::Unreachable(format!("there is no {url}").into()))
    }
}
