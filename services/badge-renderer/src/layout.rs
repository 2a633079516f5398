//! What stands where on a badge.

mod flat;

use std::borrow::Cow;

use askama::Template;
use greencheck_core::badge::{Claim, Style, Theme};

pub(crate) use self::flat::Flat;
use crate::colours::Colours;
use crate::fonts::{Fonts, Weight};
use crate::icon::Icon;
use crate::text::{self, Cut};

/// A text at its place.
pub(crate) struct Line {
    x: f32,
    y: f32,
    size: f32,
    width: f32,
    bold: bool,
    fill: &'static str,
    text: String,
}

/// The measures of a card, in pixels at scale 1.
pub(crate) struct Shape {
    width: u16,
    height: u16,
    radius: u16,
    band: u16,
    icon_x: f32,
    icon_y: f32,
    icon_scale: f32,
    headline_x: f32,
    /// Base line and size of a headline of one line, and of the two lines of a long one.
    headline: (f32, f32),
    headlines: ([f32; 2], f32),
    margin: f32,
    /// Base lines of the body: of one line alone, and of two.
    alone: f32,
    pair: [f32; 2],
    name_sizes: &'static [f32],
    detail_sizes: &'static [f32],
}

const STANDARD: Shape = Shape {
    width: 200,
    height: 95,
    radius: 8,
    band: 38,
    icon_x: 11.0,
    icon_y: 8.0,
    icon_scale: 0.92,
    headline_x: 42.0,
    headline: (24.0, 14.0),
    headlines: ([16.5, 30.0], 11.0),
    margin: 12.0,
    alone: 71.5,
    pair: [61.0, 79.5],
    name_sizes: &[14.0, 13.0, 12.0, 11.0, 10.0],
    detail_sizes: &[11.0, 10.5, 10.0],
};

const LARGE: Shape = Shape {
    width: 300,
    height: 135,
    radius: 12,
    band: 54,
    icon_x: 17.0,
    icon_y: 12.0,
    icon_scale: 1.25,
    headline_x: 60.0,
    headline: (34.5, 20.5),
    headlines: ([23.5, 42.5], 15.5),
    margin: 18.0,
    alone: 101.5,
    pair: [87.0, 112.5],
    name_sizes: &[20.0, 19.0, 18.0, 17.0, 16.0, 15.0, 14.0],
    detail_sizes: &[15.0, 14.0, 13.0],
};

/// The text of a card.
struct Wording<'a> {
    headline: &'static [&'static str],
    name: Option<Cow<'a, str>>,
    details: Vec<Cow<'a, str>>,
}

fn wording<'a>(claim: &'a Claim, fonts: &Fonts) -> Wording<'a> {
    let name = shown_name(claim, fonts);
    let (headline, details): (&[&str], Vec<Cow<'_, str>>) = match claim {
        Claim::Green { .. } => {
            (&["Hosted green"], hosted_by(claim, fonts).map(Cow::Owned).into_iter().collect())
        }
        Claim::Grey { .. } => (&["No evidence found", "for green hosting"], vec![]),
        Claim::Pending { .. } => (&["No result yet"], vec!["Look again in a moment".into()]),
        Claim::Unknown { .. } => (&["No result"], vec!["It could not be looked up".into()]),
        Claim::Invalid => (
            &["This name", "can't be checked"],
            vec!["A site has a name such as".into(), "www.example.com".into()],
        ),
        Claim::Unavailable => (&["No result now"], vec!["Look again in a moment".into()]),
    };
    Wording { headline, name, details }
}

/// The name in Unicode where that is safe and the fonts have every character.
pub(super) fn shown_name<'a>(claim: &'a Claim, fonts: &Fonts) -> Option<Cow<'a, str>> {
    let host = claim.host()?;
    let readable = host.readable();
    let is_covered = readable.chars().all(|character| fonts.have(character));
    Some(if is_covered { readable } else { Cow::Borrowed(host.as_str()) })
}

fn hosted_by(claim: &Claim, fonts: &Fonts) -> Option<String> {
    let provider = text::covered(&text::clean(claim.provider()?), fonts)?;
    Some(format!("Hosted by {provider}"))
}

/// A card, as its template draws it.
#[derive(Template)]
#[template(path = "card.svg")]
pub(crate) struct Card {
    shape: &'static Shape,
    scale: u16,
    alternative: String,
    colours: Colours,
    icon: Icon,
    lines: Vec<Line>,
}

impl Card {
    /// `None` for the style that is no card.
    pub(crate) fn of(claim: &Claim, style: Style, theme: Theme, scale: u16, fonts: &Fonts) -> Option<Self> {
        let shape = match style {
            Style::Large => &LARGE,
            Style::Standard => &STANDARD,
            Style::Flat => return None,
        };
        let colours = Colours::of(claim, theme);
        let wording = wording(claim, fonts);
        let mut lines = shape.headline(wording.headline, &colours, fonts);
        lines.extend(shape.body(&wording, &colours, fonts));
        Some(Self {
            shape,
            scale,
            alternative: text::clean(&claim.alternative()),
            colours,
            icon: Icon::of(claim),
            lines,
        })
    }
}

impl Shape {
    fn headline(&self, texts: &[&str], colours: &Colours, fonts: &Fonts) -> Vec<Line> {
        let (at, size) = match texts {
            [_] => (&[self.headline.0][..], self.headline.1),
            _ => (&self.headlines.0[..], self.headlines.1),
        };
        let room = f32::from(self.width) - self.headline_x - self.margin;
        let lines = texts.iter().zip(at).map(|(text, &y)| {
            let fitted = text::fit(fonts, text, Weight::Bold, &[size], room, Cut::End);
            Line { x: self.headline_x, y, bold: true, fill: colours.headline, ..Line::from(fitted) }
        });
        lines.collect()
    }

    fn body(&self, wording: &Wording<'_>, colours: &Colours, fonts: &Fonts) -> Vec<Line> {
        let room = f32::from(self.width) - 2.0 * self.margin;
        let name = wording.name.as_deref().map(|name| {
            let fitted = text::fit(fonts, name, Weight::Bold, self.name_sizes, room, Cut::Middle);
            Line { bold: true, fill: colours.name, ..Line::from(fitted) }
        });
        let details = wording.details.iter().map(|detail| {
            let fitted = text::fit(fonts, detail, Weight::Regular, self.detail_sizes, room, Cut::End);
            Line { fill: colours.detail, ..Line::from(fitted) }
        });
        let mut lines: Vec<_> = name.into_iter().chain(details).collect();
        let at = if lines.len() == 1 { &[self.alone][..] } else { &self.pair[..] };
        for (line, &y) in lines.iter_mut().zip(at) {
            line.x = self.margin;
            line.y = y;
        }
        lines
    }
}

impl From<text::Fitted> for Line {
    fn from(fitted: text::Fitted) -> Self {
        let width = (fitted.width * 10.0).round() / 10.0;
        Self { x: 0.0, y: 0.0, size: fitted.size, width, bold: false, fill: "", text: fitted.text }
    }
}
