//! The public API, as a process of its own.

use std::process::ExitCode;
use std::sync::Arc;

use actix_web::web::{Data, ServiceConfig};
use api_gateway::{
    ApiConfig, BadgeMetrics, Badges, CacheTimes, ChangeListener, ExtendedCheck, Gateway, GatewayShortcut,
    Limits, LimitsConfig, Metrics, PagePorts, Pages, PartnerApi, PartnersConfig, Ports, RefreshForwarder,
    Renewal, Site, SiteConfig, badge_routes, extended_routes, mount, page_routes, partner_routes,
    site_routes, snapshot_routes,
};
use greencheck_cache::{CacheConfig, CachedBadges, Caches, SharedBadges};
use greencheck_core::badge::BadgeConfig;
use greencheck_core::ports::{AnswerCache, Lookup, SharedBuckets, Snapshots};
use greencheck_core::{CONFIG_SECTIONS, CurrentGeneration, LookupConfig, SystemClock};
use greencheck_net::{CountryTable, GeoConfig};
use greencheck_objects::{SnapshotStorage, SnapshotsConfig};
use greencheck_queue::{LogConfig, Outbox, Queue, QueueConfig, SpoolProbe};
use greencheck_rpc::{
    Caller, ForwarderConfig, RemoteBadges, RemoteDirectory, RemoteHistory, RemoteLookup, RemotePartners,
    RemoteRegistry,
};
use greencheck_runtime::{
    HttpConfig, HttpMetrics, Lifecycle, Need, PortSearch, Process, RequestId, bind, serve_public,
    trace_parent,
};
use prometheus::Registry;
use serde::{Deserialize, Serialize};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    api: ApiConfig,
    badge: BadgeConfig,
    cache: CacheConfig,
    cache_ttl: CacheTimes,
    forwarder: ForwarderConfig,
    geo: GeoConfig,
    http: HttpConfig,
    limits: LimitsConfig,
    log: LogConfig,
    lookup: LookupConfig,
    partners: PartnersConfig,
    queue: QueueConfig,
    site: SiteConfig,
    snapshots: SnapshotsConfig,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let Some(process) = Process::<Config>::start("api-gateway", &CONFIG_SECTIONS)? else {
        return Ok(ExitCode::SUCCESS);
    };
    let Process { config, registry, lifecycle, .. } = &process;
    let clock = Arc::new(SystemClock);
    let (queue, checks) = log(config, registry, lifecycle)?;
    let Caches { answers: cache, buckets, badges: shared, .. } =
        caches(config, clock.clone(), registry, lifecycle).await?;
    let checks = Arc::new(checks);
    let limits = limits(config, buckets, &checks, lifecycle);
    let caller = known(Caller::new("lookup.url", &config.lookup.url, &config.forwarder)?);
    let lookup = Arc::new(RemoteLookup::new(caller.clone(), &config.lookup));
    let lookup_ready = lifecycle.readiness().register("lookup", Need::Optional);
    lifecycle.watch(
        lookup_ready,
        lookup.clone(),
        |lookup| async move { lookup.generation().await.map(drop) },
    );
    let generation = keep_fresh(config, &queue, &cache, &lookup, lifecycle);

    let pages = Data::new(pages(config, &caller, generation, limits.clone(), lifecycle)?);
    let history = Arc::new(RemoteHistory::new(caller.clone()));
    let networks = Arc::new(RemoteRegistry::new(caller.clone()));
    let extended = extended_routes(Data::new(ExtendedCheck::new(history, networks)));
    let partners = PartnerApi::new(Arc::new(RemotePartners::new(caller)), clock.clone(), &config.partners);

    let metrics = Metrics::register(registry)?;
    let (refreshes, forwarder) = RefreshForwarder::new(queue.refresh_sink(), metrics.clone());
    lifecycle.spawn("refresh-forwarder", forwarder.run());
    let ports = Ports { lookup, cache, checks, clock };
    let gateway = Gateway::new(ports, config.cache_ttl, config.lookup.clone(), refreshes, metrics)
        .with_api(config.api.clone(), config.log.bulk)
        .with_limits(limits);
    let gateway = Data::new(gateway);
    let site = Site::new(gateway.clone().into_inner(), pages.clone().into_inner(), &config.site)?;
    let site = site_routes(Data::new(site));

    let badges = Data::new(badges(config, gateway.clone().into_inner(), shared, registry, lifecycle)?);
    let shortcut = GatewayShortcut::new(gateway.clone().into_inner(), badges.clone().into_inner());

    let listener = bind(config.http.listen, PortSearch::Exact)?;
    tracing::info!(http = %listener.local_addr()?, "listening");
    let http = HttpMetrics::register(registry)?;
    let snapshots =
        snapshot_routes(Data::from(Arc::new(SnapshotStorage::new(&config.snapshots)?) as Arc<dyn Snapshots>));
    let (badges, pages) = (badge_routes(badges), page_routes(pages));
    let (partners, checks) = (partner_routes(Data::new(partners)), mount(gateway));
    let mount = move |app: &mut ServiceConfig| {
        // Routes are tried in this order: what is asked most comes first.
        checks(app);
        badges(app);
        snapshots(app);
        extended(app);
        pages(app);
        site(app);
        partners(app);
    };
    let serving = serve_public(listener, &config.http, http, (shortcut, mount), lifecycle.stop_token())?;
    lifecycle.spawn("http", serving);
    drop(queue);
    Ok(process.run().await)
}

