use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn raw(url: &str) -> RawSnapshotRow {
    RawSnapshotRow {
        url: Some(url.to_owned()),
        hosted_by: Some("Hill Wind Hosting".to_owned()),
        hosted_by_website: Some("www.hill-wind.example.com".to_owned()),
        partner: Some(String::new()),
        green: Some(1),
        hosted_by_id: Some(7),
        modified: Some("2019-12-09 10:00:00".to_owned()),
        created: None,
        listed_provider: None,
        kind: None,
    }
}

fn host(url: &str) -> Result<String, RejectedRow> {
    SnapshotRow::from_raw(&raw(url)).map(|row| row.host.to_string())
}

#[rstest]
#[case("example.com", "example.com")]
#[case("  WWW.Example.COM. ", "www.example.com")]
#[case("\u{a0}example.com", "example.com")]
#[case("http://example.com/", "example.com")]
#[case("https://Example.com", "example.com")]
#[case("example.com/", "example.com")]
#[case("example.com:8080", "example.com")]
#[case("münchen.de", "xn--mnchen-3ya.de")]
#[case("192.0.2.7", "192.0.2.7")]
#[case("[2001:DB8::7]", "2001:db8::7")]
fn a_name_is_normalised(#[case] url: &str, #[case] expected: &str) {
    assert_eq!(host(url).as_deref(), Ok(expected));
}

#[rstest]
#[case("", RejectedRow::NoName)]
#[case("   ", RejectedRow::NoName)]
#[case("info@example.com", RejectedRow::InvalidName)]
#[case("http://user:pw@example.com", RejectedRow::InvalidName)]
#[case("example.com/shop", RejectedRow::InvalidName)]
#[case("example.com?x=1", RejectedRow::InvalidName)]
#[case("ftp://example.com", RejectedRow::InvalidName)]
#[case("localhost", RejectedRow::InvalidName)]
#[case("exa mple.com", RejectedRow::InvalidName)]
#[case("*.example.com", RejectedRow::InvalidName)]
fn what_names_no_host_is_rejected(#[case] url: &str, #[case] expected: RejectedRow) {
    assert_eq!(host(url), Err(expected));
}

#[rstest]
#[case(RawSnapshotRow { url: None, ..raw("") }, RejectedRow::NoName)]
#[case(RawSnapshotRow { green: Some(3), ..raw("example.com") }, RejectedRow::NotGreen)]
#[case(RawSnapshotRow { green: Some(0), ..raw("example.com") }, RejectedRow::NotGreen)]
#[case(RawSnapshotRow { green: None, ..raw("example.com") }, RejectedRow::NotGreen)]
#[case(RawSnapshotRow { hosted_by_id: None, ..raw("example.com") }, RejectedRow::NoProvider)]
#[case(RawSnapshotRow { hosted_by_id: Some(0), ..raw("example.com") }, RejectedRow::NoProvider)]
#[case(RawSnapshotRow { modified: None, ..raw("example.com") }, RejectedRow::InvalidDate)]
#[case(RawSnapshotRow { modified: Some("0000-00-00 00:00:00".to_owned()), ..raw("example.com") }, RejectedRow::InvalidDate)]
fn a_row_that_cannot_be_stored_says_why(#[case] row: RawSnapshotRow, #[case] expected: RejectedRow) {
    assert_eq!(SnapshotRow::from_raw(&row), Err(expected));
}

#[test]
fn missing_columns_have_defaults() {
    let row = SnapshotRow::from_raw(&raw("example.com")).unwrap();
    assert_eq!(row.provider, ProviderId(7));
    assert_eq!(row.created, row.modified);
    assert_eq!(row.modified.to_rfc3339(), "2019-12-09T10:00:00+00:00");
    assert!(row.listed, "the older table does not say: a named provider counts as listed");
    let bare =
        RawSnapshotRow { hosted_by: None, hosted_by_website: None, partner: None, ..raw("example.com") };
    let row = SnapshotRow::from_raw(&bare).unwrap();
    assert_eq!((row.hosted_by.as_str(), row.hosted_by_website.as_str(), row.partner.as_str()), ("", "", ""));
    assert!(!row.listed);
}

