//! Badges drawn beside the async runtime.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use badge_renderer::{Fonts, Metrics, RenderPool, Renderer};
use futures_util::future::join_all;
use greencheck_core::Host;
use greencheck_core::badge::{Badge, BadgeConfig, Claim, ImageFormat, Scale, Style, Theme};
use greencheck_core::ports::{BadgeError, BadgeRenderer};
use prometheus::Registry;

fn badge(name: &str) -> Badge {
    let claim = Claim::Grey { host: Host::parse(name).unwrap() };
    Badge { claim, style: Style::Standard, theme: Theme::Light, scale: Scale::One, format: ImageFormat::Png }
}

fn pool(threads: usize, max_waiting: usize) -> RenderPool {
    let config = BadgeConfig { threads, max_waiting, ..BadgeConfig::default() };
    let metrics = Metrics::register(&Registry::new()).unwrap();
    RenderPool::new(Renderer::new(Fonts::embedded()), &config, metrics)
}

#[tokio::test]
async fn the_pool_draws_what_the_renderer_draws() {
    let badge = badge("example.com");
    let image = pool(0, 0).render(&badge).await.unwrap();
    assert_eq!(image, Renderer::new(Fonts::embedded()).draw(&badge).unwrap());
}

#[tokio::test]
async fn more_than_may_wait_are_turned_away_and_the_others_are_drawn() {
    let pool = Arc::new(pool(1, 2));
    let asked = (0..10).map(|number| {
        let (pool, badge) = (Arc::clone(&pool), badge(&format!("name-{number}.example.com")));
        async move { pool.render(&badge).await }
    });
    let answers = join_all(asked).await;
    let drawn = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(drawn, 3);
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(BadgeError::Overloaded))));
    assert!(pool.render(&badge("example.com")).await.is_ok(), "there is room again");
}

#[tokio::test]
async fn a_caller_who_goes_away_leaves_no_thread_taken() {
    let pool = pool(1, 0);
    for number in 0..20 {
        let badge = badge(&format!("name-{number}.example.com"));
        let mut asked = Box::pin(pool.render(&badge));
        let _ = futures_util::future::poll_immediate(&mut asked).await;
    }
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while pool.render(&badge("example.com")).await.is_err() {
        assert!(std::time::Instant::now() < deadline, "the thread is never free again");
        tokio::task::yield_now().await;
    }
}
