//! Which adapters this process has.

use std::sync::Arc;
use std::time::Duration;

use greencheck_core::ports::{ChangeSink, Lookup, NetworkRegistry};
use greencheck_core::{Rules, SystemClock};
use greencheck_net::{CarbonTxtConfig, Guard, GuardedWeb, HickoryDns, LocalOrigins, Rdap};
use greencheck_queue::Queue;
use greencheck_store::Store;
use lookup_service::{CatalogWatch, LookupService, World};
use prometheus::Registry;

use crate::settings::Settings;

/// Opens the database that `store.url` names.
pub(crate) async fn open_store(settings: &Settings) -> anyhow::Result<Arc<dyn Store>> {
    Ok(greencheck_store::connect(&settings.store).await?)
}

/// What decides on names, and what keeps it up to date.
pub(crate) struct Deciding {
    pub(crate) service: LookupService,
    pub(crate) catalog: CatalogWatch,
    pub(crate) origins: Arc<LocalOrigins>,
    pub(crate) registry: Arc<dyn NetworkRegistry>,
}

/// Loads the catalog and sets the network up.
pub(crate) async fn decide(
    settings: &Settings,
    store: Arc<dyn Store>,
    changes: Arc<dyn ChangeSink>,
    registry: &Registry,
) -> anyhow::Result<Deciding> {
    let clock = Arc::new(SystemClock);
    let metrics = lookup_service::Metrics::register(registry)?;
    let catalog = CatalogWatch::load(store.clone(), changes.clone(), clock.clone(), metrics.clone()).await?;
    let net = greencheck_net::Metrics::register(registry)?;
    let guard = Guard::new(settings.net.allow_networks.clone());
    let dns = Arc::new(HickoryDns::new(&settings.dns, net.clone())?);
    let web = Arc::new(GuardedWeb::new(&settings.carbon_txt, guard.clone(), dns.clone(), net.clone())?);
    let asked = Rdap::new(&settings.rdap, web.clone(), guard.clone(), net.clone())?;
    let origins = Arc::new(greencheck_net::origins(&settings.asn, dns.clone(), guard, &net)?);
    let world = World {
        verdicts: store.clone(),
        carbon_txt_results: store,
        dns,
        web,
        origins: origins.clone(),
        changes,
        clock,
    };
    let rules = Rules {
        addresses: settings.lookup.addresses,
        trust: settings.carbon_txt.trust,
        carbon_txt: settings.carbon_txt.enabled,
        carbon_txt_ttl: settings.carbon_txt.ttl,
    };
    let service = LookupService::new(world, catalog.current(), rules, settings.lookup.clone(), metrics)
        .with_generations(catalog.generations());
    Ok(Deciding { service, catalog, origins, registry: Arc::new(asked) })
}

/// How long a connection to a server of lists may take: nobody waits for an answer meanwhile.
const PATIENCE: Duration = Duration::from_secs(10);

/// HTTPS to the world, for one command.
pub(crate) fn open_web(settings: &Settings) -> anyhow::Result<GuardedWeb> {
    let metrics = greencheck_net::Metrics::register(&Registry::new())?;
    let dns = Arc::new(HickoryDns::new(&settings.dns, metrics.clone())?);
    let config = CarbonTxtConfig { timeout: PATIENCE, ..settings.carbon_txt.clone() };
    Ok(GuardedWeb::new(&config, Guard::new(settings.net.allow_networks.clone()), dns, metrics)?)
}

/// A look-up in this process, for one command.
pub(crate) async fn open_lookup(
    settings: &Settings,
    store: Arc<dyn Store>,
) -> anyhow::Result<Arc<dyn Lookup>> {
    let registry = Registry::new();
    let (queue, _) = connect_queue(settings, &registry)?;
    let deciding = decide(settings, store, queue.change_sink(), &registry).await?;
    Ok(Arc::new(deciding.service))
}

/// The queue that `queue.url` names, and what counts for it and the outbox.
pub(crate) fn connect_queue(
    settings: &Settings,
    registry: &Registry,
) -> anyhow::Result<(Queue, greencheck_queue::Metrics)> {
    let metrics = greencheck_queue::Metrics::register(registry)?;
    Ok((greencheck_queue::connect(&settings.queue, &metrics)?, metrics))
}
