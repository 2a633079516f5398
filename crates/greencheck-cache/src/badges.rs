use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use greencheck_core::badge::{Badge, Image};
use greencheck_core::ports::{BadgeError, BadgeRenderer};
use prometheus::Registry;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::SharedBadges;
use crate::metrics::{LevelMetrics, counter};

/// Badges kept in this process by what they say, in front of those that all processes share and of whatever draws them. What a badge says never changes, so
/// that nothing here grows old: it only makes room.
pub struct CachedBadges {
    drawn: Cache<Badge, Image, ImageWeight>,
    /// What other processes have drawn.
    shared: Option<SharedBadges>,
    renderer: Arc<dyn BadgeRenderer>,
    metrics: LevelMetrics,
}

#[derive(Clone)]
struct ImageWeight;

/// About what a small badge takes: how many are expected.
const USUAL_BYTES: u64 = 4 << 10;

impl CachedBadges {
    /// Keeps badges of at most `max_bytes` together. Its counters are entered in `registry`, which takes them once.
    pub fn new(
        renderer: Arc<dyn BadgeRenderer>,
        max_bytes: u64,
        registry: &Registry,
    ) -> prometheus::Result<Self> {
        let hits = counter(registry, "greencheck_badge_cache_hits_total", "Badges that were drawn before.")?;
        let misses = counter(registry, "greencheck_badge_cache_misses_total", "Badges that were not.")?;
        let expected = usize::try_from(max_bytes / USUAL_BYTES).unwrap_or(usize::MAX);
        let drawn = Cache::with_weighter(expected, max_bytes, ImageWeight);
        Ok(Self { drawn, shared: None, renderer, metrics: LevelMetrics { hits, misses } })
    }

    /// With those that are kept for all processes.
    #[must_use]
    pub fn with_shared(self, shared: Option<SharedBadges>) -> Self {
        Self { shared, ..self }
    }

    async fn shared_or_drawn(&self, badge: &Badge) -> Result<Image, BadgeError> {
        let Some(shared) = &self.shared else { return self.renderer.render(badge).await };
        if let Some(image) = shared.fetch(badge).await {
            return Ok(image);
        }
        let image = self.renderer.render(badge).await?;
        shared.keep(badge, &image);
        Ok(image)
    }
}

#[async_trait]
impl BadgeRenderer for CachedBadges {
    async fn render(&self, badge: &Badge) -> Result<Image, BadgeError> {
        if let Some(image) = self.peek(badge) {
            return Ok(image);
        }
        self.metrics.misses.inc();
        // Whoever asks for the same badge meanwhile waits for this one.
        self.drawn.get_or_insert_async(badge, async { Ok(exact(self.shared_or_drawn(badge).await?)) }).await
    }

    fn peek(&self, badge: &Badge) -> Option<Image> {
        let image = self.drawn.get(badge)?;
        self.metrics.hits.inc();
        Some(image)
    }
}

/// The picture in memory of its own size: what came over a connection is a part of a larger buffer, and would keep all of it.
fn exact(mut image: Image) -> Image {
    image.bytes = Bytes::copy_from_slice(&image.bytes);
    image
}

impl Weighter<Badge, Image> for ImageWeight {
    fn weight(&self, badge: &Badge, image: &Image) -> u64 {
        let texts = badge.claim.host().map_or(0, |host| host.as_str().len())
            + badge.claim.provider().map_or(0, str::len);
        (size_of::<(Badge, Image)>() + texts + image.bytes.len()) as u64
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use greencheck_core::Host;
    use greencheck_core::badge::{Claim, ImageFormat, Scale, Style, Theme};

    use super::*;

    /// Draws a picture of 1,000 bytes for each name, and none for one.
    #[derive(Default)]
    struct Counting(AtomicUsize);

    #[async_trait]
    impl BadgeRenderer for Counting {
        async fn render(&self, badge: &Badge) -> Result<Image, BadgeError> {
            self.0.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            match badge.claim.host() {
                Some(host) if host.as_str() == "away.example.com" => Err(BadgeError::Overloaded),
                host => {
                    let mut bytes = host.map(Host::as_str).unwrap_or_default().as_bytes().to_vec();
                    bytes.resize(1000, 0);
                    Ok(Image::new(badge.format, bytes.into()))
                }
            }
        }
    }

    fn cached(max_bytes: u64) -> (CachedBadges, Arc<Counting>) {
        let drawing = Arc::new(Counting::default());
        (CachedBadges::new(drawing.clone(), max_bytes, &Registry::new()).unwrap(), drawing)
    }

    fn badge(name: &str) -> Badge {
        let claim = Claim::Grey { host: Host::parse(name).unwrap() };
        Badge {
            claim,
            style: Style::Standard,
            theme: Theme::Light,
            scale: Scale::One,
            format: ImageFormat::Png,
        }
    }

    #[tokio::test]
    async fn a_badge_is_drawn_once_for_all_who_ask() {
        let (cached, drawing) = cached(1 << 20);
        let badge = badge("example.com");
        let images = futures_util::future::join_all((0..100).map(|_| cached.render(&badge))).await;
        assert!(images.iter().all(|image| image.as_ref().unwrap() == images[0].as_ref().unwrap()));
        assert_eq!(drawing.0.load(Ordering::SeqCst), 1);
        cached.render(&badge).await.unwrap();
        assert_eq!(drawing.0.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn different_badges_are_different() {
        let (cached, drawing) = cached(1 << 20);
        let light = badge("example.com");
        let dark = Badge { theme: Theme::Dark, ..light.clone() };
        cached.render(&light).await.unwrap();
        cached.render(&dark).await.unwrap();
        cached.render(&badge("www.example.com")).await.unwrap();
        assert_eq!(drawing.0.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn what_failed_is_tried_again() {
        let (cached, drawing) = cached(1 << 20);
        for _ in 0..2 {
            assert!(cached.render(&badge("away.example.com")).await.is_err());
        }
        assert_eq!(drawing.0.load(Ordering::SeqCst), 2);
    }

    /// Hands out a part of its buffer, as a connection does.
    struct Part(Bytes);

    #[async_trait]
    impl BadgeRenderer for Part {
        async fn render(&self, badge: &Badge) -> Result<Image, BadgeError> {
            Ok(Image::new(badge.format, self.0.slice(..1000)))
        }
    }

    #[tokio::test]
    async fn a_badge_keeps_nothing_but_itself() {
        let drawing = Arc::new(Part(vec![7; 9000].into()));
        let cached = CachedBadges::new(drawing.clone(), 1 << 20, &Registry::new()).unwrap();
        let image = cached.render(&badge("example.com")).await.unwrap();
        assert_eq!(image.bytes, [7; 1000].as_slice());
        assert!(drawing.0.is_unique(), "the buffer is held by the cache");
    }

    #[tokio::test]
    async fn the_bytes_kept_are_bounded() {
        let (cached, _) = cached(100_000);
        for number in 0..1000 {
            cached.render(&badge(&format!("name-{number}.example.com"))).await.unwrap();
        }
        assert!(cached.drawn.weight() <= 100_000 && cached.drawn.len() > 20, "{}", cached.drawn.weight());
    }
}
