use greencheck_core::badge::{Badge, Claim, ImageFormat, Scale, Style, Theme};
use proptest::prelude::*;
use roxmltree::{Document, Node};

use crate::cases::{badge, claims, green, grey, host};
use crate::picture::renderer;

fn svg(claim: Claim, style: Style) -> String {
    let badge = Badge { format: ImageFormat::Svg, ..badge(claim, style, Theme::Light) };
    String::from_utf8(renderer().draw(&badge).unwrap().bytes.to_vec()).unwrap()
}

fn texts(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).unwrap();
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.map(|node| node.text().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_green_card_names_the_domain_and_who_hosts_it() {
    let texts = texts(&svg(green("example.com", "Acme"), Style::Standard));
    assert_eq!(texts, ["Hosted green", "example.com", "Hosted by Acme"]);
}

#[test]
fn a_grey_card_says_that_no_evidence_was_found() {
    let texts = texts(&svg(grey("example.com"), Style::Large));
    assert_eq!(texts.join(" "), "No evidence found for green hosting example.com");
}

#[test]
fn an_invalid_name_is_said_to_be_one() {
    let texts = texts(&svg(Claim::Invalid, Style::Standard));
    assert_eq!(texts[..2].join(" "), "This name can't be checked");
}

#[test]
fn a_badge_says_in_words_what_it_shows() {
    let svg = svg(green("example.com", "Acme & Sons"), Style::Flat);
    let document = Document::parse(&svg).unwrap();
    let root = document.root_element();
    let title = root.children().find(Node::is_element).unwrap();
    assert!(title.has_tag_name("title"));
    assert_eq!(title.text(), Some("example.com is hosted green. Hosted by Acme & Sons"));
    assert_eq!(root.attribute("aria-label"), title.text());
    assert_eq!(root.attribute("role"), Some("img"));
}

#[test]
fn a_larger_scale_is_the_same_drawing_in_a_larger_size() {
    let large = Badge {
        format: ImageFormat::Svg,
        scale: Scale::Three,
        ..badge(grey("example.com"), Style::Standard, Theme::Light)
    };
    let large = String::from_utf8(renderer().draw(&large).unwrap().bytes.to_vec()).unwrap();
    let small = svg(grey("example.com"), Style::Standard);
    assert!(large.contains(r#"width="600" height="285" viewBox="0 0 200 95""#), "{large}");
    assert_eq!(large.replace(r#"width="600" height="285""#, r#"width="200" height="95""#), small);
}

#[test]
fn markup_in_a_provider_name_stays_text() {
    let markup = "<script>alert(1)</script>\"'&";
    for style in Style::ALL {
        let svg = svg(green("example.com", markup), style);
        let document = Document::parse(&svg).unwrap();
        assert!(document.descendants().all(|node| !node.has_tag_name("script")));
        assert!(document.root_element().attribute("aria-label").unwrap().ends_with(markup));
    }
}

#[test]
fn long_names_are_shortened_and_their_end_stays() {
    let texts = texts(&svg(grey(&format!("{}.example.co.uk", "long-name".repeat(6))), Style::Standard));
    assert!(texts[2].contains('…') && texts[2].ends_with("example.co.uk"), "{}", texts[2]);
    let texts = self::texts(&svg(green("example.com", &"Provider ".repeat(20)), Style::Standard));
    assert!(texts[2].starts_with("Hosted by Provider") && texts[2].ends_with('…'), "{}", texts[2]);
}

#[test]
fn names_that_deceive_are_a_labels() {
    let texts = texts(&svg(grey("p\u{430}ypal.com"), Style::Standard));
    assert_eq!(texts[2], "xn--pypal-4ve.com");
    let texts = self::texts(&svg(grey("xn--mnchen-3ya.de"), Style::Standard));
    assert_eq!(texts[2], "münchen.de");
}

#[test]
fn every_case_is_well_formed() {
    for (case, claim) in claims() {
        for style in Style::ALL {
            let svg = svg(claim.clone(), style);
            assert!(Document::parse(&svg).is_ok(), "{case}: {svg}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_provider_name_makes_a_well_formed_svg(
        name in proptest::collection::vec(any::<char>(), 0..60), style in proptest::sample::select(Style::ALL.to_vec()),
    ) {
        let name: String = name.into_iter().collect();
        let claim = Claim::Green { host: host("example.com"), provider: Some(name.into()) };
        let svg = svg(claim, style);
        prop_assert!(Document::parse(&svg).is_ok(), "{}", svg);
    }

    #[test]
    fn any_provider_name_can_be_drawn(name in "\\PC{0,40}") {
        let badge = badge(green("example.com", &name), Style::Standard, Theme::Light);
        let image = renderer().draw(&badge).unwrap();
        prop_assert!(image.bytes.len() <= 7000);
    }
}
