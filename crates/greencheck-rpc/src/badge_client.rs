use std::time::Duration;

use async_trait::async_trait;
use greencheck_core::badge::{Badge, Image};
use greencheck_core::ports::{BadgeError, BadgeRenderer};
use serde::de::IgnoredAny;

use crate::caller::Patience;
use crate::error::Failed;
use crate::{Caller, ClientError, wire};

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

    /// Whether badge-renderer is there and lets this process in. Draws nothing. An older one refuses a question without a
    /// badge, and is there all the same.
    pub async fn reach(&self) -> Result<(), ClientError> {
        match self.caller.get::<IgnoredAny>(wire::BADGE, Self::PATIENCE).await {
            Ok(_) | Err(Failed::Other(ClientError::Refused { status: 404 | 405, .. })) => Ok(()),
            Err(failed) => Err(failed.into()),
        }
    }
}

#[async_trait]
impl BadgeRenderer for RemoteBadges {
    async fn render(&self, badge: &Badge) -> Result<Image, BadgeError> {
        let bytes = self.caller.ask_bytes(wire::BADGE, badge, Self::PATIENCE).await?;
        Ok(Image::new(badge.format, bytes))
    }
}
