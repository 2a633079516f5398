use std::collections::HashMap;
use std::net::IpAddr;

use proptest::prelude::*;
use rstest::rstest;

use super::*;

/// Every input of the older platform's table, and what people paste besides.
#[rstest]
#[case("google.com", "google.com")]
#[case("http://google.com", "google.com")]
#[case("HTTPS://google.com", "google.com")]
#[case("//google.com", "google.com")]
#[case("google.com/path", "google.com")]
#[case("google.com?x=1", "google.com")]
#[case("google.com#f", "google.com")]
#[case("google.com?to=ftp://example.com", "google.com")]
#[case("google.com/a\\b c", "google.com")]
#[case("GOOGLE.com", "google.com")]
#[case("google.com.", "google.com")]
#[case("www.google.com", "www.google.com")]
#[case("google.com:80", "google.com")]
#[case("google.com:", "google.com")]
#[case("https://google.com.:443/?q", "google.com")]
#[case("user:pw@google.com", "google.com")]
#[case("foo@bar.com", "bar.com")]
#[case("a@b@bar.com:1", "bar.com")]
#[case("google.com ", "google.com")]
#[case("\ngoogle.com", "google.com")]
#[case("\t https://google.com/ \r\n", "google.com")]
#[case("1.2.3.4", "1.2.3.4")]
#[case("10.0.0.1", "10.0.0.1")]
#[case("127.0.0.1", "127.0.0.1")]
#[case("0.0.0.0", "0.0.0.0")]
#[case("1.2.3.4:80", "1.2.3.4")]
#[case("http://1.2.3.4/", "1.2.3.4")]
#[case("1.2.3.4.", "1.2.3.4")]
#[case("１.２.３.４", "1.2.3.4")]
#[case("2001:db8::1", "2001:db8::1")]
#[case("2001:DB8:0:0:0:0:0:1", "2001:db8::1")]
#[case("::1", "::1")]
#[case("[2001:db8::1]", "2001:db8::1")]
#[case("[2001:db8::1]:443", "2001:db8::1")]
#[case("https://user@[2001:db8::1]:/x", "2001:db8::1")]
#[case("::ffff:192.0.2.1", "192.0.2.1")]
#[case("[::ffff:c000:201]", "192.0.2.1")]
#[case("com", "com")]
#[case("co.uk", "co.uk")]
#[case("foo", "foo")]
#[case("github.io", "github.io")]
#[case("münchen.de", "xn--mnchen-3ya.de")]
#[case("MÜNCHEN.de.", "xn--mnchen-3ya.de")]
#[case("mu\u{308}nchen.de", "xn--mnchen-3ya.de")]
#[case("xn--mnchen-3ya.de", "xn--mnchen-3ya.de")]
#[case("XN--Mnchen-3ya.DE", "xn--mnchen-3ya.de")]
#[case("例え.jp", "xn--r8jz45g.jp")]
#[case("example.рф", "example.xn--p1ai")]
#[case("straße.de", "xn--strae-oqa.de")]
#[case("google。com", "google.com")]
#[case("goo\u{200b}gle.com", "google.com")]
#[case("a_b.com", "a_b.com")]
#[case("_dmarc.example.com", "_dmarc.example.com")]
#[case("a--b.com", "a--b.com")]
#[case("0.com", "0.com")]
fn what_people_paste_becomes_canonical(#[case] input: &str, #[case] canonical: &str) {
    let host = Host::parse(input).unwrap();
    assert_eq!(host.as_str(), canonical);
    assert_eq!(Host::from_canonical(canonical), Ok(host));
}

