//! Drawings that a person has looked at.

use std::fs;
use std::path::Path;

use greencheck_core::badge::{Badge, Claim, ImageFormat, Scale, Style, Theme};

use crate::cases::{badge, green, grey, host};
use crate::picture::{Picture, decode, renderer};

fn drawings() -> Vec<(&'static str, Badge)> {
    use Style::{Flat, Large, Standard};
    use Theme::{Dark, Light};
    let acme = || green("example.com", "Acme Green Hosting");
    let long = || green(&format!("{}.example.co.uk", "long-name".repeat(6)), &"Provider ".repeat(9));
    vec![
        ("green", badge(acme(), Standard, Light)),
        ("green-dark", badge(acme(), Standard, Dark)),
        ("green-2x", Badge { scale: Scale::Two, ..badge(acme(), Standard, Light) }),
        ("green-large", badge(acme(), Large, Light)),
        ("green-flat", badge(acme(), Flat, Light)),
        ("green-long", badge(long(), Standard, Light)),
        ("green-arabic", badge(green("مثال.إختبار.com", "استضافة خضراء"), Standard, Light)),
        ("grey", badge(grey("example.com"), Standard, Light)),
        ("grey-large-dark", badge(grey("example.com"), Large, Dark)),
        ("grey-flat", badge(grey("example.com"), Flat, Light)),
        ("pending", badge(Claim::Pending { host: host("example.com") }, Standard, Light)),
        ("unknown", badge(Claim::Unknown { host: host("example.com") }, Standard, Light)),
        ("invalid", badge(Claim::Invalid, Standard, Light)),
    ]
}

/// Of a shade between two pixels machines may think differently; of the drawing they may not.
#[test]
fn badges_look_as_they_were_last_looked_at() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let drawn_here = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let renderer = renderer();
    let mut others = Vec::new();
    for (name, badge) in drawings() {
        let file = renderer.draw(&badge).unwrap().bytes;
        let name = format!("{name}.png");
        fs::write(drawn_here.join(&name), &file).unwrap();
        let expected = fs::read(golden.join(&name)).map(|file| decode(&file));
        let drawn = decode(&file);
        let alike = expected.is_ok_and(|expected| are_alike(&expected, &drawn));
        if !alike {
            others.push(name);
        }
    }
    let folder = drawn_here.display();
    assert!(
        others.is_empty(),
        "look at {others:?} in {folder} and, if they are right, copy them to tests/golden"
    );
}

fn are_alike(one: &Picture, other: &Picture) -> bool {
    let pairs = one.pixels.iter().flatten().zip(other.pixels.iter().flatten());
    let far = pairs.filter(|(one, other)| one.abs_diff(**other) > 24).count();
    (one.width, one.height) == (other.width, other.height) && far * 1000 <= other.pixels.len()
}

/// Made by `cargo run -p badge-renderer --example neutral_cards -- services/api-gateway/assets/badges`.
#[test]
fn the_cards_that_gateways_have_at_hand_are_the_present_drawings() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api-gateway/assets/badges");
    let renderer = renderer();
    for style in Style::ALL {
        for theme in Theme::ALL {
            let name = format!("{}-{}", style.as_str(), theme.as_str());
            let neutral = badge(Claim::Unavailable, style, theme);
            let svg = renderer.draw(&Badge { format: ImageFormat::Svg, ..neutral.clone() }).unwrap();
            assert_eq!(fs::read(folder.join(format!("{name}.svg"))).unwrap(), svg.bytes, "{name}");
            for scale in Scale::ALL {
                let file = fs::read(folder.join(format!("{name}-{}x.png", scale.factor()))).unwrap();
                let drawn = renderer.draw(&Badge { scale, ..neutral.clone() }).unwrap();
                assert!(are_alike(&decode(&file), &decode(&drawn.bytes)), "{name} {}x", scale.factor());
            }
        }
    }
}
