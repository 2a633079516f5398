use askama::Template;
use bytes::Bytes;
use greencheck_core::badge::{Badge, Image, ImageFormat};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::encode;
use crate::fonts::Fonts;
use crate::layout::{Card, Flat};

/// Draws badges. It blocks the thread for about a millisecond.
pub struct Renderer {
    fonts: Fonts,
    options: Options<'static>,
}

/// Why a badge could not be drawn: each is a mistake in this crate.
#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    #[error("the template cannot be filled in: {0}")]
    Template(#[from] askama::Error),
    #[error("the drawing is no SVG: {0}")]
    Svg(#[from] resvg::usvg::Error),
    #[error("the drawing has no size")]
    Empty,
    #[error("the PNG cannot be written: {0}")]
    Png(#[from] png::EncodingError),
    #[error("the WebP cannot be written: {0}")]
    WebP(#[from] image_webp::EncodingError),
}

impl Renderer {
    pub fn new(fonts: Fonts) -> Self {
        Self { options: fonts.options(), fonts }
    }

    /// The picture of `badge`. Equal badges are drawn with the same bytes.
    pub fn draw(&self, badge: &Badge) -> Result<Image, DrawError> {
        let bytes = match badge.format {
            ImageFormat::Svg => self.svg(badge)?.into_bytes(),
            ImageFormat::Png => encode::png(&self.pixels(badge)?)?,
            ImageFormat::WebP => encode::webp(&self.pixels(badge)?)?,
        };
        Ok(Image::new(badge.format, Bytes::from(bytes)))
    }

    fn svg(&self, badge: &Badge) -> Result<String, DrawError> {
        let Badge { claim, style, theme, .. } = badge;
        let scale = u16::from(badge.scale.factor());
        let svg = match Card::of(claim, *style, *theme, scale, &self.fonts) {
            Some(card) => card.render()?,
            None => Flat::of(claim, *theme, scale, &self.fonts).render()?,
        };
        Ok(svg)
    }

    fn pixels(&self, badge: &Badge) -> Result<Pixmap, DrawError> {
        let tree = Tree::from_str(&self.svg(badge)?, &self.options)?;
        let size = tree.size().to_int_size();
        let mut pixels = Pixmap::new(size.width(), size.height()).ok_or(DrawError::Empty)?;
        resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
        Ok(pixels)
    }
}
