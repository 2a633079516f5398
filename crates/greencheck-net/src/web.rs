use std::collections::BTreeMap;
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use greencheck_core::Host;
use greencheck_core::ports::{Dns, Head, Web, WebError};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use url::Url;

use crate::{CarbonTxtConfig, Guard, Metrics};

mod get;
mod post;

pub use get::{GetError, GetLimits};

const HTTPS: u16 = 443;
/// Header values that are longer are none of ours.
const LONGEST_VALUE: usize = 2_048;

/// HTTPS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum WebSetupError {
    #[error("carbon_txt.ca_file {}: {problem}", path.display())]
    CaFile { path: PathBuf, problem: String },
    #[error("HTTPS cannot be set up: {0}")]
    Client(String),
}

/// HTTPS to hosts that anybody may name: port 443 of addresses that the [`Guard`] allows, no redirects, no proxies; HEAD,
/// and GET within [limits](GetLimits).
///
/// Names are resolved by our own DNS and judged there, so that what is judged is what is connected to: a name that
/// resolves to something else a moment later is never asked for again.
pub struct GuardedWeb {
    client: Client,
    /// `carbon_txt.https`.
    asks: bool,
    guard: Guard,
    port: u16,
    metrics: Metrics,
}

impl GuardedWeb {
    pub fn new(
        config: &CarbonTxtConfig,
        guard: Guard,
        dns: Arc<dyn Dns>,
        metrics: Metrics,
    ) -> Result<Self, WebSetupError> {
        Self::on_port(HTTPS, config, guard, dns, metrics)
    }

    /// For tests, whose servers cannot listen on 443: every URL is asked on `port` instead. No setting leads here.
    pub fn on_port(
        port: u16,
        config: &CarbonTxtConfig,
        guard: Guard,
        dns: Arc<dyn Dns>,
        metrics: Metrics,
    ) -> Result<Self, WebSetupError> {
        // Another part of the process may have installed it: that is the same provider.
        drop(rustls::crypto::ring::default_provider().install_default());
        let resolver = GuardedResolver { dns, guard: guard.clone() };
        let mut builder = Client::builder()
            .https_only(true)
            .no_proxy()
            .redirect(Policy::none())
            .timeout(config.timeout)
            .connect_timeout(config.timeout)
            .pool_max_idle_per_host(0)
            .user_agent(&config.user_agent)
            .dns_resolver(Arc::new(resolver));
        for certificate in certificates(config)? {
            builder = builder.add_root_certificate(certificate);
        }
        let client = builder.build().map_err(|error| WebSetupError::Client(chain(&error)))?;
        Ok(Self { client, asks: config.https, guard, port, metrics })
    }

    /// The URL as it will be asked, or why it will not be.
    fn judge(&self, url: &Url) -> Result<Url, WebError> {
        let refused = |why: &str| WebError::Refused(why.to_owned());
        if url.scheme() != "https" {
            return Err(refused("only https is asked"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("URLs with user or password are not asked"));
        }
        if url.port_or_known_default() != Some(HTTPS) {
            return Err(refused("only port 443 is asked"));
        }
        // The resolver never sees an address that stands in the URL.
        let literal = match url.host() {
            Some(url::Host::Ipv4(address)) => Some(address.into()),
            Some(url::Host::Ipv6(address)) => Some(address.into()),
            Some(url::Host::Domain(_)) => None,
            None => return Err(refused("the URL names no host")),
        };
        if literal.is_some_and(|address| !self.guard.allows(address)) {
            return Err(refused("the address is not global"));
        }
        let mut url = url.clone();
        url.set_port(Some(self.port)).map_err(|()| refused("the URL has no port"))?;
        Ok(url)
    }
}

#[async_trait]
impl Web for GuardedWeb {
    async fn head(&self, url: &Url, wanted: &[&str]) -> Result<Head, WebError> {
        let asked = async {
            if !self.asks {
                return Err(WebError::Refused("carbon_txt.https is off".to_owned()));
            }
            let url = self.judge(url)?;
            self.client.head(url).send().await.map_err(classify)
        };
        match asked.await {
            Ok(response) => {
                self.metrics.head("answered");
                Ok(Head { status: response.status().as_u16(), headers: pick(&response, wanted) })
            }
            Err(error) => {
                self.metrics.head(match error {
                    WebError::Refused(_) => "refused",
                    WebError::Timeout => "timeout",
                    WebError::Unreachable(_) => "unreachable",
                });
                Err(error)
            }
        }
    }
}

fn pick(response: &reqwest::Response, wanted: &[&str]) -> BTreeMap<String, String> {
    let value =
        |name: &str| response.headers().get(name)?.to_str().ok().filter(|value| value.len() <= LONGEST_VALUE);
    wanted.iter().filter_map(|name| Some(((*name).to_owned(), value(name)?.to_owned()))).collect()
}

/// Resolves names by our DNS and lets only allowed addresses through.
struct GuardedResolver {
    dns: Arc<dyn Dns>,
    guard: Guard,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NotAllowed(String);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (dns, guard) = (Arc::clone(&self.dns), self.guard.clone());
        Box::pin(async move {
            let host = Host::parse(name.as_str())?;
            let found = dns.addresses(&host).await?;
            let allowed: Vec<_> = found
                .into_iter()
                .filter(|address| guard.allows(*address))
                .map(|ip| SocketAddr::new(ip, 0))
                .collect();
            if allowed.is_empty() {
                return Err(NotAllowed(format!("{host} has no global address")).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

fn classify(error: reqwest::Error) -> WebError {
    if error.is_timeout() {
        return WebError::Timeout;
    }
    let mut source: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(cause) = source {
        if let Some(refused) = cause.downcast_ref::<NotAllowed>() {
            return WebError::Refused(refused.0.clone());
        }
        source = cause.source();
    }
    WebError::Unreachable(Box::new(error.without_url()))
}

fn certificates(config: &CarbonTxtConfig) -> Result<Vec<Certificate>, WebSetupError> {
    let Some(path) = &config.ca_file else { return Ok(Vec::new()) };
    let failed = |problem: String| WebSetupError::CaFile { path: path.clone(), problem };
    let pem = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
    let bundle = Certificate::from_pem_bundle(&pem).map_err(|error| failed(chain(&error)))?;
    if bundle.is_empty() { Err(failed("it holds no certificate".to_owned())) } else { Ok(bundle) }
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
