//! Badges drawn in this process.

use std::sync::Arc;

use actix_web::web::Data;
use api_gateway::{BadgeMetrics, Badges, Gateway};
use badge_renderer::{Fonts, RenderPool, Renderer};
use greencheck_cache::{CachedBadges, SharedBadges};
use greencheck_runtime::Lifecycle;
use prometheus::Registry;

use crate::settings::Settings;

/// Badges of what `gateway` finds, and what carries their late checks on.
pub(crate) fn answer(
    settings: &Settings,
    gateway: &Data<Gateway>,
    shared: Option<SharedBadges>,
    registry: &Registry,
    lifecycle: &Lifecycle,
    with_demo: bool,
) -> anyhow::Result<Data<Badges>> {
    let config = settings.badge.clone();
    let renderer = Renderer::new(Fonts::of(&config)?);
    let pool = RenderPool::new(renderer, &config, badge_renderer::Metrics::register(registry)?);
    let drawn = CachedBadges::new(Arc::new(pool), config.cache_bytes, registry)?.with_shared(shared);
    let metrics = BadgeMetrics::register(registry)?;
    let (badges, late_checks) = Badges::new(gateway.clone().into_inner(), Arc::new(drawn), config, metrics);
    lifecycle.spawn("late-checks", late_checks.run(lifecycle.stop_token()));
    Ok(Data::new(badges.with_demo(with_demo)))
}