#[test]
fn each_date_stands_in_for_the_other() {
    let dated = |created: &str, modified: &str| {
        let given = |text: &str| Some(text.to_owned()).filter(|text| text != "-");
        let row = RawSnapshotRow { created: given(created), modified: given(modified), ..raw("example.com") };
        SnapshotRow::from_raw(&row).map(|row| (row.created.to_string(), row.modified.to_string()))
    };
    let time = |day: &str| format!("{day} 00:00:00 UTC");
    assert_eq!(dated("2018-01-01", "2019-01-01"), Ok((time("2018-01-01"), time("2019-01-01"))));
    assert_eq!(dated("nonsense", "2019-01-01"), Ok((time("2019-01-01"), time("2019-01-01"))));
    assert_eq!(dated("2018-01-01", "-"), Ok((time("2018-01-01"), time("2018-01-01"))));
    assert_eq!(dated("2018-01-01", " "), Ok((time("2018-01-01"), time("2018-01-01"))));
    assert_eq!(dated("2018-01-01", "nonsense"), Err(RejectedRow::InvalidDate));
}

#[test]
fn texts_are_cleaned() {
    let row = RawSnapshotRow {
        hosted_by: Some(" Hill\0 Wind\n".to_owned()),
        partner: Some("p".repeat(300)),
        listed_provider: Some(0),
        ..raw("example.com")
    };
    let row = SnapshotRow::from_raw(&row).unwrap();
    assert_eq!(row.hosted_by, "Hill Wind");
    assert_eq!(row.partner.len(), 255);
    assert!(!row.listed);
}

proptest! {
    #[test]
    fn no_row_panics_and_every_kept_name_is_canonical(
        url in proptest::option::of(".*"), hosted_by in proptest::option::of(".*"),
        green in proptest::option::of(0_i64..3), id in proptest::option::of(any::<i64>()),
        modified in proptest::option::of("(.*|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]?[0-9:.]*)"),
    ) {
        let row = RawSnapshotRow {
            url, hosted_by, green, hosted_by_id: id, modified,
            ..RawSnapshotRow::default()
        };
        if let Ok(row) = SnapshotRow::from_raw(&row) {
            prop_assert_eq!(Host::from_canonical(row.host.as_str()), Ok(row.host.clone()));
            prop_assert!(!row.hosted_by.contains('\0'));
        }
    }
}

#[test]
fn a_verdict_becomes_a_row_and_is_read_back() {
    let time = |text: &str| parse_time(text).unwrap();
    let verdict = StoredVerdict {
        host: Host::parse("www.example.com").unwrap(),
        green: true,
        provider: ProviderId(7),
        by: crate::Match { kind: crate::MatchKind::Range, id: Some(3) },
        address: Some([192, 0, 2, 7].into()),
        hosted_by: "Hill Wind".to_owned(),
        hosted_by_website: "hill.example.com".to_owned(),
        partner: "Partner".to_owned(),
        listed: true,
        created: time("2019-12-09T10:00:00Z"),
        modified: time("2026-11-20T01:30:00.000001Z"),
    };
    let raw = RawSnapshotRow::from(&verdict);
    assert_eq!(raw.modified.as_deref(), Some("2026-11-20T01:30:00.000001"));
    assert_eq!(raw.created.as_deref(), Some("2019-12-09T10:00:00"));
    assert_eq!((raw.green, raw.listed_provider, raw.kind.as_deref()), (Some(1), Some(1), Some("ip")));
    let row = SnapshotRow::from_raw(&raw).unwrap();
    assert_eq!((row.host, row.provider, row.listed), (verdict.host, verdict.provider, true));
    assert_eq!((row.created, row.modified), (verdict.created, verdict.modified));
    assert_eq!((row.hosted_by, row.partner), (verdict.hosted_by, verdict.partner));
}
