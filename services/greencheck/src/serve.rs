//! `greencheck serve`: all services in one process.

use std::process::ExitCode;
use std::sync::Arc;

use actix_web::web::{Data, ServiceConfig};
use api_gateway::{
    ChangeListener, ExtendedCheck, Gateway, GatewayShortcut, Limits, PagePorts, Pages, PartnerApi, Ports,
    RefreshForwarder, Renewal, Site, badge_routes, extended_routes, mount, page_routes, partner_routes,
    site_routes, snapshot_routes,
};
use greencheck_cache::{Caches, SharedBadges};
use greencheck_core::ports::Snapshots;
use greencheck_core::{CurrentGeneration, SystemClock};
use greencheck_net::CountryTable;
use greencheck_objects::SnapshotStorage;
use greencheck_queue::{Outbox, OutboxTask, Queue, SpoolProbe};
use greencheck_runtime::{HttpMetrics, Lifecycle, Need, PortSearch, Process, bind, serve_public};
use greencheck_store::Store;
use log_writer::{LogWriter, Retention, Upkeep, WriterConfig};
use lookup_service::RefreshWorker;
use prometheus::Registry;
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;
use crate::settings::Settings;
use crate::wiring::{self, Deciding};
use crate::{badges, database, demo, jobs, output};

/// Ports tried after a taken one, in the demo.
const FURTHER_PORTS: u16 = 100;
/// Refreshes that the queue gives to the worker before it has settled the first.
const REFRESHES_AT_HAND: u16 = 100;

pub(crate) async fn run(settings: Settings, with_demo: bool) -> Result<ExitCode, Failure> {
    let search = if with_demo { PortSearch::NextFree(FURTHER_PORTS) } else { PortSearch::Exact };
    let runtime = settings.runtime();
    let process = Process::assemble("greencheck", settings, &runtime, search)?;
    let Process { config: settings, registry, lifecycle, .. } = &process;
    let store = database::open(settings).await?;
    greencheck_store::register_pool(store.clone(), registry).map_err(anyhow::Error::from)?;
    if with_demo {
        demo::import_first(&*store).await?;
    }
    let listener = bind(settings.http.listen, search).map_err(anyhow::Error::from)?;
    let address = listener.local_addr()?;
    let (queue, queue_metrics) = wiring::connect_queue(settings, registry)?;
    let deciding = wiring::decide(settings, store.clone(), queue.change_sink(), registry).await?;
    let (checks, outbox) =
        Outbox::open(&settings.log, queue.batch_sink(), &queue_metrics).map_err(anyhow::Error::from)?;
    write_log(settings, &store, &queue, registry, lifecycle, outbox)?;
    watch(settings, &store, queue_metrics, lifecycle);
    if settings.jobs.enabled {
        jobs::start(settings, store.clone(), registry, lifecycle)?;
    }
    let service = deciding.service.clone();
    let generation = Arc::new(CurrentGeneration::default());
    let (gateway, limits, shared) =
        gateway(settings, &deciding, checks, &queue, registry, lifecycle, generation.clone()).await?;
    let pages =
        Data::new(pages(settings, store.clone(), generation, limits, lifecycle)?.with_demo(with_demo));
    let site = site_routes(Data::new(site(settings, &gateway, &pages, with_demo)?));
    let pages = page_routes(pages);
    let badges = badges::answer(settings, &gateway, shared, registry, lifecycle, with_demo)?;
    let shortcut = GatewayShortcut::new(gateway.clone().into_inner(), badges.clone().into_inner());
    let badges = badge_routes(badges);
    let gateway = mount(gateway);
    let snapshots = snapshot_routes(snapshots(settings)?);
    let networks = deciding.registry.clone();
    follow(deciding, &queue, lifecycle);
    // The in-process queue ends when nobody can put anything into it any more.
    drop(queue);
    let metrics = HttpMetrics::register(registry).map_err(anyhow::Error::from)?;
    let extended = extended_routes(Data::new(ExtendedCheck::new(store.clone(), networks)));
    let partners = PartnerApi::new(store, Arc::new(SystemClock), &settings.partners);
    let partners = partner_routes(Data::new(partners));
    let mount = move |app: &mut ServiceConfig| {
        // Routes are tried in this order: what is asked most comes first.
        gateway(app);
        badges(app);
        snapshots(app);
        extended(app);
        pages(app);
        site(app);
        partners(app);
    };
    let serving = serve_public(listener, &settings.http, metrics, (shortcut, mount), lifecycle.stop_token())
        .map_err(Failure::input)?;
    lifecycle.spawn("http", async move {
        let served = serving.await;
        service.drain().await;
        served
    });
    greet(address, !settings.http.tls.is_empty(), with_demo)?;
    Ok(process.run().await)
}

