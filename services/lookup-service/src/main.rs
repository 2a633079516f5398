//! The look-up, as a process of its own.

use std::process::ExitCode;
use std::sync::Arc;

use actix_web::web::ServiceConfig;
use greencheck_core::{CONFIG_SECTIONS, LookupConfig, Rules, SystemClock};
use greencheck_net::{
    AsnConfig, CarbonTxtConfig, DnsConfig, Guard, GuardedWeb, HickoryDns, NetConfig, Rdap, RdapConfig,
};
use greencheck_queue::{Queue, QueueConfig};
use greencheck_rpc::{
    ForwarderConfig, ForwarderSecrets, directory_routes, history_routes, lookup_routes, mount_internal,
    partners_routes, registry_routes,
};
use greencheck_runtime::{HttpConfig, HttpMetrics, Lifecycle, Need, PortSearch, Process, bind, serve};
use greencheck_store::{Store, StoreConfig};
use lookup_service::{CatalogWatch, LookupService, Metrics, RefreshWorker, World};
use prometheus::Registry;
use serde::{Deserialize, Serialize};

/// Refreshes that the broker gives to the worker before it has settled the first.
const REFRESHES_AT_HAND: u16 = 100;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    asn: AsnConfig,
    carbon_txt: CarbonTxtConfig,
    dns: DnsConfig,
    forwarder: ForwarderConfig,
    http: HttpConfig,
    lookup: LookupConfig,
    net: NetConfig,
    queue: QueueConfig,
    rdap: RdapConfig,
    store: StoreConfig,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let Some(process) = Process::<Config>::start("lookup-service", &CONFIG_SECTIONS)? else {
        return Ok(ExitCode::SUCCESS);
    };
    let Process { config, registry, lifecycle, .. } = &process;
    let clock = Arc::new(SystemClock);
    let catalog_ready = lifecycle.readiness().register("catalog", Need::Essential);
    let (store, queue) = servers(config, registry, lifecycle).await?;
    let metrics = Metrics::register(registry)?;
    let catalog =
        CatalogWatch::load(store.clone(), queue.change_sink(), clock.clone(), metrics.clone()).await?;
    catalog_ready.set_ready();

    let net = greencheck_net::Metrics::register(registry)?;
    let guard = Guard::new(config.net.allow_networks.clone());
    let dns = Arc::new(HickoryDns::new(&config.dns, net.clone())?);
    let web = Arc::new(GuardedWeb::new(&config.carbon_txt, guard.clone(), dns.clone(), net.clone())?);
    let registries =
        registry_routes(Arc::new(Rdap::new(&config.rdap, web.clone(), guard.clone(), net.clone())?));
    let origins = Arc::new(greencheck_net::origins(&config.asn, dns.clone(), guard, &net)?);
    lifecycle.spawn("as-table", origins.clone().watch(lifecycle.stop_token()));

    let world = World {
        verdicts: store.clone(),
        carbon_txt_results: store.clone(),
        dns,
        web,
        origins,
        changes: queue.change_sink(),
        clock,
    };
    let service = LookupService::new(world, catalog.current(), rules(config), config.lookup.clone(), metrics)
        .with_generations(catalog.generations());
    lifecycle.spawn("catalog", catalog.run(queue.change_source(), lifecycle.stop_token()));
    let worker = RefreshWorker::new(service.clone(), queue.refresh_source(REFRESHES_AT_HAND));
    lifecycle.spawn("refresh", worker.run(lifecycle.stop_token()));

    let listener = bind(config.lookup.listen, PortSearch::Exact)?;
    tracing::info!(lookup = %listener.local_addr()?, "listening");
    let (lookup, directory) = (lookup_routes(Arc::new(service.clone())), directory_routes(store.clone()));
    let history = history_routes(store.clone());
    let partners = partners_routes(store);
    let routes = move |app: &mut ServiceConfig| {
        lookup(app);
        directory(app);
        history(app);
        partners(app);
        registries(app);
    };
    let mount = mount_internal(ForwarderSecrets::new(&config.forwarder)?.counted(registry)?, routes);
    let http = HttpMetrics::register(registry)?;
    let serving = serve(listener, &config.http, http, mount, lifecycle.stop_token());
    lifecycle.spawn("http", async move {
        let served = serving.await;
        service.drain().await;
        served
    });
    drop(queue);
    Ok(process.run().await)
}

fn rules(config: &Config) -> Rules {
    Rules {
        addresses: config.lookup.addresses,
        trust: config.carbon_txt.trust,
        carbon_txt: config.carbon_txt.enabled,
        carbon_txt_ttl: config.carbon_txt.ttl,
    }
}

/// The database and the broker, which are watched from now on.
async fn servers(
    config: &Config,
    registry: &Registry,
    lifecycle: &Lifecycle,
) -> anyhow::Result<(Arc<dyn Store>, Queue)> {
    let readiness = lifecycle.readiness();
    let store_ready = readiness.register("store", Need::Essential);
    let broker_ready = readiness.register("broker", Need::Optional);
    let store = greencheck_store::connect(&config.store).await?;
    greencheck_store::register_pool(store.clone(), registry)?;
    let metrics = greencheck_queue::Metrics::register(registry)?;
    let queue = greencheck_queue::connect(&config.queue, &metrics)?;
    lifecycle.watch(store_ready, store.clone(), |store| async move { store.ping().await });
    lifecycle.watch(broker_ready, metrics, |queue| async move { queue.reachable() });
    Ok((store, queue))
}
