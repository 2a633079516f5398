//! Names in Unicode for people who must not be deceived by them.

use std::borrow::Cow;

use unicode_security::confusable_detection::skeleton;
use unicode_security::{GeneralSecurityProfile, RestrictionLevel, RestrictionLevelDetection};

use super::Host;

impl Host {
    /// The name for people to read where nobody vouches for it. A label is in Unicode if its characters are in use today,
    /// are of one script or of scripts that are written together ("highly restrictive", UTS 39, section 5.2), and are not
    /// all look-alikes of ASCII characters, which only below an internationalized top-level domain they may be. Any other
    /// label stays an A-label.
    pub fn readable(&self) -> Cow<'_, str> {
        if !self.as_str().contains("xn--") {
            return Cow::Borrowed(self.as_str());
        }
        let below_idn = self.as_str().rsplit('.').next().is_some_and(|last| last.starts_with("xn--"));
        let labels = self.as_str().split('.').map(|label| readable_label(label, below_idn));
        Cow::Owned(labels.collect::<Vec<_>>().join("."))
    }
}

fn readable_label(label: &str, below_idn: bool) -> Cow<'_, str> {
    if !label.starts_with("xn--") {
        return Cow::Borrowed(label);
    }
    match idna::domain_to_unicode(label) {
        (unicode, Ok(())) if is_plain(&unicode) && (below_idn || !imitates_ascii(&unicode)) => {
            Cow::Owned(unicode)
        }
        _ => Cow::Borrowed(label),
    }
}

fn is_plain(label: &str) -> bool {
    label.chars().all(GeneralSecurityProfile::identifier_allowed)
        && label.detect_restriction_level() <= RestrictionLevel::HighlyRestrictive
}

fn imitates_ascii(label: &str) -> bool {
    label.chars().filter(|character| !character.is_ascii()).all(|character| {
        let text = character.to_string();
        let mut looks = skeleton(&text);
        looks.next().is_some_and(|first| first.is_ascii()) && looks.next().is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readable(name: &str) -> String {
        Host::parse(name).unwrap().readable().into_owned()
    }

    #[test]
    fn names_of_one_script_are_in_unicode() {
        for name in [
            "münchen.de",
            "blåbærgrød.dk",
            "пример.рф",
            "例え.jp",
            "ひらがなカタカナ漢字.jp",
            "한국.kr",
            "שלום.co.il",
        ] {
            assert_eq!(readable(name), name);
        }
        assert_eq!(readable("www.example.com"), "www.example.com");
        assert_eq!(readable("192.0.2.1"), "192.0.2.1");
    }

    #[test]
    fn mixed_scripts_are_a_labels() {
        // A Cyrillic letter among Latin ones, Latin among Greek ones.
        for name in ["p\u{430}ypal.com", "αlpha.com"] {
            assert!(readable(name).starts_with("xn--"), "{name}");
        }
    }

    #[test]
    fn names_that_only_imitate_ascii_are_a_labels() {
        // Cyrillic throughout.
        let imitation = "\u{430}\u{440}\u{440}\u{4cf}\u{435}";
        assert!(readable(&format!("{imitation}.com")).starts_with("xn--"));
        assert!(readable("pa\u{131}.com").starts_with("xn--"));
        assert_eq!(readable("\u{441}\u{430}.рф"), "\u{441}\u{430}.рф");
    }

    #[test]
    fn each_label_stands_for_itself() {
        let mixed = readable("p\u{430}y.münchen.de");
        assert!(mixed.starts_with("xn--") && mixed.ends_with(".münchen.de"), "{mixed}");
    }
}