/// Shows by `/readyz` what does not work.
fn watch(
    settings: &Settings,
    store: &Arc<dyn Store>,
    queue_metrics: greencheck_queue::Metrics,
    lifecycle: &Lifecycle,
) {
    let register = |component| lifecycle.readiness().register(component, Need::Essential);
    // Read already, or this process would have ended.
    register("catalog").set_ready();
    lifecycle.watch(register("store"), store.clone(), |store| async move { store.ping().await });
    let spool = SpoolProbe::new(&settings.log, &queue_metrics);
    lifecycle.watch(register("spool"), spool, |spool| async move { spool.check().await });
    let broker_ready = lifecycle.readiness().register("broker", Need::Optional);
    lifecycle.watch(broker_ready, queue_metrics, |queue| async move { queue.reachable() });
}

/// The gateway, what forwards its refreshes and what keeps its cache honest; what its callers may ask; and badges that other
/// processes have drawn.
async fn gateway(
    settings: &Settings,
    deciding: &Deciding,
    checks: Outbox,
    queue: &Queue,
    registry: &Registry,
    lifecycle: &Lifecycle,
    generation: Arc<CurrentGeneration>,
) -> anyhow::Result<(Data<Gateway>, Arc<Limits>, Option<SharedBadges>)> {
    let clock = Arc::new(SystemClock);
    let cache_metrics = greencheck_cache::Metrics::register(registry)?;
    let Caches { answers: cache, buckets, badges, server } =
        greencheck_cache::connect(&settings.cache, clock.clone(), &cache_metrics).await?;
    if let Some(server) = server {
        let cache_ready = lifecycle.readiness().register("cache", Need::Optional);
        lifecycle.watch(cache_ready, server, |server| async move { server.ping().await });
    }
    let checks = Arc::new(checks);
    let limits = Limits::new(settings.limits.clone(), settings.http.trusted_proxies.clone(), buckets);
    let limits = Arc::new(limits.with_usage(checks.clone(), clock.clone()));
    lifecycle.spawn("limits", limits.clone().share(lifecycle.stop_token()));
    let metrics = api_gateway::Metrics::register(registry)?;
    let (refreshes, forwarder) = RefreshForwarder::new(queue.refresh_sink(), metrics.clone());
    lifecycle.spawn("refresh-forwarder", forwarder.run());
    let lookup = Arc::new(deciding.service.clone());
    let listener =
        ChangeListener::new(cache.clone(), lookup.clone(), queue.change_source()).with_generation(generation);
    lifecycle.spawn("change-listener", listener.run(lifecycle.stop_token()));
    let renewal = Renewal::new(cache.clone(), lookup.clone(), settings.cache_ttl);
    lifecycle.spawn("renewal", renewal.run(lifecycle.stop_token()));
    let ports = Ports { lookup, cache, checks, clock };
    let gateway = Gateway::new(ports, settings.cache_ttl, settings.lookup.clone(), refreshes, metrics);
    let gateway = gateway.with_api(settings.api.clone(), settings.log.bulk).with_limits(limits.clone());
    Ok((Data::new(gateway), limits, badges))
}

/// The directory and the table of countries.
fn pages(
    settings: &Settings,
    store: Arc<dyn Store>,
    generation: Arc<CurrentGeneration>,
    limits: Arc<Limits>,
    lifecycle: &Lifecycle,
) -> anyhow::Result<Pages> {
    let countries = Arc::new(CountryTable::open(&settings.geo)?);
    lifecycle.spawn("countries", countries.clone().watch(lifecycle.stop_token()));
    let ports = PagePorts { directory: store, countries, clock: Arc::new(SystemClock) };
    let pages = Pages::new(ports, generation, settings.http.trusted_proxies.clone());
    Ok(pages.with_limits(limits))
}

