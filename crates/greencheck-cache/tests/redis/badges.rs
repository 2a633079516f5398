//! Badges that processes draw for each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use greencheck_cache::{CachedBadges, Metrics, TieredCache};
use greencheck_core::badge::{Badge, Claim, Image, ImageFormat, Scale, Style, Theme};
use greencheck_core::ports::{BadgeError, BadgeRenderer};
use greencheck_core::{Host, SystemClock};
use prometheus::Registry;

use crate::support::TestRedis;

/// Draws a badge as what it says.
#[derive(Default)]
struct Drawing(AtomicUsize);

#[async_trait]
impl BadgeRenderer for Drawing {
    async fn render(&self, badge: &Badge) -> Result<Image, BadgeError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Image::new(badge.format, badge.claim.alternative().into_bytes().into()))
    }
}

fn replica(redis: &TestRedis) -> (CachedBadges, Arc<Drawing>) {
    let metrics = Metrics::register(&Registry::new()).expect("a new registry is empty");
    let cache = TieredCache::new(&redis.config(), Arc::new(SystemClock), &metrics).expect("the URL is right");
    let drawing = Arc::new(Drawing::default());
    let badges = CachedBadges::new(drawing.clone(), 1 << 20, &Registry::new()).expect("a new registry");
    (badges.with_shared(Some(cache.badges())), drawing)
}

fn badge(name: &str, theme: Theme) -> Badge {
    let claim = Claim::Grey { host: Host::parse(name).expect("a host name") };
    Badge { claim, style: Style::Standard, theme, scale: Scale::One, format: ImageFormat::Svg }
}

#[tokio::test]
async fn what_one_process_has_drawn_the_other_need_not_draw() {
    let redis = TestRedis::shared();
    let ((one, drawing), (other, idle)) = (replica(&redis), replica(&redis));
    let badge = badge("example.com", Theme::Light);
    let drawn = one.render(&badge).await.expect("a badge");
    let pattern = format!("{}:v1:badge:*", redis.prefix);
    let mut keys: Vec<String> = Vec::new();
    greencheck_testkit::contract::cache::until("the badge is kept", async || {
        keys = redis.ask(&["KEYS", &pattern]).await;
        !keys.is_empty()
    })
    .await;
    assert_eq!(other.render(&badge).await.expect("a badge"), drawn);
    assert_eq!((drawing.0.load(Ordering::SeqCst), idle.0.load(Ordering::SeqCst)), (1, 0));
    let left: i64 = redis.ask(&["TTL", &keys[0]]).await;
    assert!((77_000..=86_400).contains(&left), "it is not kept for ever: {left} s");
}

#[tokio::test]
async fn badges_that_say_or_look_different_are_different() {
    let redis = TestRedis::shared();
    let (badges, drawing) = replica(&redis);
    for (name, theme) in
        [("a.example.com", Theme::Light), ("a.example.com", Theme::Dark), ("b.example.com", Theme::Light)]
    {
        badges.render(&badge(name, theme)).await.expect("a badge");
    }
    assert_eq!(drawing.0.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn badges_are_drawn_while_redis_is_away() {
    let redis = TestRedis { url: "redis://127.0.0.1:1/".to_owned(), ..TestRedis::shared() };
    let (badges, drawing) = replica(&redis);
    for _ in 0..2 {
        let image = badges.render(&badge("example.com", Theme::Light)).await.expect("a badge");
        assert!(image.bytes.starts_with(b"example.com: No evidence"));
    }
    assert_eq!(drawing.0.load(Ordering::SeqCst), 1, "this process keeps its own");
}
