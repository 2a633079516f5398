//! The bodies that clients of the platform rely on, key by key.

use std::sync::Arc;

use chrono::{DateTime, Datelike, SecondsFormat, Timelike, Utc};
use greencheck_core::directory::Co2Intensity;
use greencheck_core::{Answer, HostedBy};
use serde::{Serialize, Serializer};

mod green;
mod rows;
mod table;

use green::write_green;
pub(crate) use rows::{list, multi, multi_at_hand};
pub(crate) use table::{batch, detail as csv_detail};

/// The four keys of any other check, in the platform's order.
#[derive(Serialize)]
struct Grey<'a> {
    green: bool,
    /// `null` when the input is no host name.
    url: Option<&'a str>,
    data: bool,
    modified: NaiveTime,
}

/// UTC without a zone; microseconds, or none at all when they are zero.
pub(crate) struct NaiveTime(pub(crate) DateTime<Utc>);

impl Serialize for NaiveTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut digits = *b"0000-00-00T00:00:00.000000";
        match write_naive_time(self.0, &mut digits) {
            Some(length) => serializer
                .serialize_str(std::str::from_utf8(&digits[..length]).expect("digits and signs are ASCII")),
            None => serializer.serialize_str(&naive_time(self.0)),
        }
    }
}

/// Appends a time as JSON.
fn write_time(bytes: &mut Vec<u8>, time: DateTime<Utc>) {
    let mut digits = *b"0000-00-00T00:00:00.000000";
    let Some(length) = write_naive_time(time, &mut digits) else {
        return write_json(bytes, &naive_time(time));
    };
    bytes.push(b'"');
    // Nearly always all of them: copying a number of bytes that is known beforehand calls nobody.
    if length == digits.len() {
        bytes.extend_from_slice(&digits);
    } else {
        bytes.extend_from_slice(&digits[..length]);
    }
    bytes.push(b'"');
}

/// Writes the platform's form of a time of this era, and says how long it is: a body is written for every check.
fn write_naive_time(time: DateTime<Utc>, digits: &mut [u8; 26]) -> Option<usize> {
    // Once, since each field of a time with a zone would look for its offset.
    let (date, time) = (time.naive_utc().date(), time.naive_utc().time());
    let year = u32::try_from(date.year()).ok().filter(|year| *year <= 9_999)?;
    let micros = time.nanosecond() / 1000;
    // A leap second has more than a second's nanoseconds.
    let micros = (micros < 1_000_000).then_some(micros)?;
    let (hundreds, years) = (year / 100, year % 100);
    let (first, second, third) = (micros / 10_000, micros / 100 % 100, micros % 100);
    let minutes = time.num_seconds_from_midnight() / 60;
    let pairs = [
        (0, hundreds),
        (2, years),
        (5, date.month()),
        (8, date.day()),
        (11, minutes / 60),
        (14, minutes % 60),
        (17, time.num_seconds_from_midnight() % 60),
        (20, first),
        (22, second),
        (24, third),
    ];
    for (place, pair) in pairs {
        let [tens, ones] = [pair / 10 % 10, pair % 10].map(|digit| b"0123456789"[digit as usize]);
        digits[place] = tens;
        digits[place + 1] = ones;
    }
    Some(if micros == 0 { 19 } else { 26 })
}

/// The platform's form of any time.
fn naive_time(time: DateTime<Utc>) -> String {
    let micros = time.nanosecond() / 1000;
    let format = if micros == 0 { SecondsFormat::Secs } else { SecondsFormat::Micros };
    let mut text = time.to_rfc3339_opts(format, true);
    text.pop();
    text
}

/// The body of a single check. `shown` is the name as the caller wrote it, in normal form.
pub(crate) fn check(shown: &str, answer: &Answer) -> Vec<u8> {
    let Some(provider) = hosted_green(answer) else { return grey(Some(shown), answer.modified) };
    let mut bytes = Vec::with_capacity(USUAL_BYTES);
    write_green(&mut bytes, shown, answer.modified, provider);
    bytes
}

/// Who hosts it, if the answer is green.
fn hosted_green(answer: &Answer) -> Option<&Arc<HostedBy>> {
    answer.hosted_by.as_ref().filter(|_| answer.verdict.is_green())
}

/// What the body of a check takes, about.
const USUAL_BYTES: usize = 512;

/// The body of a check that is not green.
pub(crate) fn grey(url: Option<&str>, modified: DateTime<Utc>) -> Vec<u8> {
    json(&Grey { green: false, url, data: false, modified: NaiveTime(modified) })
}

/// The body of an error within the API.
pub(crate) fn detail(detail: &str) -> Vec<u8> {
    #[derive(Serialize)]
    struct Detail<'a> {
        detail: &'a str,
    }
    json(&Detail { detail })
}

