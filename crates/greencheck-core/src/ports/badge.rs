use async_trait::async_trait;

use super::Source;
use crate::badge::{Badge, Image};

/// Draws badges.
#[async_trait]
pub trait BadgeRenderer: Send + Sync {
    /// The picture of `badge`; for equal badges the same bytes.
    async fn render(&self, badge: &Badge) -> Result<Image, BadgeError>;

    /// The same if this process has it at hand. Whoever only draws has none.
    fn peek(&self, _: &Badge) -> Option<Image> {
        None
    }
}

/// Why a badge is not drawn.
#[derive(Debug, thiserror::Error)]
pub enum BadgeError {
    #[error("too many badges are being drawn, try again in a moment")]
    Overloaded,
    #[error("the badge renderer is not reachable")]
    Unavailable(#[source] Source),
}
