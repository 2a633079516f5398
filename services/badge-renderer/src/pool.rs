use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use greencheck_core::badge::{Badge, BadgeConfig, Image};
use greencheck_core::ports::{BadgeError, BadgeRenderer};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::{Metrics, Renderer};

/// Draws on threads that may block, so many badges at once and no more; those that wait are bounded too.
pub struct RenderPool {
    renderer: Arc<Renderer>,
    /// Room for those that are drawn and those that wait.
    places: Arc<Semaphore>,
    threads: Arc<Semaphore>,
    runtime: Handle,
    metrics: Metrics,
}

impl RenderPool {
    /// Must be called within the tokio runtime whose threads are to draw.
    pub fn new(renderer: Renderer, config: &BadgeConfig, metrics: Metrics) -> Self {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if config.threads == 0 { cores() } else { config.threads };
        let places = threads.saturating_add(config.max_waiting).min(Semaphore::MAX_PERMITS);
        Self {
            renderer: Arc::new(renderer),
            places: Arc::new(Semaphore::new(places)),
            threads: Arc::new(Semaphore::new(threads.min(places))),
            runtime: Handle::current(),
            metrics,
        }
    }
}

#[async_trait]
impl BadgeRenderer for RenderPool {
    async fn render(&self, badge: &Badge) -> Result<Image, BadgeError> {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            self.metrics.turned_away.inc();
            return Err(BadgeError::Overloaded);
        };
        let thread = Arc::clone(&self.threads).acquire_owned().await;
        let thread = thread.map_err(|closed| BadgeError::Unavailable(closed.into()))?;
        let (renderer, badge, metrics) = (Arc::clone(&self.renderer), badge.clone(), self.metrics.clone());
        let drawing = self.runtime.spawn_blocking(move || {
            let started = Instant::now();
            let drawn = renderer.draw(&badge);
            metrics.drawn(&badge, drawn.is_ok(), started.elapsed());
            // Held until here even if the caller has gone: the thread is busy all the same.
            drop((place, thread));
            drawn
        });
        let drawn = drawing.await.map_err(|error| BadgeError::Unavailable(error.into()))?;
        drawn.map_err(|error| BadgeError::Unavailable(error.into()))
    }
}
