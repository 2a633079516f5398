use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::future::join;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use greencheck_core::Host;
use greencheck_core::ports::{Dns, DnsError};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError as Answered, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::metrics::Counted;
use crate::{DnsConfig, Metrics};

mod local;

use local::{LocalNames, LocalRecords};

/// A name with more addresses is looked at by its first ones.
const MAX_ADDRESSES: usize = 64;
const MAX_TEXTS: usize = 64;

/// The section `dns` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DnsSetupError {
    #[error("cannot read {}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{}, line {line}: {problem}", path.display())]
    Line { path: PathBuf, line: usize, problem: String },
    #[error("{}: {problem}", path.display())]
    Zone { path: PathBuf, problem: String },
    #[error("the name servers cannot be set up: {0}; name some in dns.servers")]
    Resolver(String),
}

/// DNS by hickory, behind a hosts file and a zone file.
pub struct HickoryDns {
    local: LocalNames,
    offline_notice: String,
    resolver: Option<TokioResolver>,
    in_flight: Semaphore,
    pace: Option<DefaultDirectRateLimiter>,
    timeout: Duration,
    metrics: Metrics,
}

impl HickoryDns {
    /// Reads the files and sets the resolver up. Sends nothing yet.
    pub fn new(config: &DnsConfig, metrics: Metrics) -> Result<Self, DnsSetupError> {
        let resolver = if config.offline_notice.is_empty() { Some(resolver(config)?) } else { None };
        let servers = u32::try_from(config.servers.len().max(1)).unwrap_or(u32::MAX);
        let rate = NonZeroU32::new(config.per_server_rate.saturating_mul(servers));
        metrics.dns_in_flight_max.set(i64::try_from(config.max_in_flight).unwrap_or(i64::MAX));
        Ok(Self {
            local: LocalNames::read(config.hosts_file.as_deref(), config.zone_file.as_deref())?,
            offline_notice: config.offline_notice.clone(),
            resolver,
            in_flight: Semaphore::new(config.max_in_flight.min(Semaphore::MAX_PERMITS)),
            pace: rate.map(|rate| RateLimiter::direct(Quota::per_second(rate))),
            timeout: config.timeout,
            metrics,
        })
    }

    /// The records of one type, within the time limit.
    pub(crate) async fn ask(&self, name: Name, kind: RecordType) -> Result<Lookup, DnsError> {
        timeout(self.timeout, self.put(name, kind)).await.unwrap_or_else(|_| Err(self.late(kind)))
    }

    /// Asks a question when its turn comes: so many at once, and so many a second.
    async fn put(&self, name: Name, kind: RecordType) -> Result<Lookup, DnsError> {
        let Some(resolver) = &self.resolver else {
            return Err(DnsError::Offline(self.offline_notice.clone()));
        };
        let started = Instant::now();
        let waiting = Counted::on(&self.metrics.dns_waiting);
        if let Some(pace) = &self.pace {
            pace.until_ready().await;
        }
        let _place = self.in_flight.acquire().await;
        drop(waiting);
        let _under_way = Counted::on(&self.metrics.dns_in_flight);
        let answer = resolver.lookup(name, kind).await.map_err(|error| failure(&error));
        self.metrics.asked(kind_label(kind), outcome(answer.as_ref().err()), started.elapsed());
        answer
    }

    /// Counts a question that nobody waits for any longer.
    fn late(&self, kind: RecordType) -> DnsError {
        self.metrics.asked(kind_label(kind), outcome(Some(&DnsError::Timeout)), self.timeout);
        DnsError::Timeout
    }
}

#[async_trait]
impl Dns for HickoryDns {
    async fn addresses(&self, host: &Host) -> Result<Vec<IpAddr>, DnsError> {
        if let Some(LocalRecords { addresses, .. }) = self.local.get(host) {
            return if addresses.is_empty() { Err(DnsError::NoAddress) } else { Ok(addresses.clone()) };
        }
        let name = fully_qualified(host)?;
        let (mut v4, mut v6) = (None, None);
        let ask_v4 = async { v4 = Some(self.put(name.clone(), RecordType::A).await) };
        let ask_v6 = async { v6 = Some(self.put(name.clone(), RecordType::AAAA).await) };
        // One timer for both; an answer that came in time counts even if the other one does not come.
        timeout(self.timeout, join(ask_v4, ask_v6)).await.ok();
        let v4 = v4.unwrap_or_else(|| Err(self.late(RecordType::A)));
        let v6 = v6.unwrap_or_else(|| Err(self.late(RecordType::AAAA)));
        both_families(v4.as_ref().map(addresses), v6.as_ref().map(addresses))
    }

