//! Looks names up in one process: the product's full look-up, or only A and AAAA with the resolver that it uses.

use std::cell::Cell;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, ensure};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use greencheck_core::carbon_txt::Resolved;
use greencheck_core::catalog::{Catalog, CatalogData, NetworkEntry};
use greencheck_core::ports::{CarbonTxtResults, Head, StoreError, Web, WebError};
use greencheck_core::{
    AddressRule, FullLookup, Generation, Host, IpRange, Provider, ProviderId, Rules, SystemClock, Trust,
    Verdict,
};
use greencheck_net::{DnsConfig, HickoryDns, Metrics, NoOrigins};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use url::Url;

use crate::cli::{Resolve, Way};
use crate::stats::float;
use crate::{report, rows};

/// No carbon.txt is asked for: the resolver alone has none either.
struct Nobody;

#[async_trait]
impl Web for Nobody {
    async fn head(&self, _: &Url, _: &[&str]) -> Result<Head, WebError> {
        Err(WebError::Timeout)
    }
}

#[async_trait]
impl CarbonTxtResults for Nobody {
    async fn get(&self, _: &Host, _: DateTime<Utc>) -> Result<Option<Resolved>, StoreError> {
        Ok(None)
    }

    async fn put(&self, _: &Host, _: &Resolved, _: DateTime<Utc>) -> Result<(), StoreError> {
        Ok(())
    }

    async fn sweep(&self, _: DateTime<Utc>) -> Result<u64, StoreError> {
        Ok(0)
    }
}

/// Prints names a second.
pub(crate) fn run(arguments: &Resolve) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let begun = Instant::now();
    let found = runtime.block_on(async {
        match arguments.way {
            Way::Full => full(arguments).await,
            Way::Bare => bare(arguments).await,
        }
    })?;
    let count = arguments.count;
    ensure!(
        found == count,
        "{found} names of {count} have the verdict or the addresses that they should have"
    );
    report::say(&format!("{}", float(count) / begun.elapsed().as_secs_f64()))?;
    Ok(())
}

fn names(arguments: &Resolve) -> impl Iterator<Item = u64> + use<> {
    arguments.first..arguments.first + arguments.count
}

/// Half of the addresses of the zone are in a green range: see `dns::zone`.
async fn full(arguments: &Resolve) -> anyhow::Result<u64> {
    let provider = Provider {
        id: ProviderId(1),
        name: "Acme Green Hosting".to_owned(),
        website: "https://acme.example".to_owned(),
        partner: String::new(),
        is_listed: true,
        archived: false,
        documents: Vec::new(),
    };
    let range = IpRange::parse("198.18.0.0-198.18.127.255").context("a range")?;
    let networks = vec![NetworkEntry { id: 1, provider: ProviderId(1), range }];
    let catalog = Catalog::build(
        Generation(1),
        CatalogData { providers: vec![provider], networks, ..CatalogData::default() },
    );
    let config = DnsConfig { servers: vec![arguments.server], ..DnsConfig::default() };
    let dns = HickoryDns::new(&config, Metrics::register(&prometheus::Registry::new())?)?;
    let rules = Rules {
        addresses: AddressRule::Any,
        trust: Trust::Proof,
        carbon_txt: false,
        carbon_txt_ttl: std::time::Duration::ZERO,
    };
    let lookup = FullLookup {
        catalog: &catalog,
        rules,
        dns: &dns,
        web: &Nobody,
        origins: &NoOrigins,
        carbon_txt_results: &Nobody,
        clock: &SystemClock,
        follower: None,
        use_kept: false,
    };
    let found = Cell::new(0);
    stream::iter(names(arguments))
        .for_each_concurrent(arguments.at_once, |number| {
            let (lookup, found) = (&lookup, &found);
            async move {
                let Ok(host) = Host::parse(&rows::zone_name(number)) else { return };
                let right = match lookup.run(&host).await.verdict {
                    Verdict::Green { .. } => rows::is_green(number),
                    Verdict::Grey { .. } => !rows::is_green(number),
                    Verdict::Unknown { .. } => false,
                };
                found.set(found.get() + u64::from(right));
            }
        })
        .await;
    Ok(found.get())
}

async fn bare(arguments: &Resolve) -> anyhow::Result<u64> {
    let resolver = Arc::new(resolver(arguments.server, arguments.at_once)?);
    let found = Cell::new(0);
    stream::iter(names(arguments))
        .for_each_concurrent(arguments.at_once, |number| {
            let resolver = Arc::clone(&resolver);
            let found = &found;
            async move {
                let Ok(mut name) = Name::from_ascii(rows::zone_name(number)) else { return };
                name.set_fqdn(true);
                let asked =
                    (resolver.lookup(name.clone(), RecordType::A), resolver.lookup(name, RecordType::AAAA));
                let (v4, v6) = futures_util::future::join(asked.0, asked.1).await;
                let is = |lookup: &hickory_resolver::lookup::Lookup, v4: bool| {
                    lookup.answers().iter().any(|record| match record.data {
                        RData::A(_) => v4,
                        RData::AAAA(_) => !v4,
                        _ => false,
                    })
                };
                let right = v4.is_ok_and(|v4| is(&v4, true)) && v6.is_ok_and(|v6| is(&v6, false));
                found.set(found.get() + u64::from(right));
            }
        })
        .await;
    Ok(found.get())
}

/// Set up as the product's is, and for speed: no file of hosts, no random case, as many at once as there are. The cache, in which
/// no name of these can be, is as large as the product's.
fn resolver(server: SocketAddr, at_once: usize) -> anyhow::Result<TokioResolver> {
    let mut of = NameServerConfig::udp_and_tcp(server.ip());
    for connection in &mut of.connections {
        connection.port = server.port();
    }
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![of]);
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    let options = builder.options_mut();
    options.use_hosts_file = ResolveHosts::Never;
    options.cache_size = DnsConfig::default().cache_size;
    options.case_randomization = false;
    options.max_active_requests = at_once * 4;
    Ok(builder.build()?)
}
