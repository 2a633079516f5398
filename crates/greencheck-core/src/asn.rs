use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The number of an autonomous system, 1 to 4294967295. Number 0 is no system (RFC 7607).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Asn(pub(crate) NonZeroU32);

/// A text that is no AS number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{input:?} is not an AS number: write a number from 1 to 4294967295, with or without \"AS\" before it"
)]
pub struct InvalidAsn {
    input: String,
}

impl Asn {
    /// `None` for 0.
    pub fn new(number: u32) -> Option<Self> {
        NonZeroU32::new(number).map(Self)
    }

    /// Takes `AS13335` in any case, and `13335`.
    pub fn parse(input: &str) -> Result<Self, InvalidAsn> {
        let text = input.trim_ascii();
        let digits = match text.split_at_checked(2) {
            Some((prefix, digits)) if prefix.eq_ignore_ascii_case("as") => digits,
            Some(_) | None => text,
        };
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = if is_number { digits.parse().ok() } else { None };
        number.map(Self).ok_or_else(|| InvalidAsn { input: input.chars().take(40).collect() })
    }

    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl FromStr for Asn {
    type Err = InvalidAsn;

    fn from_str(input: &str) -> Result<Self, InvalidAsn> {
        Self::parse(input)
    }
}

impl TryFrom<u32> for Asn {
    type Error = InvalidAsn;

    fn try_from(number: u32) -> Result<Self, InvalidAsn> {
        Self::new(number).ok_or_else(|| InvalidAsn { input: number.to_string() })
    }
}

impl fmt::Display for Asn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AS{}", self.0)
    }
}

impl fmt::Debug for Asn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("AS13335", 13_335)]
    #[case("as13335", 13_335)]
    #[case(" 13335\n", 13_335)]
    #[case("1", 1)]
    #[case("4294967295", u32::MAX)]
    fn a_number_is_taken_with_and_without_prefix(#[case] input: &str, #[case] number: u32) {
        let asn = Asn::parse(input).unwrap();
        assert_eq!(asn.get(), number);
        assert_eq!(asn.to_string(), format!("AS{number}"));
    }

    #[rstest]
    fn anything_else_is_refused(
        #[values("", "AS", "0", "AS0", "4294967296", "+5", "-5", "1.10", "AS 5", "ASAS5", "ä5", "5 6")] input: &str,
    ) {
        let error = Asn::parse(input).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{input:?} is not an AS number")), "{error}");
    }

    #[test]
    fn json_holds_the_number() {
        let asn = Asn::new(13_335).unwrap();
        assert_eq!(serde_json::to_string(&asn).unwrap(), "13335");
        assert_eq!(serde_json::from_str::<Asn>("13335").unwrap(), asn);
        assert!(serde_json::from_str::<Asn>("0").is_err());
        assert_eq!(Asn::new(0), None);
    }
}
