use askama::Template;
use greencheck_core::badge::{Claim, Theme};

use super::{Line, shown_name};
use crate::colours::{Colours, LABEL_TEXT};
use crate::fonts::{Fonts, Weight};
use crate::icon::Icon;
use crate::text::{self, Cut};

const SIZE: f32 = 11.0;
const BASE_LINE: f32 = 14.0;
const MARGIN: f32 = 7.0;
/// Where the message begins, behind the icon.
const BEHIND_ICON: f32 = 21.0;
const LABEL_ROOM: f32 = 240.0;
const MESSAGE_ROOM: f32 = 200.0;

/// A badge of one line, as its template draws it: the name, then the message.
#[derive(Template)]
#[template(path = "flat.svg")]
pub(crate) struct Flat {
    width: u16,
    /// Where the message's half begins.
    split: u16,
    scale: u16,
    alternative: String,
    label_fill: &'static str,
    colours: Colours,
    icon: Icon,
    lines: [Line; 2],
}

impl Flat {
    pub(crate) fn of(claim: &Claim, theme: Theme, scale: u16, fonts: &Fonts) -> Self {
        let colours = Colours::of(claim, theme);
        let label = shown_name(claim, fonts).unwrap_or_else(|| claim.label());
        let label = text::fit(fonts, &label, Weight::Regular, &[SIZE], LABEL_ROOM, Cut::Middle);
        let message = text::fit(fonts, claim.message(), Weight::Bold, &[SIZE], MESSAGE_ROOM, Cut::End);
        let split = whole(label.width + 2.0 * MARGIN);
        let width = split + whole(message.width + BEHIND_ICON + MARGIN);
        let label = Line { x: MARGIN, y: BASE_LINE, fill: LABEL_TEXT, ..Line::from(label) };
        let message = Line {
            x: f32::from(split) + BEHIND_ICON,
            y: BASE_LINE,
            bold: true,
            fill: colours.headline,
            ..Line::from(message)
        };
        Self {
            width,
            split,
            scale,
            alternative: text::clean(&claim.alternative()),
            label_fill: Colours::label(theme),
            colours,
            icon: Icon::of(claim),
            lines: [label, message],
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most some hundred pixels")]
fn whole(width: f32) -> u16 {
    width.ceil() as u16
}
