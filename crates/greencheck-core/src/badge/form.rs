use serde::{Deserialize, Serialize};

/// The shape of a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// A card of 300 × 135 pixels.
    Large,
    /// A card of 200 × 95 pixels, the size that embedding pages write down.
    Standard,
    /// One line, 20 pixels high, as wide as its text.
    Flat,
}

impl Style {
    pub const ALL: [Self; 3] = [Self::Large, Self::Standard, Self::Flat];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Large => "large",
            Self::Standard => "standard",
            Self::Flat => "flat",
        }
    }

    /// The style that [`as_str`](Self::as_str) spells as `text`.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|style| style.as_str() == text)
    }

    /// Width and height in pixels at scale 1, where they do not depend on the text.
    pub fn size(self) -> Option<(u16, u16)> {
        match self {
            Self::Large => Some((300, 135)),
            Self::Standard => Some((200, 95)),
            Self::Flat => None,
        }
    }
}

/// For light or dark surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 2] = [Self::Light, Self::Dark];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme that [`as_str`](Self::as_str) spells as `text`.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text)
    }
}

/// How many pixels of the picture make one of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Scale {
    One = 1,
    Two = 2,
    Three = 3,
}

impl Scale {
    pub const ALL: [Self; 3] = [Self::One, Self::Two, Self::Three];

    pub fn factor(self) -> u8 {
        self as u8
    }
}

impl From<Scale> for u8 {
    fn from(scale: Scale) -> Self {
        scale.factor()
    }
}

impl TryFrom<u8> for Scale {
    type Error = String;

    fn try_from(factor: u8) -> Result<Self, String> {
        let scale = Self::ALL.into_iter().find(|scale| scale.factor() == factor);
        scale.ok_or_else(|| format!("{factor} is not a scale: write 1, 2 or 3"))
    }
}
