//! The countries of the world as ISO 3166-1 counts them.

mod alpha3;
mod names;

/// A country or territory with a code of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166-1 alpha-2, upper case.
    pub code: &'static str,
    /// The short English name in common use.
    pub name: &'static str,
}

impl Country {
    /// All 249, ordered by name.
    pub const ALL: &'static [Self] = &names::COUNTRIES;

    /// The country with this code, in upper or lower case.
    pub fn get(code: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|country| country.code.eq_ignore_ascii_case(code))
    }

    /// The country with this ISO 3166-1 alpha-3 code, in upper or lower case.
    pub fn by_alpha3(code: &str) -> Option<&'static Self> {
        let code = code.to_ascii_uppercase();
        let at = alpha3::ALPHA_3.binary_search_by_key(&code.as_str(), |(alpha3, _)| alpha3).ok()?;
        Self::get(alpha3::ALPHA_3[at].1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn there_are_249_countries_each_with_a_code_of_its_own() {
        let codes: BTreeSet<_> = Country::ALL.iter().map(|country| country.code).collect();
        assert_eq!(codes.len(), 249);
        assert!(
            codes.iter().all(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()))
        );
    }

    #[test]
    fn they_stand_in_the_order_of_their_names() {
        let codes: Vec<_> = Country::ALL.iter().map(|country| country.code).collect();
        assert_eq!(codes[..4], ["AF", "AX", "AL", "DZ"]);
        assert_eq!(codes[246..], ["YE", "ZM", "ZW"]);
        let letters = |country: &Country| country.name.nfkd().filter(char::is_ascii).collect::<String>();
        assert!(Country::ALL.is_sorted_by_key(letters));
    }

    #[test]
    fn every_country_has_one_code_of_three_letters() {
        let by_alpha3: BTreeSet<_> = alpha3::ALPHA_3
            .iter()
            .map(|(code, _)| Country::by_alpha3(code).map(|country| country.code))
            .collect();
        assert_eq!(by_alpha3, Country::ALL.iter().map(|country| Some(country.code)).collect());
        assert_eq!(Country::by_alpha3("nld").map(|country| country.code), Some("NL"));
        assert_eq!(Country::by_alpha3("CHE").map(|country| country.code), Some("CH"));
        assert!(Country::by_alpha3("NL").is_none() && Country::by_alpha3("ZZZ").is_none());
    }

    #[test]
    fn a_code_is_found_in_either_case() {
        assert_eq!(Country::get("tr").map(|country| country.name), Some("Türkiye"));
        assert_eq!(Country::get("UK"), None);
        assert_eq!(Country::get(""), None);
    }
}
