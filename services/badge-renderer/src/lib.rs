//! Draws badges: a claim about a name becomes an SVG, and the same SVG a PNG or `WebP`.
//!
//! A [`Renderer`] is pure: the bytes depend on the badge and the fonts alone. A [`RenderPool`] has one draw without blocking
//! the async runtime.

mod colours;
mod draw;
mod encode;
mod fonts;
mod icon;
mod layout;
mod metrics;
mod pool;
mod text;

pub use draw::{DrawError, Renderer};
pub use fonts::{FontError, Fonts};
pub use metrics::Metrics;
pub use pool::RenderPool;
