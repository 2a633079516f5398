//! How configuration spells durations: `#[serde(with = "greencheck_core::serde_duration")]` on a [`Duration`] field.
//!
//! `"10ms"`, `"2s"`, `"5m"`, `"24h"` and `"7d"` are read, and a plain number as seconds; the shortest exact form is written.

use std::fmt;
use std::time::Duration;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserializer, Serializer};

const EXPECTED: &str = "a duration such as \"10ms\", \"2s\", \"5m\", \"24h\" or \"7d\"";

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

/// The duration that `text` spells; the error quotes it.
pub fn parse(text: &str) -> Result<Duration, InvalidDuration> {
    let invalid = || InvalidDuration(text.to_owned());
    let trimmed = text.trim();
    let digits = trimmed.find(|c: char| !c.is_ascii_digit()).unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(digits);
    let number: u64 = number.parse().map_err(|_| invalid())?;
    let unit = match unit.trim() {
        "" => "s",
        unit => unit,
    };
    let (_, nanos) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(invalid)?;
    from_nanos(u128::from(number) * nanos).ok_or_else(invalid)
}

/// The shortest exact spelling of `duration`, which [`parse`] reads back.
pub fn format(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    if nanos == 0 {
        return "0s".to_owned();
    }
    let (unit, length) = UNITS
        .iter()
        .find(|(_, length)| nanos.is_multiple_of(*length))
        .expect("every duration is whole nanoseconds");
    std::format!("{}{unit}", nanos / length)
}

pub fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format(*duration))
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    deserializer.deserialize_any(DurationVisitor)
}

/// The text is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not {EXPECTED}")]
pub struct InvalidDuration(String);

fn from_nanos(nanos: u128) -> Option<Duration> {
    let seconds = u64::try_from(nanos / 1_000_000_000).ok()?;
    let rest = u32::try_from(nanos % 1_000_000_000).ok()?;
    Some(Duration::new(seconds, rest))
}

struct DurationVisitor;

impl Visitor<'_> for DurationVisitor {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Duration, E> {
        parse(text).map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_u64<E: Error>(self, seconds: u64) -> Result<Duration, E> {
        Ok(Duration::from_secs(seconds))
    }

    fn visit_i64<E: Error>(self, seconds: i64) -> Result<Duration, E> {
        match u64::try_from(seconds) {
            Ok(seconds) => Ok(Duration::from_secs(seconds)),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(seconds), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Config {
        #[serde(with = "super")]
        wait: Duration,
    }

    fn read(json: &str) -> serde_json::Result<Config> {
        serde_json::from_str(&std::format!("{{\"wait\":{json}}}"))
    }

    #[rstest]
    #[case("\"10ms\"", Duration::from_millis(10), "10ms")]
    #[case("\"2s\"", Duration::from_secs(2), "2s")]
    #[case("\"90 s\"", Duration::from_secs(90), "90s")]
    #[case("\"120s\"", Duration::from_secs(120), "2m")]
    #[case("\"24h\"", Duration::from_secs(86_400), "1d")]
    #[case("\"7d\"", Duration::from_secs(604_800), "7d")]
    #[case("\"15\"", Duration::from_secs(15), "15s")]
    #[case("3", Duration::from_secs(3), "3s")]
    #[case("0", Duration::ZERO, "0s")]
    #[case("\"250us\"", Duration::from_micros(250), "250us")]
    fn a_duration_is_read_and_written_in_its_shortest_form(
        #[case] json: &str,
        #[case] wait: Duration,
        #[case] written: &str,
    ) {
        assert_eq!(read(json).unwrap(), Config { wait });
        assert_eq!(format(wait), written);
        assert_eq!(parse(written).unwrap(), wait);
    }

    #[rstest]
    #[case("\"\"")]
    #[case("\"soon\"")]
    #[case("\"10 parsecs\"")]
    #[case("\"-1s\"")]
    #[case("\"1.5s\"")]
    #[case("\"999999999999999999999d\"")]
    #[case("\"9999999999999999d\"")]
    #[case("-1")]
    #[case("true")]
    fn anything_else_is_an_error_that_shows_the_form(#[case] json: &str) {
        let error = read(json).unwrap_err().to_string();
        assert!(error.contains("a duration such as"), "{error}");
    }
}