#[rstest]
#[case("", InvalidHost::Empty)]
#[case(" ", InvalidHost::Empty)]
#[case(".", InvalidHost::Empty)]
#[case("http://", InvalidHost::Empty)]
#[case("https:///google.com", InvalidHost::Empty)]
#[case("user@", InvalidHost::Empty)]
#[case(":80", InvalidHost::Empty)]
#[case("ftp://google.com", InvalidHost::Scheme)]
#[case("FTP://google.com", InvalidHost::Scheme)]
#[case("google.com://x", InvalidHost::Scheme)]
#[case("google.com:http", InvalidHost::Port)]
#[case("google.com:-1", InvalidHost::Port)]
#[case("google.com:+1", InvalidHost::Port)]
#[case("google.com:65536", InvalidHost::Port)]
#[case("http:google.com", InvalidHost::Port)]
#[case("[::1]x", InvalidHost::Port)]
#[case("*.google.com", InvalidHost::Character)]
#[case("goo gle.com", InvalidHost::Character)]
#[case("goo\ngle.com", InvalidHost::Character)]
#[case("a b@google.com", InvalidHost::Character)]
#[case("a,b.com", InvalidHost::Character)]
#[case("%FF.com", InvalidHost::Character)]
#[case("google%2ecom", InvalidHost::Character)]
#[case("goo\0gle.com", InvalidHost::Character)]
#[case("google.com\0", InvalidHost::Character)]
#[case("google.com\\@example.com", InvalidHost::Character)]
#[case("http:\\\\google.com", InvalidHost::Character)]
#[case("google.com／example.org", InvalidHost::Character)]
#[case("google.com＠example.org", InvalidHost::Character)]
#[case("a\u{2100}.com", InvalidHost::Character)]
#[case("a..com", InvalidHost::EmptyLabel)]
#[case(".google.com", InvalidHost::EmptyLabel)]
#[case("google.com..", InvalidHost::EmptyLabel)]
#[case("google.com。.", InvalidHost::EmptyLabel)]
#[case("-a.com", InvalidHost::Hyphen)]
#[case("a-.com", InvalidHost::Hyphen)]
#[case("-.com", InvalidHost::Hyphen)]
#[case("256.1.1.1", InvalidHost::Address)]
#[case("1.2.3", InvalidHost::Address)]
#[case("1.2.3.4.5", InvalidHost::Address)]
#[case("01.2.3.4", InvalidHost::Address)]
#[case("16909060", InvalidHost::Address)]
#[case("foo.123", InvalidHost::Address)]
#[case("[1.2.3.4]", InvalidHost::Address)]
#[case("[::1", InvalidHost::Address)]
#[case("[google.com]", InvalidHost::Address)]
#[case("fe80::1%eth0", InvalidHost::Address)]
#[case("[fe80::1%25eth0]", InvalidHost::Address)]
#[case("1:2:3", InvalidHost::Address)]
#[case("google.com:80:80", InvalidHost::Address)]
#[case("xn--a.com", InvalidHost::Idn)]
#[case("xn--.com", InvalidHost::Idn)]
#[case("xn--google-.com", InvalidHost::Idn)]
#[case("a\u{fffd}.com", InvalidHost::Idn)]
#[case("localhost", InvalidHost::Suffix)]
#[case("foo.local", InvalidHost::Suffix)]
#[case("foo.internal", InvalidHost::Suffix)]
#[case("foo.test", InvalidHost::Suffix)]
#[case("foo.example", InvalidHost::Suffix)]
#[case("foo.invalidtld", InvalidHost::Suffix)]
#[case("0x7f.0x1", InvalidHost::Suffix)]
fn everything_else_is_an_error_that_quotes_the_input(
    #[case] input: &str,
    #[case] flaw: fn(String) -> InvalidHost,
) {
    let error = Host::parse(input).unwrap_err();
    assert_eq!(error, flaw(format!("{input:?}")));
    assert!(error.to_string().starts_with(&format!("{input:?} ")), "{error}");
}

#[test]
fn lengths_are_limited_as_in_the_dns() {
    let label = "a".repeat(63);
    let longest = format!("{label}.{label}.{label}.{}.com", "a".repeat(57));
    assert_eq!(longest.len(), 253);
    assert_eq!(Host::parse(&format!("{longest}.")).unwrap().as_str(), longest);
    assert!(matches!(Host::parse(&format!("a{longest}")), Err(InvalidHost::TooLong(_))));
    assert!(matches!(Host::parse(&format!("a{label}.com")), Err(InvalidHost::LongLabel(_))));
    assert!(matches!(Host::parse(&format!("{}.com", "ä".repeat(100_000))), Err(InvalidHost::TooLong(_))));
}

#[test]
fn a_long_input_is_cut_in_the_error() {
    let error = Host::parse(&"ä\u{202e}".repeat(500)).unwrap_err().to_string();
    assert!(error.starts_with("\"ä\\u{202e}ä"), "{error}");
    assert!(error.chars().count() < 600, "{error}");
}

#[rstest]
#[case("www.example.com", Some("com"), Some("example.com"))]
#[case("example.com", Some("com"), Some("example.com"))]
#[case("a.b.example.co.uk", Some("co.uk"), Some("example.co.uk"))]
#[case("foo.github.io", Some("github.io"), Some("foo.github.io"))]
#[case("foo.s3.amazonaws.com", Some("s3.amazonaws.com"), Some("foo.s3.amazonaws.com"))]
#[case("www.ck", Some("ck"), Some("www.ck"))]
#[case("foo.bar.ck", Some("bar.ck"), Some("foo.bar.ck"))]
#[case("github.io", Some("github.io"), None)]
#[case("com", Some("com"), None)]
#[case("1.2.3.4", None, None)]
#[case("::1", None, None)]
fn a_name_knows_its_public_suffix(
    #[case] input: &str,
    #[case] suffix: Option<&str>,
    #[case] registrable: Option<&str>,
) {
    let host = Host::parse(input).unwrap();
    assert_eq!((host.suffix(), host.registrable()), (suffix, registrable));
}