/// The body of a CO2 intensity, for the address that the caller sees.
pub(crate) fn intensity(intensity: &Co2Intensity, checked_ip: &str) -> Vec<u8> {
    #[expect(clippy::struct_field_names, reason = "the platform's names")]
    #[derive(Serialize)]
    struct Intensity<'a> {
        country_name: &'a str,
        country_code_iso_2: &'a str,
        country_code_iso_3: &'a str,
        carbon_intensity_type: &'a str,
        carbon_intensity: f64,
        generation_from_fossil: f64,
        year: i32,
        checked_ip: &'a str,
    }
    json(&Intensity {
        country_name: &intensity.country_name,
        country_code_iso_2: &intensity.iso2,
        country_code_iso_3: &intensity.iso3,
        carbon_intensity_type: &intensity.carbon_intensity_type,
        carbon_intensity: intensity.carbon_intensity,
        generation_from_fossil: intensity.generation_from_fossil,
        year: intensity.year,
        checked_ip,
    })
}

/// What a route is, in the platform's order.
pub(crate) fn about(name: &str) -> Vec<u8> {
    #[derive(Serialize)]
    struct About<'a> {
        name: &'a str,
        description: &'static str,
        renders: [&'static str; 1],
        parses: [&'static str; 3],
    }
    json(&About {
        name,
        description: "",
        renders: ["application/json"],
        parses: ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
    })
}

pub(crate) fn json(body: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(USUAL_BYTES);
    write_json(&mut bytes, body);
    bytes
}

fn write_json(bytes: &mut Vec<u8>, body: &(impl Serialize + ?Sized)) {
    serde_json::to_writer(bytes, body).expect("these bodies have no map with other keys than text");
}

#[cfg(test)]
mod tests {
    use greencheck_core::{Document, Generation, GreyReason, Host, Match, MatchKind, ProviderId, Verdict};
    use rstest::rstest;

    use super::*;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn green_answer(documents: Option<Vec<Document>>) -> Answer {
        let hosted_by = HostedBy {
            id: ProviderId(1),
            name: "Green Host".to_owned(),
            website: "https://green-host.example".to_owned(),
            partner: "Partner".to_owned(),
            listed: true,
            documents,
        };
        Answer {
            host: Host::parse("green-ip.com").unwrap(),
            verdict: Verdict::Green {
                provider: ProviderId(1),
                by: Match { kind: MatchKind::Range, id: Some(4) },
            },
            hosted_by: Some(Arc::new(hosted_by)),
            modified: time("2026-11-21T03:59:06.410725Z"),
            address: None,
            generation: Generation(1),
            explanation: None,
        }
    }

    fn text(body: Vec<u8>) -> String {
        String::from_utf8(body).unwrap()
    }

    #[test]
    fn a_green_body_has_nine_keys_in_the_order_of_the_platform() {
        let documents = vec![
            Document { id: 2, title: "Pub expired".to_owned(), link: "https://a.example/old.pdf".to_owned() },
            Document { id: 1, title: "Pub current".to_owned(), link: "https://a.example/r.pdf".to_owned() },
        ];
        assert_eq!(
            text(check("green-ip.com", &green_answer(Some(documents)))),
            r#"{"url":"green-ip.com","hosted_by":"Green Host","hosted_by_website":"https://green-host.example","listed_provider":true,"partner":"Partner","green":true,"hosted_by_id":1,"modified":"2026-11-21T03:59:06.410725","supporting_documents":[{"id":2,"title":"Pub expired","link":"https://a.example/old.pdf"},{"id":1,"title":"Pub current","link":"https://a.example/r.pdf"}]}"#
        );
    }

    #[test]
    fn documents_are_absent_when_the_provider_is_gone() {
        assert!(
            text(check("green-ip.com", &green_answer(None)))
                .ends_with(r#""modified":"2026-11-21T03:59:06.410725"}"#)
        );
    }

    #[rstest]
    #[case("2026-11-21T03:59:06.410725999Z")]
    #[case("2026-01-01T00:00:00Z")]
    #[case("0001-02-03T04:05:06.000007Z")]
    #[case("9999-12-31T23:59:59.999999999Z")]
    #[case("2016-12-31T23:59:60.5Z")]
    #[case("+12026-11-21T03:59:06.4Z")]
    #[case("-0044-03-15T12:00:00Z")]
    fn a_time_is_written_as_chrono_writes_it(#[case] text: &str) {
        let time = time(text);
        let written: String = serde_json::from_slice(&json(&NaiveTime(time))).unwrap();
        assert_eq!(written, naive_time(time));
    }

    #[test]
    fn a_grey_body_has_four_keys() {
        let answer = Answer {
            verdict: Verdict::Grey { reason: GreyReason::NoMatch },
            hosted_by: None,
            modified: time("2020-01-01T00:00:00Z"),
            ..green_answer(None)
        };
        assert_eq!(
            text(check("münchen.de", &answer)),
            r#"{"green":false,"url":"münchen.de","data":false,"modified":"2020-01-01T00:00:00"}"#
        );
    }

    #[test]
    fn an_invalid_name_is_null() {
        assert_eq!(
            text(grey(None, time("2026-11-21T03:59:56.100000Z"))),
            r#"{"green":false,"url":null,"data":false,"modified":"2026-11-21T03:59:56.100000"}"#
        );
    }
}
