//! The page on which a badge is chosen.

use askama::Template;
use greencheck_core::Host;
use greencheck_core::badge::{ImageFormat, Scale, Style, Theme};

use crate::assets;
use crate::frame::Frame;

/// What was chosen on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) style: Style,
    pub(crate) theme: Theme,
    pub(crate) scale: Scale,
    pub(crate) format: ImageFormat,
}

#[derive(Template)]
#[template(path = "badge.html")]
struct Page<'a> {
    frame: Frame,
    stylesheet: String,
    script: String,
    copy_script: String,
    domain: &'a str,
    error: Option<String>,
    fields: [Field; 4],
    built: Option<Built>,
}

struct Field {
    name: &'static str,
    label: &'static str,
    choices: Vec<Choice>,
}

struct Choice {
    value: String,
    label: &'static str,
    is_chosen: bool,
}

/// A badge and the texts that embed it.
struct Built {
    name: String,
    source: String,
    width: Option<u16>,
    height: u16,
    is_dark: bool,
    alternative: String,
    snippets: Snippets,
}

/// Texts that embed a badge.
pub(crate) struct Snippets {
    pub(crate) html: String,
    pub(crate) markdown: String,
}

impl Snippets {
    /// Of the badge of `host` at the path `source`; it leads to the check of the name. `origin` is where this server is.
    pub(crate) fn new(host: &Host, source: &str, style: Style, origin: &str) -> Self {
        let (width, height) = size(style);
        let link = format!("{origin}/check/{host}");
        let absolute = format!("{origin}{source}");
        let fixed = format!("Green hosting check of {host}");
        let embedding = Embedding { link: &link, source: &absolute, width, height, alternative: &fixed };
        Self { html: filled(&embedding), markdown: format!("[![{fixed}]({absolute})]({link})") }
    }
}

fn size(style: Style) -> (Option<u16>, u16) {
    style.size().map_or((None, 20), |(width, height)| (Some(width), height))
}

/// The element that embeds a badge: escaped as HTML when it is written, and once more when the page shows it.
#[derive(Template)]
#[template(
    source = r#"<a href="{{ link }}"><img src="{{ source }}"{% if let Some(width) = width %} width="{{ width }}"{% endif %} height="{{ height }}" alt="{{ alternative }}"></a>"#,
    ext = "html"
)]
struct Embedding<'a> {
    link: &'a str,
    source: &'a str,
    width: Option<u16>,
    height: u16,
    alternative: &'a str,
}

/// The page as it is asked for first, or with what is wrong with the domain.
pub(crate) fn form(domain: &str, error: Option<String>, chosen: Chosen, is_demo: bool) -> String {
    render(domain, error, chosen, None, is_demo)
}

/// The page with a badge for `host`, which says `alternative`; `origin` is where this server is, as the reader sees it.
pub(crate) fn with_badge(
    domain: &str,
    host: &Host,
    chosen: Chosen,
    alternative: String,
    origin: &str,
    is_demo: bool,
) -> String {
    let source = format!("/api/v4/badge/{host}.{}{}", chosen.format.extension(), query(chosen));
    let (width, height) = size(chosen.style);
    let built = Built {
        name: host.readable().into_owned(),
        snippets: Snippets::new(host, &source, chosen.style, origin),
        source,
        width,
        height,
        is_dark: chosen.theme == Theme::Dark,
        alternative,
    };
    render(domain, None, chosen, Some(built), is_demo)
}

fn render(
    domain: &str,
    error: Option<String>,
    chosen: Chosen,
    built: Option<Built>,
    is_demo: bool,
) -> String {
    filled(&Page {
        frame: Frame::new("/badge", is_demo),
        stylesheet: assets::BADGE_STYLE.url(),
        script: assets::BADGE_SCRIPT.url(),
        copy_script: assets::COPY_SCRIPT.url(),
        domain,
        error,
        fields: fields(chosen),
        built,
    })
}

fn filled(template: &impl Template) -> String {
    template.render().expect("texts and numbers can be written to a String")
}

fn fields(chosen: Chosen) -> [Field; 4] {
    let choice = |value: &str, label, is_chosen| Choice { value: value.to_owned(), label, is_chosen };
    let styles = [
        (Style::Standard, "Card, 200 × 95"),
        (Style::Large, "Large card, 300 × 135"),
        (Style::Flat, "One line"),
    ];
    let themes = [(Theme::Light, "Light"), (Theme::Dark, "Dark")];
    let formats = [(ImageFormat::Svg, "SVG"), (ImageFormat::Png, "PNG"), (ImageFormat::WebP, "WebP")];
    let scales =
        [(Scale::One, "Ordinary"), (Scale::Two, "Twice as fine"), (Scale::Three, "Three times as fine")];
    [
        Field {
            name: "style",
            label: "Style",
            choices: styles.map(|(one, label)| choice(one.as_str(), label, one == chosen.style)).into(),
        },
        Field {
            name: "theme",
            label: "Theme",
            choices: themes.map(|(one, label)| choice(one.as_str(), label, one == chosen.theme)).into(),
        },
        Field {
            name: "format",
            label: "Format",
            choices: formats.map(|(one, label)| choice(one.extension(), label, one == chosen.format)).into(),
        },
        Field {
            name: "scale",
            label: "Pixels (PNG, WebP)",
            choices: scales
                .map(|(one, label)| choice(&one.factor().to_string(), label, one == chosen.scale))
                .into(),
        },
    ]
}

/// What differs from the defaults. An SVG is as fine as any screen.
fn query(chosen: Chosen) -> String {
    let mut choices = Vec::new();
    if chosen.style != Style::Standard {
        choices.push(format!("style={}", chosen.style.as_str()));
    }
    if chosen.theme != Theme::Light {
        choices.push(format!("theme={}", chosen.theme.as_str()));
    }
    if chosen.scale != Scale::One && chosen.format != ImageFormat::Svg {
        choices.push(format!("scale={}", chosen.scale.factor()));
    }
    if choices.is_empty() { String::new() } else { format!("?{}", choices.join("&")) }
}
