//! Draws badges, as a process of its own. It keeps no state: any number of them can run.

use std::process::ExitCode;
use std::sync::Arc;

use badge_renderer::{Fonts, Metrics, RenderPool, Renderer};
use greencheck_cache::CachedBadges;
use greencheck_core::CONFIG_SECTIONS;
use greencheck_core::badge::BadgeConfig;
use greencheck_rpc::{ForwarderConfig, ForwarderSecrets, badge_routes, mount_internal};
use greencheck_runtime::{HttpConfig, HttpMetrics, Need, PortSearch, Process, bind, serve};
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    badge: BadgeConfig,
    forwarder: ForwarderConfig,
    http: HttpConfig,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let Some(process) = Process::<Config>::start("badge-renderer", &CONFIG_SECTIONS)? else {
        return Ok(ExitCode::SUCCESS);
    };
    let Process { config, registry, lifecycle, .. } = &process;
    let fonts_ready = process.readiness().register("fonts", Need::Essential);
    let renderer = Renderer::new(Fonts::of(&config.badge)?);
    fonts_ready.set_ready();
    let pool = RenderPool::new(renderer, &config.badge, Metrics::register(registry)?);
    let badges = CachedBadges::new(Arc::new(pool), config.badge.cache_bytes, registry)?;

    let listener = bind(config.badge.listen, PortSearch::Exact)?;
    tracing::info!(badges = %listener.local_addr()?, "listening");
    let mount = mount_internal(
        ForwarderSecrets::new(&config.forwarder)?.counted(registry)?,
        badge_routes(Arc::new(badges)),
    );
    let http = HttpMetrics::register(registry)?;
    lifecycle.spawn("http", serve(listener, &config.http, http, mount, lifecycle.stop_token()));
    Ok(process.run().await)
}
