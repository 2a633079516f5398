use greencheck_core::badge::{Badge, Claim, ImageFormat, Scale, Style, Theme};

use crate::cases::{badge, claims, green, grey};
use crate::picture::{Picture, decode, draw, renderer};

#[test]
fn cards_have_exactly_their_size_at_every_scale() {
    for style in [Style::Standard, Style::Large] {
        let (width, height) = style.size().unwrap();
        for scale in Scale::ALL {
            let factor = u32::from(scale.factor());
            let drawn = draw(&Badge { scale, ..badge(grey("example.com"), style, Theme::Light) });
            let expected = (u32::from(width) * factor, u32::from(height) * factor);
            assert_eq!((drawn.width, drawn.height), expected);
        }
    }
    assert_eq!(Style::Standard.size(), Some((200, 95)));
    assert_eq!(Style::Large.size(), Some((300, 135)));
}

#[test]
fn a_flat_badge_is_twenty_pixels_high_and_as_wide_as_its_text() {
    let short = draw(&badge(green("x.io", "A"), Style::Flat, Theme::Light));
    let long = draw(&badge(green("a-long-name.example.com", "A"), Style::Flat, Theme::Light));
    assert_eq!((short.height, long.height), (20, 20));
    assert!(short.width + 80 < long.width, "{} {}", short.width, long.width);
}

#[test]
fn a_card_for_every_case_is_at_most_six_kilobytes() {
    let renderer = renderer();
    for (case, claim) in claims() {
        for theme in Theme::ALL {
            let image = renderer.draw(&badge(claim.clone(), Style::Standard, theme)).unwrap();
            assert!(image.bytes.len() <= 6000, "{case}: {} bytes", image.bytes.len());
        }
    }
}

/// The part of the pixels that differ clearly.
fn difference(one: &Picture, other: &Picture) -> f64 {
    let (one, other) = (one.greyscale(), other.greyscale());
    assert_eq!(one.len(), other.len());
    let differing = one.iter().zip(&other).filter(|(one, other)| (*one - *other).abs() > 60.0).count();
    f64::from(u32::try_from(differing).unwrap()) / f64::from(u32::try_from(one.len()).unwrap())
}

#[test]
fn green_and_grey_differ_in_greyscale() {
    for style in [Style::Standard, Style::Large] {
        let card = |claim: Claim, theme| draw(&badge(claim, style, theme));
        let unnamed = || Claim::Green { host: crate::cases::host("example.com"), provider: None };
        let light = difference(&card(unnamed(), Theme::Light), &card(grey("example.com"), Theme::Light));
        assert!(light > 0.25, "{light}");
        let dark = difference(&card(unnamed(), Theme::Dark), &card(grey("example.com"), Theme::Dark));
        assert!(dark > 0.03, "{dark}");
    }
}

#[test]
fn every_claim_has_a_face_of_its_own() {
    let of = |claim: Claim| draw(&badge(claim, Style::Standard, Theme::Light)).pixels;
    let host = crate::cases::host("example.com");
    let faces = [
        of(green("example.com", "Acme")),
        of(grey("example.com")),
        of(Claim::Pending { host: host.clone() }),
        of(Claim::Unknown { host }),
        of(Claim::Invalid),
        of(Claim::Unavailable),
    ];
    for (at, face) in faces.iter().enumerate() {
        assert!(faces[..at].iter().all(|other| other != face), "{at}");
    }
}

#[test]
fn no_text_leaves_the_card() {
    for (case, claim) in claims() {
        for style in [Style::Standard, Style::Large] {
            let drawn = draw(&badge(claim.clone(), style, Theme::Light));
            let width = usize::try_from(drawn.width).unwrap();
            let inside = drawn.pixels.chunks(width).skip(60).take(30);
            // Nothing but the card's white between the text and the border.
            for row in inside {
                assert!(
                    row[2..8].iter().chain(&row[width - 8..width - 2]).all(|pixel| *pixel == [255; 4]),
                    "{case}"
                );
            }
        }
    }
}

#[test]
fn webp_shows_the_same_pixels() {
    let base = badge(green("example.com", "Acme"), Style::Standard, Theme::Light);
    let renderer = renderer();
    let webp = renderer.draw(&Badge { format: ImageFormat::WebP, ..base.clone() }).unwrap();
    let mut decoder = image_webp::WebPDecoder::new(std::io::Cursor::new(&webp.bytes[..])).unwrap();
    assert_eq!(decoder.dimensions(), (200, 95));
    let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
    decoder.read_image(&mut pixels).unwrap();
    let png = decode(&renderer.draw(&base).unwrap().bytes);
    let far =
        pixels.iter().zip(png.pixels.iter().flatten()).filter(|(one, other)| one.abs_diff(**other) > 16);
    assert_eq!(far.count(), 0);
}

#[test]
fn equal_badges_have_equal_bytes() {
    for format in ImageFormat::ALL {
        let badge = Badge { format, ..badge(green("example.com", "Acme"), Style::Large, Theme::Dark) };
        assert_eq!(renderer().draw(&badge).unwrap(), renderer().draw(&badge).unwrap());
    }
}
