use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// Forms without a zone; the platform writes UTC.
const NAIVE: [&str; 2] = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
/// No date of the platform is near; databases keep every year between.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=9999;

/// Reads a time as exports and snapshots write it: RFC 3339, or naive UTC with `T` or a space, with or without a
/// fraction, or a bare date, which is its midnight. `None` for anything else and for years that nobody means.
pub fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let zoned = || DateTime::parse_from_rfc3339(text).ok().map(|time| time.naive_utc());
    let naive = || NAIVE.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let midnight = || parse_date(text).map(|date| date.and_time(NaiveTime::MIN));
    let time = naive().or_else(zoned).or_else(midnight)?;
    YEARS.contains(&chrono::Datelike::year(&time)).then(|| time.and_utc())
}

/// Reads `YYYY-MM-DD` and nothing else.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let is_plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    is_plain.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2019-12-09 10:00:00", Some("2019-12-09T10:00:00+00:00"))]
    #[case("2019-12-09T10:00:00", Some("2019-12-09T10:00:00+00:00"))]
    #[case(" 2019-12-09T10:00:00.123456 ", Some("2019-12-09T10:00:00.123456+00:00"))]
    #[case("2019-12-09 10:00:00.5", Some("2019-12-09T10:00:00.500+00:00"))]
    #[case("2019-12-09T10:00:00Z", Some("2019-12-09T10:00:00+00:00"))]
    #[case("2019-12-09T10:00:00+02:00", Some("2019-12-09T08:00:00+00:00"))]
    #[case("2019-12-09", Some("2019-12-09T00:00:00+00:00"))]
    #[case("0000-00-00 00:00:00", None)]
    #[case("0001-01-01 00:00:00", None)]
    #[case("+12019-12-09T10:00:00", None)]
    #[case("09.12.2019", None)]
    #[case("1575885600", None)]
    #[case("", None)]
    fn times_are_read_in_the_forms_of_the_platform(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(parse_time(text).map(|time| time.to_rfc3339()).as_deref(), expected);
    }

    #[rstest]
    #[case("2024-02-29", true)]
    #[case("2023-02-29", false)]
    #[case("2024-2-29", false)]
    #[case("24-02-2029", false)]
    fn dates_have_one_form(#[case] text: &str, #[case] valid: bool) {
        assert_eq!(parse_date(text).is_some(), valid);
    }
}
