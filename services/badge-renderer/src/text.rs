//! From any text to one that can be set in a line of a given width.

use crate::fonts::{Fonts, Weight};

/// No line shows more characters; what is longer need not be measured.
const LONGEST: usize = 300;
const ELLIPSIS: &str = "…";

/// Where a text that is too long is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// In the middle: the end of a domain name says whose it is.
    Middle,
    /// At the end.
    End,
}

/// A text that fits.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fitted {
    pub(crate) text: String,
    pub(crate) size: f32,
    pub(crate) width: f32,
}

/// `text` in one line: no control characters (some are forbidden in XML), none that change the direction of their
/// neighbours, and single spaces.
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::new();
    for character in text.chars().take(LONGEST) {
        if character.is_whitespace() || character.is_control() {
            if !clean.is_empty() && !clean.ends_with(' ') {
                clean.push(' ');
            }
        } else if is_visible(character) {
            clean.push(character);
        }
    }
    clean.truncate(clean.trim_end().len());
    clean
}

fn is_visible(character: char) -> bool {
    let code = u32::from(character);
    let is_format = matches!(code, 0xAD | 0x61C | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F)
        || matches!(code, 0xFE00..=0xFE0F | 0xFEFF | 0xFFF0..=0xFFFB | 0xE0000..=0xE0FFF);
    let is_noncharacter = code & 0xFFFE == 0xFFFE || matches!(code, 0xFDD0..=0xFDEF);
    !is_format && !is_noncharacter
}

/// `text` without the characters that no font has; `None` when that takes most of it away.
pub(crate) fn covered(text: &str, fonts: &Fonts) -> Option<String> {
    let kept: String = text.chars().filter(|&character| fonts.have(character)).collect();
    let kept = clean(&kept);
    (!kept.is_empty() && kept.chars().count() * 2 >= text.chars().count()).then_some(kept)
}

/// `text` in the first of `sizes` in which it is no wider than `room`; shortened in the last one if there is none.
pub(crate) fn fit(fonts: &Fonts, text: &str, weight: Weight, sizes: &[f32], room: f32, cut: Cut) -> Fitted {
    for &size in sizes {
        let width = fonts.width(text, weight, size);
        if width <= room {
            return Fitted { text: text.to_owned(), size, width };
        }
    }
    let size = sizes.last().copied().unwrap_or(10.0);
    let characters: Vec<char> = text.chars().collect();
    let width_of = |kept: usize| fonts.width(&shortened(&characters, kept, cut), weight, size);
    // As many characters as there is room for, by halving: a longer text is wider.
    let (mut fits, mut too_many) = (0, characters.len());
    while too_many - fits > 1 {
        let kept = fits.midpoint(too_many);
        if width_of(kept) <= room { fits = kept } else { too_many = kept }
    }
    Fitted { text: shortened(&characters, fits, cut), size, width: width_of(fits) }
}

fn shortened(characters: &[char], kept: usize, cut: Cut) -> String {
    let tail = match cut {
        Cut::Middle => (kept * 3).div_ceil(5),
        Cut::End => 0,
    };
    let start: String = characters[..kept - tail].iter().collect();
    let end: String = characters[characters.len() - tail..].iter().collect();
    // Three dots and a fourth would be hard to read.
    let (start, end) = (start.trim_end_matches([' ', '.']), end.trim_start_matches('.'));
    format!("{start}{ELLIPSIS}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_no_control_characters_and_single_spaces() {
        assert_eq!(clean(" A\u{0}\u{1b}\n\tB\u{202e}C\u{feff}\u{ffff} "), "A BC");
        assert_eq!(clean("\u{200b}\n"), "");
        assert_eq!(clean(&"x".repeat(10_000)).len(), LONGEST);
    }

    #[test]
    fn a_text_that_fits_stays_and_takes_the_largest_size() {
        let fonts = Fonts::embedded();
        let fitted = fit(&fonts, "example.com", Weight::Bold, &[13.0, 10.0], 176.0, Cut::Middle);
        assert_eq!((fitted.text.as_str(), fitted.size), ("example.com", 13.0));
        let fitted = fit(&fonts, "example.com", Weight::Bold, &[13.0, 10.0], 85.0, Cut::Middle);
        assert_eq!((fitted.text.as_str(), fitted.size), ("example.com", 10.0));
    }

    #[test]
    fn a_long_text_is_cut_so_that_one_character_more_would_not_fit() {
        let fonts = Fonts::embedded();
        let name = format!("{}.example.com", "w".repeat(60));
        let fitted = fit(&fonts, &name, Weight::Bold, &[12.0, 10.0], 176.0, Cut::Middle);
        assert!(fitted.text.contains("w…") && fitted.text.ends_with(".example.com"), "{}", fitted.text);
        assert!(fitted.width <= 176.0 && fitted.width > 176.0 - 10.0, "{}", fitted.width);
        let fitted = fit(&fonts, &"i".repeat(200), Weight::Regular, &[10.0], 100.0, Cut::End);
        assert!(fitted.text.ends_with("i…") && fitted.text.chars().count() > 30, "{}", fitted.text);
    }

    #[test]
    fn an_ellipsis_stands_beside_no_dot() {
        let name: Vec<char> = "one.two.three.example".chars().collect();
        for kept in 0..name.len() {
            let short = shortened(&name, kept, Cut::Middle);
            assert!(
                !short.contains(".…") && !short.contains("….") && short.matches('…').count() == 1,
                "{short}"
            );
        }
    }

    #[test]
    fn what_no_font_has_is_left_out_unless_that_is_most_of_it() {
        let fonts = Fonts::embedded();
        assert_eq!(covered("Acme 🌱 Hosting", &fonts).as_deref(), Some("Acme Hosting"));
        assert_eq!(covered("例え株式会社 A", &fonts), None);
        assert_eq!(covered("", &fonts), None);
    }
}
