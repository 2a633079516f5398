//! Which colours a badge has. Every text has a contrast of at least 4.5 : 1 with what is behind it (WCAG 2.2, 1.4.3).

use greencheck_core::badge::{Claim, Theme};

/// The colours of one badge, as SVG writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colours {
    /// Behind the headline and the icon.
    pub(crate) band: &'static str,
    /// The headline and the icon.
    pub(crate) headline: &'static str,
    pub(crate) border: &'static str,
    /// Behind the name and what is said of it.
    pub(crate) card: &'static str,
    pub(crate) name: &'static str,
    pub(crate) detail: &'static str,
}

/// Behind the left half of a one-line badge, which is white.
pub(crate) const LABEL: [&str; 2] = ["#343b42", "#454e57"];
pub(crate) const LABEL_TEXT: &str = "#ffffff";

const GREEN_LIGHT: Colours = Colours {
    band: "#12683a",
    headline: "#ffffff",
    border: "#12683a",
    card: "#ffffff",
    name: "#10231a",
    detail: "#3c4f44",
};

const GREEN_DARK: Colours = Colours {
    band: "#17814a",
    headline: "#ffffff",
    border: "#17814a",
    card: "#14191c",
    name: "#f3f7f5",
    detail: "#bcc9c1",
};

const GREY_LIGHT: Colours = Colours {
    band: "#e7eaec",
    headline: "#333b41",
    border: "#adb5bb",
    card: "#ffffff",
    name: "#1d2429",
    detail: "#4a545b",
};

const GREY_DARK: Colours = Colours {
    band: "#2a3137",
    headline: "#e3e8eb",
    border: "#515b63",
    card: "#14191c",
    name: "#f1f4f6",
    detail: "#b9c2c8",
};

const NEUTRAL_LIGHT: Colours = Colours {
    band: "#e3ebf4",
    headline: "#2b3f58",
    border: "#a9bbd0",
    card: "#ffffff",
    name: "#1a2430",
    detail: "#46566a",
};

const NEUTRAL_DARK: Colours = Colours {
    band: "#22304a",
    headline: "#dfe8f5",
    border: "#4b5f80",
    card: "#14191c",
    name: "#f1f4f8",
    detail: "#b6c3d4",
};

impl Colours {
    pub(crate) fn of(claim: &Claim, theme: Theme) -> Self {
        match (claim, theme) {
            (Claim::Green { .. }, Theme::Light) => GREEN_LIGHT,
            (Claim::Green { .. }, Theme::Dark) => GREEN_DARK,
            (Claim::Grey { .. } | Claim::Invalid, Theme::Light) => GREY_LIGHT,
            (Claim::Grey { .. } | Claim::Invalid, Theme::Dark) => GREY_DARK,
            (Claim::Pending { .. } | Claim::Unknown { .. } | Claim::Unavailable, Theme::Light) => {
                NEUTRAL_LIGHT
            }
            (Claim::Pending { .. } | Claim::Unknown { .. } | Claim::Unavailable, Theme::Dark) => NEUTRAL_DARK,
        }
    }

    pub(crate) fn label(theme: Theme) -> &'static str {
        LABEL[theme as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.2, relative luminance.
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_text_stands_out_from_what_is_behind_it() {
        for colours in [GREEN_LIGHT, GREEN_DARK, GREY_LIGHT, GREY_DARK, NEUTRAL_LIGHT, NEUTRAL_DARK] {
            for (text, behind) in [
                (colours.headline, colours.band),
                (colours.name, colours.card),
                (colours.detail, colours.card),
            ] {
                assert!(contrast(text, behind) >= 4.5, "{text} on {behind}: {}", contrast(text, behind));
            }
        }
        assert!(LABEL.iter().all(|label| contrast(LABEL_TEXT, label) >= 4.5));
    }

    #[test]
    fn green_and_grey_bands_differ_without_their_colour() {
        assert!(contrast(GREEN_LIGHT.band, GREY_LIGHT.band) >= 3.0);
        assert!(contrast(GREEN_DARK.band, GREY_DARK.band) >= 2.0);
    }
}
