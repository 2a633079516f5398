//! Cards drawn beforehand, for when nobody draws: a partner's page never shows a broken picture.

use bytes::Bytes;
use greencheck_core::badge::{Badge, Image, ImageFormat};

/// One style in one theme; the PNGs by scale.
struct Card {
    svg: &'static [u8],
    png: [&'static [u8]; 3],
}

macro_rules! card {
    ($name:literal) => {
        Card {
            svg: include_bytes!(concat!("../../assets/badges/", $name, ".svg")),
            png: [
                include_bytes!(concat!("../../assets/badges/", $name, "-1x.png")),
                include_bytes!(concat!("../../assets/badges/", $name, "-2x.png")),
                include_bytes!(concat!("../../assets/badges/", $name, "-3x.png")),
            ],
        }
    };
}

/// By style and theme, in the order of their variants.
const CARDS: [[Card; 2]; 3] = [
    [card!("large-light"), card!("large-dark")],
    [card!("standard-light"), card!("standard-dark")],
    [card!("flat-light"), card!("flat-dark")],
];

/// The card that says that there is no result at the moment, in the form of `badge`; a PNG stands in for a `WebP`, which
/// whoever shows pictures recognises.
pub(super) fn card(badge: &Badge) -> Image {
    let card = &CARDS[badge.style as usize][badge.theme as usize];
    let (format, bytes) = match badge.format {
        ImageFormat::Svg => (ImageFormat::Svg, card.svg),
        ImageFormat::Png | ImageFormat::WebP => {
            (ImageFormat::Png, card.png[usize::from(badge.scale.factor()) - 1])
        }
    };
    Image::new(format, Bytes::from_static(bytes))
}

#[cfg(test)]
mod tests {
    use greencheck_core::badge::{Claim, Scale, Style, Theme};

    use super::*;

    /// Width and height, from the header of a PNG.
    fn size(png: &[u8]) -> (u32, u32) {
        let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
        (number(16), number(20))
    }

    #[test]
    fn there_is_a_card_of_the_right_size_for_every_form() {
        for style in Style::ALL {
            for theme in Theme::ALL {
                for scale in Scale::ALL {
                    let badge = |format| Badge { claim: Claim::Invalid, style, theme, scale, format };
                    let png = card(&badge(ImageFormat::Png));
                    let (width, height) = size(&png.bytes);
                    let factor = u32::from(scale.factor());
                    if let Some((expected, _)) = style.size() {
                        assert_eq!(width, u32::from(expected) * factor);
                    }
                    assert_eq!(height, style.size().map_or(20, |(_, height)| u32::from(height)) * factor);
                    assert_eq!(card(&badge(ImageFormat::WebP)), png);
                    assert!(card(&badge(ImageFormat::Svg)).bytes.starts_with(b"<svg "));
                }
            }
        }
    }
}