/// What caches know stays true, and at hand; the generation of the catalog that they follow.
fn keep_fresh(
    config: &Config,
    queue: &Queue,
    cache: &Arc<dyn AnswerCache>,
    lookup: &Arc<RemoteLookup>,
    lifecycle: &Lifecycle,
) -> Arc<CurrentGeneration> {
    let generation = Arc::new(CurrentGeneration::default());
    let listener = ChangeListener::new(cache.clone(), lookup.clone(), queue.change_source());
    let listener = listener.with_generation(generation.clone());
    lifecycle.spawn("change-listener", listener.run(lifecycle.stop_token()));
    let renewal = Renewal::new(cache.clone(), lookup.clone(), config.cache_ttl);
    lifecycle.spawn("renewal", renewal.run(lifecycle.stop_token()));
    generation
}

/// The queue, and where checks go into it.
fn log(config: &Config, registry: &Registry, lifecycle: &Lifecycle) -> anyhow::Result<(Queue, Outbox)> {
    let readiness = lifecycle.readiness();
    let (spool_ready, broker_ready) =
        (readiness.register("spool", Need::Essential), readiness.register("broker", Need::Optional));
    let metrics = greencheck_queue::Metrics::register(registry)?;
    let queue = greencheck_queue::connect(&config.queue, &metrics)?;
    let (checks, outbox) = Outbox::open(&config.log, queue.batch_sink(), &metrics)?;
    lifecycle.spawn("outbox", async move { outbox.run().await.map(drop).map_err(anyhow::Error::from) });
    let spool = SpoolProbe::new(&config.log, &metrics);
    lifecycle.watch(spool_ready, spool, |spool| async move { spool.check().await });
    lifecycle.watch(broker_ready, metrics, |queue| async move { queue.reachable() });
    Ok((queue, checks))
}

async fn caches(
    config: &Config,
    clock: Arc<SystemClock>,
    registry: &Registry,
    lifecycle: &Lifecycle,
) -> anyhow::Result<Caches> {
    let metrics = greencheck_cache::Metrics::register(registry)?;
    let caches = greencheck_cache::connect(&config.cache, clock, &metrics).await?;
    if let Some(server) = caches.server.clone() {
        let cache_ready = lifecycle.readiness().register("cache", Need::Optional);
        lifecycle.watch(cache_ready, server, |server| async move { server.ping().await });
    }
    Ok(caches)
}

fn limits(
    config: &Config,
    buckets: Option<Arc<dyn SharedBuckets>>,
    checks: &Arc<Outbox>,
    lifecycle: &Lifecycle,
) -> Arc<Limits> {
    let limits = Limits::new(config.limits.clone(), config.http.trusted_proxies.clone(), buckets);
    let limits = Arc::new(limits.with_usage(checks.clone(), Arc::new(SystemClock)));
    lifecycle.spawn("limits", limits.clone().share(lifecycle.stop_token()));
    limits
}

/// Badges of what `gateway` finds, drawn by badge-renderer.
fn badges(
    config: &Config,
    gateway: Arc<Gateway>,
    shared: Option<SharedBadges>,
    registry: &Registry,
    lifecycle: &Lifecycle,
) -> anyhow::Result<Badges> {
    let caller = known(Caller::new("badge.url", &config.badge.url, &config.forwarder)?);
    let renderer = Arc::new(RemoteBadges::new(caller));
    let badges_ready = lifecycle.readiness().register("badges", Need::Optional);
    lifecycle.watch(badges_ready, renderer.clone(), |renderer| async move { renderer.reach().await });
    let drawn = CachedBadges::new(renderer, config.badge.cache_bytes, registry)?;
    let drawn = drawn.with_shared(shared);
    let metrics = BadgeMetrics::register(registry)?;
    let (badges, late_checks) = Badges::new(gateway, Arc::new(drawn), config.badge.clone(), metrics);
    lifecycle.spawn("late-checks", late_checks.run(lifecycle.stop_token()));
    Ok(badges)
}

/// The id of the request that is being handled, and its trace, go along to the other services.
fn known(caller: Caller) -> Caller {
    let request_ids = || RequestId::current().map(|id| id.as_str().to_owned());
    caller.with_request_ids(Arc::new(request_ids)).with_trace_parents(Arc::new(trace_parent))
}

/// The directory, as lookup-service has it, and the table of countries.
fn pages(
    config: &Config,
    caller: &Caller,
    generation: Arc<CurrentGeneration>,
    limits: Arc<Limits>,
    lifecycle: &Lifecycle,
) -> anyhow::Result<Pages> {
    let countries = Arc::new(CountryTable::open(&config.geo)?);
    lifecycle.spawn("countries", countries.clone().watch(lifecycle.stop_token()));
    let directory = Arc::new(RemoteDirectory::new(caller.clone()));
    let ports = PagePorts { directory, countries, clock: Arc::new(SystemClock) };
    Ok(Pages::new(ports, generation, config.http.trusted_proxies.clone()).with_limits(limits))
}
