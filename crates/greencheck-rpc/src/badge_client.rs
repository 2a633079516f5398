use std::time::Duration;

use async_trait::async_trait;
use greencheck_core::badge::{Badge, Image};
use greencheck_core::ports::{BadgeError, BadgeRenderer};

use crate::caller::Patience;
use crate::{Caller, wire};

/// The badge-renderer, asked over HTTP.
#[derive(Debug)]
pub struct RemoteBadges {
    caller: Caller,
}

impl RemoteBadges {
    /// Drawing takes milliseconds; the rest is for a renderer that has much to draw.
    const PATIENCE: Patience = Patience { limit: Duration::from_secs(1), again: true };

    pub fn new(caller: Caller) -> Self {
        Self { caller }
    }
}

#[async_trait]
impl BadgeRenderer for RemoteBadges {
    async fn render(&self, badge: &Badge) -> Result<Image, BadgeError> {
        let bytes = self.caller.ask_bytes(wire::BADGE, badge, Self::PATIENCE).await?;
        Ok(Image::new(badge.format, bytes))
    }
}
