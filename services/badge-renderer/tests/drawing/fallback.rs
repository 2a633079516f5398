//! Names in scripts that only a fall-back font has.

use std::path::Path;

use badge_renderer::{Fonts, Renderer};
use greencheck_core::badge::{Badge, ImageFormat, Style, Theme};

use crate::cases::{badge, green};
use crate::picture;

fn renderer() -> Renderer {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fonts");
    Renderer::new(Fonts::with_folder(&folder).unwrap())
}

fn svg(renderer: &Renderer, name: &str, provider: &str) -> String {
    let badge =
        Badge { format: ImageFormat::Svg, ..badge(green(name, provider), Style::Standard, Theme::Light) };
    String::from_utf8(renderer.draw(&badge).unwrap().bytes.to_vec()).unwrap()
}

#[test]
fn with_a_font_that_has_them_names_are_in_their_script() {
    let svg = svg(&renderer(), "例え.jp", "株式会社グリーン");
    assert!(svg.contains(">例え.jp<") && svg.contains(">Hosted by 株式会社グリーン<"), "{svg}");
}

#[test]
fn without_such_a_font_the_a_label_is_shown_and_the_provider_is_not() {
    let svg = svg(&picture::renderer(), "例え.jp", "株式会社グリーン");
    assert!(svg.contains(">xn--r8jz45g.jp<") && !svg.contains(">Hosted by"), "{svg}");
    assert!(svg.contains("Hosted by 株式会社グリーン</title>"), "the title needs no glyphs: {svg}");
}

#[test]
fn glyphs_of_the_fallback_font_are_drawn() {
    let of = |renderer: &Renderer, name: &str| {
        let badge = badge(green(name, "A"), Style::Standard, Theme::Light);
        picture::decode(&renderer.draw(&badge).unwrap().bytes).greyscale()
    };
    let renderer = renderer();
    let (one, other) = (of(&renderer, "例え.jp"), of(&renderer, "中文网.jp"));
    let dark = |picture: &[f64]| picture[40 * 200..].iter().filter(|light| **light < 128.0).count();
    assert!(dark(&one) > 100 && dark(&other) > 100);
    assert_ne!(one, other);
}