/// The pages for people.
fn site(
    settings: &Settings,
    gateway: &Data<Gateway>,
    pages: &Data<Pages>,
    with_demo: bool,
) -> Result<Site, Failure> {
    let (gateway, pages) = (gateway.clone().into_inner(), pages.clone().into_inner());
    let site = Site::new(gateway, pages, &settings.site).map_err(Failure::input)?;
    Ok(if with_demo { site.with_demo(&demo::EXAMPLES, demo::REAL_DATA) } else { site })
}

/// Where snapshots are published.
fn snapshots(settings: &Settings) -> Result<Data<dyn Snapshots>, Failure> {
    let snapshots: Arc<dyn Snapshots> =
        Arc::new(SnapshotStorage::new(&settings.snapshots).map_err(Failure::input)?);
    Ok(Data::from(snapshots))
}

/// Follows the catalog and the AS table, and repeats look-ups that have grown old.
fn follow(deciding: Deciding, queue: &Queue, lifecycle: &Lifecycle) {
    let Deciding { service, catalog, origins, .. } = deciding;
    lifecycle.spawn("catalog", catalog.run(queue.change_source(), lifecycle.stop_token()));
    lifecycle.spawn("as-table", origins.watch(lifecycle.stop_token()));
    let worker = RefreshWorker::new(service, queue.refresh_source(REFRESHES_AT_HAND));
    lifecycle.spawn("refresh", worker.run(lifecycle.stop_token()));
}

/// The outbox publishes until the last gateway is gone; the writers stop after it.
fn write_log(
    settings: &Settings,
    store: &Arc<dyn Store>,
    queue: &Queue,
    registry: &Registry,
    lifecycle: &Lifecycle,
    outbox: OutboxTask,
) -> anyhow::Result<()> {
    let clock = Arc::new(SystemClock);
    let metrics = log_writer::Metrics::register(registry)?;
    let published = CancellationToken::new();
    let config = WriterConfig {
        rows_per_append: settings.log.rows_per_append,
        max_rows_per_second: settings.log.max_rows_per_second,
        prefetch: settings.log.prefetch,
    };
    for _ in 0..settings.log.consumers.max(1) {
        let source = queue.batch_source(settings.log.prefetch);
        let writer = LogWriter::new(source, store.clone(), clock.clone(), config, metrics.clone());
        lifecycle.spawn("log-writer", writer.run(published.clone()));
    }
    lifecycle.spawn("outbox", async move {
        let drained = outbox.run().await;
        published.cancel();
        tracing::info!(?drained, "the outbox is closed");
        drained.map(drop).map_err(anyhow::Error::from)
    });
    if settings.jobs.enabled {
        return Ok(());
    }
    let retention = Retention {
        check_days: settings.log.retention_days,
        verdicts: settings.log.verdict_retention,
        carbon_txt_results: settings.carbon_txt.ttl,
    };
    let upkeep = Upkeep::new(store.clone(), store.clone(), clock, retention, metrics);
    lifecycle.spawn("upkeep", upkeep.run(lifecycle.stop_token()));
    Ok(())
}

fn greet(address: std::net::SocketAddr, by_tls: bool, with_demo: bool) -> std::io::Result<()> {
    let scheme = if by_tls { "https" } else { "http" };
    let name = if with_demo { "www.example.com" } else { "www.wikipedia.org" };
    let (option, more) = if with_demo {
        (
            " --demo",
            format!(
                "Real data:  {}\n            (this server sees it within two seconds)\n",
                demo::REAL_DATA
            ),
        )
    } else {
        ("", "Your data:  greencheck import catalog --help\n".to_owned())
    };
    output::print(&format!(
        "greencheck answers on {scheme}://{address}\n\n\
         Try it:     curl {scheme}://{address}/greencheck/{name}\n\
         See why:    greencheck check{option} {name}\n{more}"
    ))
}