#[rstest]
#[case("example.com", Some("www.example.com"))]
#[case("www.example.com", Some("example.com"))]
#[case("example.co.uk", Some("www.example.co.uk"))]
#[case("blog.example.com", None)]
#[case("www.blog.example.com", None)]
#[case("com", None)]
#[case("www.com", Some("www.www.com"))]
#[case("1.2.3.4", None)]
fn only_registrable_domains_have_an_alternate(#[case] input: &str, #[case] alternate: Option<&str>) {
    let found = Host::parse(input).unwrap().www_alternate();
    assert_eq!(found.as_ref().map(Host::as_str), alternate);
}

#[rstest]
#[case("1.2.3.4", Some("1.2.3.4"))]
#[case("[2001:db8::1]:80", Some("2001:db8::1"))]
#[case("::ffff:1.2.3.4", Some("1.2.3.4"))]
#[case("example.com", None)]
fn only_a_literal_has_an_address(#[case] input: &str, #[case] address: Option<&str>) {
    let address: Option<IpAddr> = address.map(|address| address.parse().unwrap());
    assert_eq!(Host::parse(input).unwrap().ip(), address);
}

#[rstest]
#[case("MÜNCHEN.de", "münchen.de")]
#[case("https://例え.jp/x", "例え.jp")]
#[case("xn--mnchen-3ya.de", "xn--mnchen-3ya.de")]
#[case("Google.com.", "google.com")]
#[case("google。com", "google.com")]
#[case("[2001:DB8::1]", "2001:db8::1")]
fn answers_show_the_form_that_was_typed(#[case] input: &str, #[case] shown: &str) {
    assert_eq!(NamedHost::parse(input).unwrap().shown(), shown);
}

#[rstest]
fn only_the_canonical_text_is_canonical(
    #[values(
        "Google.com",
        "google.com.",
        " google.com",
        "//google.com",
        "google.com:80",
        "münchen.de",
        "[::1]",
        "0::1"
    )]
    text: &str,
) {
    assert_eq!(Host::from_canonical(text), Err(InvalidHost::NotCanonical(format!("{text:?}"))));
    assert!(serde_json::from_value::<Host>(text.into()).is_err());
}

#[test]
fn json_holds_the_text() {
    let host = Host::parse("Example.COM").unwrap();
    assert_eq!(serde_json::to_string(&host).unwrap(), "\"example.com\"");
    assert_eq!(serde_json::from_str::<Host>("\"example.com\"").unwrap(), host);
}

#[test]
fn a_map_of_hosts_is_asked_by_text() {
    let hosts = HashMap::from([(Host::parse("Example.COM").unwrap(), 7)]);
    assert_eq!(hosts.get("example.com"), Some(&7));
}

/// Text near what names are made of: random text alone hardly ever reaches the later checks.
fn pasted() -> impl Strategy<Value = String> {
    let label = prop_oneof![
        "[a-zA-Z0-9_-]{0,8}",
        "[äöüßÉéñ例えрф。．Ａ１\u{200b}\u{200d}\u{308}İſ]{1,4}",
        "xn--[a-z0-9-]{1,8}",
        "[0-9]{1,3}",
        "\\PC{1,4}",
    ];
    let suffix = prop_oneof![
        Just("com"),
        Just("co.uk"),
        Just("рф"),
        Just("github.io"),
        Just("DE."),
        Just("4"),
        Just("")
    ];
    let before =
        prop_oneof![Just(""), Just("http://"), Just("//"), Just("u:p@"), Just(" "), Just("["), Just("::")];
    let after = prop_oneof![Just(""), Just(":80"), Just("/a"), Just("?b"), Just("]"), Just("\n"), Just(".")];
    (before, prop::collection::vec(label, 0..4), suffix, after)
        .prop_map(|(before, labels, suffix, after)| format!("{before}{}.{suffix}{after}", labels.join(".")))
}

fn holds(input: &str) -> Result<(), TestCaseError> {
    let Ok(named) = NamedHost::parse(input) else {
        return Ok(());
    };
    let text = named.host.as_str();
    prop_assert!(text.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase()), "{}", text);
    prop_assert!(text.len() <= 253 && !text.ends_with('.'), "{}", text);
    prop_assert_eq!(Host::parse(text), Ok(named.host.clone()));
    prop_assert_eq!(Host::from_canonical(text), Ok(named.host.clone()));
    prop_assert_eq!(Host::parse(&named.shown()), Ok(named.host.clone()));
    prop_assert_eq!(Host::parse(&named.host.to_unicode()), Ok(named.host.clone()));
    prop_assert!(named.host.ip().is_none_or(|address| Host::from(address) == named.host), "{}", text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_are_refused_or_canonical(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        holds(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn any_text_is_refused_or_canonical(text in any::<String>()) {
        holds(&text)?;
    }

    #[test]
    fn any_pasted_text_is_refused_or_canonical(text in pasted()) {
        holds(&text)?;
    }

    #[test]
    fn every_address_is_a_host(address in any::<IpAddr>()) {
        let host = Host::parse(&address.to_string()).unwrap();
        prop_assert_eq!(host.ip(), Some(address.to_canonical()));
    }
}
