//! Badges asked for over HTTP.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "support/server.rs"]
mod server;

use std::net::TcpListener;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use greencheck_core::Host;
use greencheck_core::badge::{Badge, Claim, Image, ImageFormat, Scale, Style, Theme};
use greencheck_core::ports::{BadgeError, BadgeRenderer};
use greencheck_rpc::{Caller, ForwarderConfig, RemoteBadges, badge_routes};
use server::{SECRET, Server};

/// "Draws" what it was asked for.
struct Echo;

#[async_trait]
impl BadgeRenderer for Echo {
    async fn render(&self, badge: &Badge) -> Result<Image, BadgeError> {
        match badge.claim.host().map(Host::as_str) {
            Some("busy.example.com") => Err(BadgeError::Overloaded),
            Some("away.example.com") => Err(BadgeError::Unavailable("a secret detail".into())),
            _ => Ok(Image::new(badge.format, Bytes::from(serde_json::to_vec(badge).unwrap()))),
        }
    }
}

fn start() -> Server {
    Server::start(badge_routes(Arc::new(Echo)))
}

fn badges(server: &Server, secret: &str) -> RemoteBadges {
    RemoteBadges::new(server.caller(secret))
}

fn badge(name: &str, provider: Option<String>) -> Badge {
    let claim = Claim::Green { host: Host::parse(name).unwrap(), provider: provider.map(Into::into) };
    Badge { claim, style: Style::Flat, theme: Theme::Dark, scale: Scale::Three, format: ImageFormat::WebP }
}

#[tokio::test]
async fn the_other_side_draws_what_was_asked_for() {
    let server = start();
    for provider in [None, Some("Grüner \"Strom\" <&>".to_owned()), Some("\u{1F331}".repeat(300))] {
        let badge = badge("example.com", provider);
        let image = badges(&server, SECRET).render(&badge).await.unwrap();
        assert_eq!(serde_json::from_slice::<Badge>(&image.bytes).unwrap(), badge);
        assert_eq!(image, Echo.render(&badge).await.unwrap());
    }
}

#[tokio::test]
async fn whether_it_is_there_is_told_without_drawing() {
    let server = start();
    badges(&server, SECRET).reach().await.unwrap();
    let stranger = badges(&server, "a-secret-of-somebody-else").reach().await.unwrap_err();
    assert!(stranger.to_string().starts_with("refused with status 403"), "{stranger}");
    let gone = badges(&server, SECRET);
    drop(server);
    while gone.reach().await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn errors_arrive_as_what_they_are_and_without_details() {
    let server = start();
    let busy = badges(&server, SECRET).render(&badge("busy.example.com", None)).await.unwrap_err();
    assert!(matches!(busy, BadgeError::Overloaded));
    let away = badges(&server, SECRET).render(&badge("away.example.com", None)).await.unwrap_err();
    let BadgeError::Unavailable(cause) = away else { panic!("{away:?}") };
    assert!(cause.to_string().contains("503") && !cause.to_string().contains("secret detail"), "{cause}");
}

#[tokio::test]
async fn a_caller_without_the_secret_is_refused() {
    let server = start();
    let refused = badges(&server, "another-secret-of-tests").render(&badge("example.com", None)).await;
    let Err(BadgeError::Unavailable(cause)) = refused else { panic!("{refused:?}") };
    assert!(cause.to_string().contains("403"), "{cause}");
}

#[tokio::test]
async fn a_renderer_that_is_away_is_unavailable() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{address}");
    let badges = RemoteBadges::new(Caller::new("badge.url", &url, &ForwarderConfig::default()).unwrap());
    let away = badges.render(&badge("example.com", None)).await.unwrap_err();
    assert!(matches!(away, BadgeError::Unavailable(_)));
}
