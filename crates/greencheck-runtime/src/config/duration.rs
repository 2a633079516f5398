use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const EXPECTED: &str = "a duration such as \"250ms\", \"2s\", \"5m\", \"24h\" or \"7d\"";

/// The units and their length in nanoseconds, longest first.
const UNITS: [(&str, u128); 7] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// A duration as configuration spells it: `"1500us"`, `"250ms"`, `"2s"`, `"5m"`, `"24h"`, `"7d"`, or whole seconds as a
/// number. It is written in the shortest exact form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HumanDuration(pub Duration);

impl HumanDuration {
    /// Nothing at all.
    pub const ZERO: Self = Self(Duration::ZERO);

    /// That many seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// That many milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self(Duration::from_millis(millis))
    }

    /// The duration itself.
    pub const fn get(self) -> Duration {
        self.0
    }
}

impl From<HumanDuration> for Duration {
    fn from(duration: HumanDuration) -> Self {
        duration.0
    }
}

impl From<Duration> for HumanDuration {
    fn from(duration: Duration) -> Self {
        Self(duration)
    }
}

/// The text is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not {EXPECTED}")]
pub struct InvalidDuration(String);

impl FromStr for HumanDuration {
    type Err = InvalidDuration;

    fn from_str(text: &str) -> Result<Self, InvalidDuration> {
        parse(text.trim()).map(Self).ok_or_else(|| InvalidDuration(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let unit = match unit.trim() {
        "" => "s",
        unit => unit,
    };
    let (_, length) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let nanos = u128::from(number) * length;
    let seconds = u64::try_from(nanos / 1_000_000_000).ok()?;
    let rest = u32::try_from(nanos % 1_000_000_000).ok()?;
    Some(Duration::new(seconds, rest))
}

impl fmt::Display for HumanDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.as_nanos();
        if nanos == 0 {
            return f.write_str("0s");
        }
        let (unit, length) = UNITS
            .iter()
            .find(|(_, length)| nanos.is_multiple_of(*length))
            .expect("every duration is whole nanoseconds");
        write!(f, "{}{unit}", nanos / length)
    }
}

impl Serialize for HumanDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for HumanDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DurationVisitor)
    }
}

struct DurationVisitor;

impl Visitor<'_> for DurationVisitor {
    type Value = HumanDuration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<HumanDuration, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: serde::de::Error>(self, seconds: u64) -> Result<HumanDuration, E> {
        Ok(HumanDuration::from_secs(seconds))
    }

    fn visit_i64<E: serde::de::Error>(self, seconds: i64) -> Result<HumanDuration, E> {
        u64::try_from(seconds)
            .map(HumanDuration::from_secs)
            .map_err(|_| E::invalid_value(Unexpected::Signed(seconds), &self))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1500us", Duration::from_micros(1500), "1500us")]
    #[case("250ms", Duration::from_millis(250), "250ms")]
    #[case("2s", Duration::from_secs(2), "2s")]
    #[case(" 90 s ", Duration::from_secs(90), "90s")]
    #[case("120s", Duration::from_secs(120), "2m")]
    #[case("24h", Duration::from_secs(86_400), "1d")]
    #[case("7d", Duration::from_secs(604_800), "7d")]
    #[case("15", Duration::from_secs(15), "15s")]
    #[case("0", Duration::ZERO, "0s")]
    fn a_duration_is_read_and_written_in_its_shortest_form(
        #[case] text: &str,
        #[case] duration: Duration,
        #[case] written: &str,
    ) {
        let read: HumanDuration = text.parse().unwrap();
        assert_eq!((read.get(), read.to_string().as_str()), (duration, written));
        assert_eq!(written.parse(), Ok(read));
    }

    #[test]
    fn a_number_is_seconds() {
        assert_eq!(serde_json::from_str::<HumanDuration>("3").unwrap(), HumanDuration::from_secs(3));
        assert!(serde_json::from_str::<HumanDuration>("-3").is_err());
    }

    #[rstest]
    #[case("")]
    #[case("soon")]
    #[case("10 parsecs")]
    #[case("-1s")]
    #[case("1.5s")]
    #[case("999999999999999999999d")]
    #[case("9999999999999999d")]
    fn anything_else_is_an_error_that_quotes_it(#[case] text: &str) {
        let error = text.parse::<HumanDuration>().unwrap_err().to_string();
        assert!(error.starts_with(&format!("{text:?} is not a duration such as")), "{error}");
    }
}
