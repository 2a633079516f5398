use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use greencheck_core::ports::{NetworkRegistry, RegisteredNetwork, RegistryError, WebError};
use moka::future::Cache;
use url::Url;

use crate::{GetError, GetLimits, Guard, GuardedWeb, Metrics, RdapConfig};

mod network;

const MAX_BYTES: usize = 256 << 10;
/// A bootstrap server redirects to a registry, which may redirect to another.
const REDIRECTS: usize = 4;
const KEPT: u64 = 10_000;

/// `rdap.base_url` cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("rdap.base_url {0:?} is not a URL such as https://rdap.org/ip/")]
pub struct InvalidRdapUrl(String);

/// Registries, asked by RDAP over HTTPS (RFC 7480, 9082, 9083) through the guard, each redirect judged anew.
pub struct Rdap {
    web: Arc<GuardedWeb>,
    guard: Guard,
    base: Url,
    enabled: bool,
    timeout: Duration,
    kept: Cache<IpAddr, Option<RegisteredNetwork>>,
    metrics: Metrics,
}

impl Rdap {
    pub fn new(
        config: &RdapConfig,
        web: Arc<GuardedWeb>,
        guard: Guard,
        metrics: Metrics,
    ) -> Result<Self, InvalidRdapUrl> {
        let invalid = || InvalidRdapUrl(config.base_url.clone());
        let base = Url::parse(&config.base_url).map_err(|_| invalid())?;
        if base.scheme() != "https" || !base.path().ends_with('/') {
            return Err(invalid());
        }
        let kept = Cache::builder().max_capacity(KEPT).time_to_live(config.ttl).build();
        let (enabled, timeout) = (config.enabled, config.timeout);
        Ok(Self { web, guard, base, enabled, timeout, kept, metrics })
    }

    async fn ask(&self, address: IpAddr) -> Result<Option<RegisteredNetwork>, RegistryError> {
        let asked = tokio::time::timeout(self.timeout, self.follow(address)).await;
        let found = asked.unwrap_or(Err(RegistryError::Timeout));
        self.metrics.rdap(match &found {
            Ok(Some(_)) => "found",
            Ok(None) => "unknown",
            Err(RegistryError::Timeout) => "timeout",
            Err(_) => "failed",
        });
        found
    }

    async fn follow(&self, address: IpAddr) -> Result<Option<RegisteredNetwork>, RegistryError> {
        let unavailable = |error: &dyn std::fmt::Display| RegistryError::Unavailable(error.to_string());
        let mut url = self.base.join(&address.to_string()).map_err(|error| unavailable(&error))?;
        for _ in 0..=REDIRECTS {
            let limits = GetLimits { max_bytes: MAX_BYTES, timeout: self.timeout };
            match self.web.get(&url, limits).await {
                Ok(body) => {
                    let registry = url.host_str().unwrap_or_default();
                    return network::read(&body, registry).map(Some).map_err(|error| unavailable(&error));
                }
                Err(GetError::Redirect { location, .. }) => {
                    url = url.join(&location).map_err(|error| unavailable(&error))?;
                }
                Err(GetError::Status(404)) => return Ok(None),
                Err(GetError::Web(WebError::Timeout)) => return Err(RegistryError::Timeout),
                Err(error) => return Err(unavailable(&error)),
            }
        }
        Err(unavailable(&"it redirects without end"))
    }
}

#[async_trait]
impl NetworkRegistry for Rdap {
    async fn network_of(&self, address: IpAddr) -> Result<Option<RegisteredNetwork>, RegistryError> {
        if !self.enabled {
            return Err(RegistryError::Off);
        }
        let address = address.to_canonical();
        if !self.guard.allows(address) {
            return Err(RegistryError::NotGlobal);
        }
        self.kept.try_get_with(address, self.ask(address)).await.map_err(Arc::unwrap_or_clone)
    }
}
