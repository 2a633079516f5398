use proptest::prelude::*;
use rstest::rstest;

use super::*;

/// Every row of the platform's table of inputs, with what ours makes of it.
#[rstest]
#[case::plain("google.com", "google.com")]
#[case::scheme("http://google.com", "google.com")]
#[case::capital_scheme("HTTPS://google.com", "google.com")]
#[case::scheme_relative("//google.com", "google.com")]
#[case::path("google.com/path", "google.com")]
#[case::query("google.com?x=1", "google.com")]
#[case::fragment("google.com#f", "google.com")]
#[case::url_in_the_query("google.com?next=https://example.com/", "google.com")]
#[case::capitals("GOOGLE.com", "google.com")]
#[case::final_dot("google.com.", "google.com")]
#[case::www("www.google.com", "www.google.com")]
#[case::port("google.com:80", "google.com")]
#[case::empty_port("google.com:", "google.com")]
#[case::user_and_password("user:pw@google.com", "google.com")]
#[case::user("foo@bar.com", "bar.com")]
#[case::everything("https://user:pw@WWW.Google.com.:8080/a/b?c=d#e", "www.google.com")]
#[case::ipv4("1.2.3.4", "1.2.3.4")]
#[case::private_ipv4("10.0.0.1", "10.0.0.1")]
#[case::loopback("127.0.0.1", "127.0.0.1")]
#[case::unspecified("0.0.0.0", "0.0.0.0")]
#[case::ipv6("2001:db8::1", "2001:db8::1")]
#[case::ipv6_long("2001:0DB8:0:0:0:0:0:1", "2001:db8::1")]
#[case::ipv6_loopback("::1", "::1")]
#[case::mapped("::ffff:192.0.2.1", "192.0.2.1")]
#[case::ipv4_port("1.2.3.4:80", "1.2.3.4")]
#[case::ipv4_url("http://1.2.3.4/", "1.2.3.4")]
#[case::bracketed("[2001:db8::1]", "2001:db8::1")]
#[case::bracketed_port("http://[2001:db8::1]:443/x", "2001:db8::1")]
#[case::trailing_space("google.com ", "google.com")]
#[case::leading_space("  google.com", "google.com")]
#[case::leading_newline("\ngoogle.com", "google.com")]
#[case::zero_width_space("goo\u{200b}gle.com", "google.com")]
#[case::bare_suffix("com", "com")]
#[case::bare_double_suffix("co.uk", "co.uk")]
#[case::bare_brand_suffix("foo", "foo")]
#[case::private_suffix("github.io", "github.io")]
#[case::umlaut("münchen.de", "xn--mnchen-3ya.de")]
#[case::decomposed_umlaut("mu\u{308}nchen.de", "xn--mnchen-3ya.de")]
#[case::a_label("xn--mnchen-3ya.de", "xn--mnchen-3ya.de")]
#[case::capital_a_label("XN--MNCHEN-3YA.DE", "xn--mnchen-3ya.de")]
#[case::japanese("例え.jp", "xn--r8jz45g.jp")]
#[case::cyrillic_suffix("example.рф", "example.xn--p1ai")]
#[case::ideographic_full_stop("例え。jp", "xn--r8jz45g.jp")]
#[case::sharp_s("faß.de", "xn--fa-hia.de")]
#[case::underscore("a_b.com", "a_b.com")]
fn inputs_are_normalised(#[case] input: &str, #[case] canonical: &str) {
    assert_eq!(Host::parse(input).map(|host| host.to_string()), Ok(canonical.to_owned()));
}

#[rstest]
#[case::empty("", InvalidHost::Empty)]
#[case::blank("   ", InvalidHost::Empty)]
#[case::only_a_scheme("https://", InvalidHost::Empty)]
#[case::only_a_port(":80", InvalidHost::Empty)]
#[case::octet_too_large("256.1.1.1", InvalidHost::Suffix("256.1.1.1".into()))]
#[case::three_octets("1.2.3", InvalidHost::Suffix("1.2.3".into()))]
#[case::octal("01.2.3.4", InvalidHost::Suffix("01.2.3.4".into()))]
#[case::localhost("localhost", InvalidHost::Suffix("localhost".into()))]
#[case::local("foo.local", InvalidHost::Suffix("foo.local".into()))]
#[case::internal("foo.internal", InvalidHost::Suffix("foo.internal".into()))]
#[case::test("foo.test", InvalidHost::Suffix("foo.test".into()))]
#[case::example("foo.example", InvalidHost::Suffix("foo.example".into()))]
#[case::no_suffix("foo.invalidtld", InvalidHost::Suffix("foo.invalidtld".into()))]
#[case::ftp("ftp://google.com", InvalidHost::Scheme("ftp://google.com".into()))]
#[case::leading_hyphen("-a.com", InvalidHost::Syntax("-a.com".into()))]
#[case::trailing_hyphen("a-.com", InvalidHost::Syntax("a-.com".into()))]
#[case::empty_label("a..com", InvalidHost::Syntax("a..com".into()))]
#[case::leading_dot(".google.com", InvalidHost::Syntax(".google.com".into()))]
#[case::two_final_dots("google.com..", InvalidHost::Syntax("google.com..".into()))]
#[case::wildcard("*.google.com", InvalidHost::Syntax("*.google.com".into()))]
#[case::inner_space("goo gle.com", InvalidHost::Syntax("goo gle.com".into()))]
#[case::comma("a,b.com", InvalidHost::Syntax("a,b.com".into()))]
#[case::percent("%FF.com", InvalidHost::Syntax("%FF.com".into()))]
#[case::nul("google\0.com", InvalidHost::Syntax("google\\0.com".into()))]
#[case::backslash("google.com\\path", InvalidHost::Syntax("google.com\\\\path".into()))]
#[case::port_too_large("google.com:65536", InvalidHost::Port("google.com:65536".into()))]
#[case::port_of_letters("google.com:http", InvalidHost::Port("google.com:http".into()))]
#[case::zone_id("[fe80::1%eth0]", InvalidHost::Ipv6("[fe80::1%eth0]".into()))]
#[case::open_bracket("[2001:db8::1", InvalidHost::Ipv6("[2001:db8::1".into()))]
#[case::after_bracket("[2001:db8::1]x", InvalidHost::Ipv6("[2001:db8::1]x".into()))]
#[case::many_colons("a:b:c.com", InvalidHost::Ipv6("a:b:c.com".into()))]
#[case::only_zero_width_space("\u{200b}", InvalidHost::Syntax("\\u{200b}".into()))]
fn anything_else_is_an_error_that_quotes_the_input(#[case] input: &str, #[case] error: InvalidHost) {
    assert_eq!(Host::parse(input), Err(error));
}

