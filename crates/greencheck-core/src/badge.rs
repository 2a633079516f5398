//! Badges: a verdict as a picture, asked for in the words of the domain.

mod claim;
mod config;
mod form;
mod image;

pub use claim::Claim;
pub use config::BadgeConfig;
pub use form::{Scale, Style, Theme};
pub use image::{Image, ImageFormat};
use serde::{Deserialize, Serialize};

/// A badge to be drawn. Two that are equal are drawn with the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Badge {
    pub claim: Claim,
    pub style: Style,
    pub theme: Theme,
    pub scale: Scale,
    pub format: ImageFormat,
}