    async fn txt(&self, host: &Host) -> Result<Vec<String>, DnsError> {
        if let Some(LocalRecords { texts, .. }) = self.local.get(host) {
            return Ok(texts.clone());
        }
        match self.ask(fully_qualified(host)?, RecordType::TXT).await {
            Ok(found) => Ok(texts(&found).take(MAX_TEXTS).collect()),
            Err(DnsError::NxDomain | DnsError::NoAddress) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

/// One family is enough. Without any address the worse failure counts: a server that failed on one family may have had
/// one.
fn both_families<A: IntoIterator<Item = IpAddr>>(
    v4: Result<A, &DnsError>,
    v6: Result<A, &DnsError>,
) -> Result<Vec<IpAddr>, DnsError> {
    let (mut found, mut worst) = (Vec::new(), &DnsError::NoAddress);
    for answer in [v4, v6] {
        match answer {
            Ok(addresses) => found.extend(addresses),
            Err(error) if severity(error) > severity(worst) => worst = error,
            Err(_) => {}
        }
    }
    found.truncate(MAX_ADDRESSES);
    if found.is_empty() { Err(worst.clone()) } else { Ok(found) }
}

fn severity(error: &DnsError) -> u8 {
    match error {
        DnsError::NoAddress => 0,
        DnsError::NxDomain => 1,
        DnsError::ServFail(_) => 2,
        DnsError::Timeout => 3,
        DnsError::Offline(_) => 4,
    }
}

fn resolver(config: &DnsConfig) -> Result<TokioResolver, DnsSetupError> {
    let failed = |error: NetError| DnsSetupError::Resolver(error.to_string());
    let provider = TokioRuntimeProvider::default();
    let mut builder = if config.servers.is_empty() {
        TokioResolver::builder(provider).map_err(failed)?
    } else {
        let servers = config.servers.iter().map(|server| {
            let mut of = NameServerConfig::udp_and_tcp(server.ip());
            for connection in &mut of.connections {
                connection.port = server.port();
            }
            of
        });
        TokioResolver::builder_with_config(
            ResolverConfig::from_parts(None, Vec::new(), servers.collect()),
            provider,
        )
    };
    let options = builder.options_mut();
    options.use_hosts_file = ResolveHosts::Never;
    options.attempts = config.attempts.saturating_sub(1);
    options.timeout = config.timeout / u32::try_from(config.attempts.max(1)).unwrap_or(1);
    options.cache_size = config.cache_size;
    options.max_active_requests = config.max_in_flight.saturating_mul(2).max(options.max_active_requests);
    options.case_randomization = false;
    builder.build().map_err(failed)
}

/// Names are complete: no search domain is ever put behind them.
pub(crate) fn fully_qualified(host: &Host) -> Result<Name, DnsError> {
    let mut name = Name::from_ascii(host.as_str()).map_err(|_| DnsError::NxDomain)?;
    name.set_fqdn(true);
    Ok(name)
}

fn failure(error: &NetError) -> DnsError {
    match error {
        NetError::Timeout => DnsError::Timeout,
        NetError::Dns(Answered::NoRecordsFound(none)) => match none.response_code {
            ResponseCode::NXDomain => DnsError::NxDomain,
            ResponseCode::NoError => DnsError::NoAddress,
            code => DnsError::ServFail(code.to_string()),
        },
        NetError::Dns(Answered::ResponseCode(ResponseCode::NXDomain)) => DnsError::NxDomain,
        NetError::Dns(Answered::ResponseCode(code)) => DnsError::ServFail(code.to_string()),
        other => {
            DnsError::ServFail(other.to_string().chars().filter(|c| !c.is_control()).take(200).collect())
        }
    }
}

fn addresses(found: &Lookup) -> impl Iterator<Item = IpAddr> + use<'_> {
    found.answers().iter().filter_map(|record| match record.data {
        RData::A(address) => Some(IpAddr::V4(address.0)),
        RData::AAAA(address) => Some(IpAddr::V6(address.0)),
        _ => None,
    })
}

pub(crate) fn texts(found: &Lookup) -> impl Iterator<Item = String> + use<'_> {
    found.answers().iter().filter_map(|record| text(&record.data))
}

/// The strings of a TXT record, joined; texts that are not UTF-8 are none of ours.
fn text(record: &RData) -> Option<String> {
    let RData::TXT(record) = record else { return None };
    String::from_utf8(record.txt_data.concat()).ok()
}

fn kind_label(kind: RecordType) -> &'static str {
    match kind {
        RecordType::A => "A",
        RecordType::AAAA => "AAAA",
        RecordType::TXT => "TXT",
        _ => "other",
    }
}

fn outcome(error: Option<&DnsError>) -> &'static str {
    match error {
        None => "found",
        Some(DnsError::NxDomain) => "nxdomain",
        Some(DnsError::NoAddress) => "no_records",
        Some(DnsError::ServFail(_)) => "servfail",
        Some(DnsError::Timeout) => "timeout",
        Some(DnsError::Offline(_)) => "offline",
    }
}

#[cfg(test)]
mod tests;