#[test]
fn lengths_have_limits() {
    let label = "a".repeat(63);
    assert!(Host::parse(&format!("{label}.com")).is_ok());
    assert!(matches!(Host::parse(&format!("a{label}.com")), Err(InvalidHost::Syntax(_))));
    let longest = format!("{label}.{label}.{label}.{}.com", "a".repeat(57));
    assert_eq!(longest.len(), 253);
    assert!(Host::parse(&longest).is_ok());
    assert!(matches!(Host::parse(&format!("a{longest}")), Err(InvalidHost::TooLong(_))));
    let huge = "a".repeat(100_000);
    assert!(matches!(Host::parse(&huge), Err(InvalidHost::TooLong(shown)) if shown.len() == 100));
}

#[test]
fn answers_show_the_form_that_the_caller_used() {
    let shown = |input| NamedHost::parse(input).unwrap().shown().into_owned();
    assert_eq!(shown("MÜNCHEN.de"), "münchen.de");
    assert_eq!(shown("xn--mnchen-3ya.de"), "xn--mnchen-3ya.de");
    assert_eq!(shown("https://Google.com/ü"), "google.com");
}

#[test]
fn the_public_suffix_list_divides_names() {
    let parts = |name: &str| {
        let host = Host::parse(name).unwrap();
        (host.suffix().map(str::to_owned), host.registrable().map(str::to_owned))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(parts("a.b.co.uk"), (some("co.uk"), some("b.co.uk")));
    assert_eq!(parts("foo.github.io"), (some("github.io"), some("foo.github.io")));
    assert_eq!(parts("com"), (some("com"), None));
    assert_eq!(parts("192.0.2.1"), (None, None));
    assert_eq!(parts("2001:db8::1"), (None, None));
}

#[test]
fn only_registrable_names_have_a_www_alternate() {
    let alternate = |name: &str| Host::parse(name).unwrap().www_alternate().map(|host| host.to_string());
    assert_eq!(alternate("example.com").as_deref(), Some("www.example.com"));
    assert_eq!(alternate("www.example.com").as_deref(), Some("example.com"));
    assert_eq!(alternate("shop.example.com"), None);
    assert_eq!(alternate("www.shop.example.com"), None);
    assert_eq!(alternate("co.uk"), None);
    assert_eq!(alternate("192.0.2.1"), None);
}

#[test]
fn only_canonical_text_is_taken_for_canonical() {
    assert!(Host::from_canonical("example.com").is_ok());
    for text in ["Example.com", "example.com.", "https://example.com", "münchen.de", "::ffff:192.0.2.1", " a.com"] {
        assert!(Host::from_canonical(text).is_err(), "{text}");
    }
    assert!(serde_json::from_str::<Host>("\"Example.com\"").is_err());
}

proptest! {
    #[test]
    fn parsing_never_panics_on_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        drop(Host::parse(&String::from_utf8_lossy(&bytes)));
    }

    #[test]
    fn parsing_is_idempotent(input in "\\PC{0,80}|([a-zA-Z0-9äßж._-]{0,20}\\.){0,3}(com|DE|рф|co.uk)\\.?(:[0-9]{0,4})?") {
        if let Ok(host) = Host::parse(&input) {
            prop_assert_eq!(Host::parse(host.as_str()).as_ref(), Ok(&host));
            prop_assert_eq!(Host::from_canonical(host.as_str()).as_ref(), Ok(&host));
            prop_assert!(host.as_str().is_ascii());
            prop_assert!(!host.as_str().ends_with('.'));
            prop_assert_eq!(host.as_str().to_ascii_lowercase(), host.as_str());
        }
    }
}
