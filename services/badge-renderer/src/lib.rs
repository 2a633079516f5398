//! Draws badges: a claim about a name becomes an SVG, and the same SVG a PNG or `WebP`.
//!
//! Pure: the bytes depend on the badge and the fonts alone.

mod colours;
mod draw;
mod encode;
mod fonts;
mod icon;
mod layout;
mod text;

pub use draw::{DrawError, Renderer};
pub use fonts::{FontError, Fonts};
