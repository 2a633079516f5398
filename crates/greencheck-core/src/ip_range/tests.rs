use rstest::rstest;

use super::*;

#[rstest]
#[case("192.0.2.0/24", "192.0.2.0", "192.0.2.255", 256)]
#[case("192.0.2.7/32", "192.0.2.7", "192.0.2.7", 1)]
#[case("0.0.0.0/0", "0.0.0.0", "255.255.255.255", 1 << 32)]
#[case("192.0.2.3-192.0.2.9", "192.0.2.3", "192.0.2.9", 7)]
#[case(" 192.0.2.3 - 192.0.2.3 ", "192.0.2.3", "192.0.2.3", 1)]
#[case("192.0.2.7", "192.0.2.7", "192.0.2.7", 1)]
#[case("2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", 1 << 96)]
#[case("2001:db8::1-2001:DB8::2", "2001:db8::1", "2001:db8::2", 2)]
#[case("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", u128::MAX)]
fn a_network_two_addresses_or_one_make_a_range(
    #[case] input: &str,
    #[case] start: IpAddr,
    #[case] end: IpAddr,
    #[case] len: u128,
) {
    let range = IpRange::parse(input).unwrap();
    assert_eq!((range.start(), range.end(), range.len()), (start, end, len));
    assert_eq!(range.is_v4(), start.is_ipv4());
    assert_eq!(IpRange::parse(&range.to_string()), Ok(range));
}

#[rstest]
#[case("192.0.2.1/24", "192.0.2.1/24 has bits set behind its prefix: write 192.0.2.0/24")]
#[case("2001:db8::1/64", "2001:db8::1/64 has bits set behind its prefix: write 2001:db8::/64")]
#[case("192.0.2.9-192.0.2.3", "192.0.2.9 comes after 192.0.2.3: write the lower address first")]
#[case("192.0.2.9-::1", "192.0.2.9 and ::1 are of different families: write two IPv4 or two IPv6 addresses")]
#[case("a\nb", "\"a\\nb\" is not a range: write 192.0.2.0/24, 192.0.2.0-192.0.2.9 or one address")]
fn an_error_says_what_to_do(#[case] input: &str, #[case] message: &str) {
    assert_eq!(IpRange::parse(input).unwrap_err().to_string(), message);
}

#[rstest]
fn anything_else_is_not_a_range(
    #[values(
        "",
        "-",
        "/",
        "1.2.3.4/33",
        "::/129",
        "1.2.3.4/",
        "1.2.3/24",
        "1.2.3.4/+8",
        "1.2.3.4-",
        "-1.2.3.4",
        "01.2.3.4"
    )]
    input: &str,
) {
    assert_eq!(IpRange::parse(input), Err(InvalidRange::Syntax(input.to_owned())));
}

#[rstest]
#[case("192.0.2.3-192.0.2.9", "192.0.2.3", true)]
#[case("192.0.2.3-192.0.2.9", "192.0.2.9", true)]
#[case("192.0.2.3-192.0.2.9", "192.0.2.2", false)]
#[case("192.0.2.3-192.0.2.9", "192.0.2.10", false)]
#[case("0.0.0.0/0", "::1", false)]
#[case("::/0", "192.0.2.1", false)]
#[case("::/0", "::ffff:192.0.2.1", true)]
fn both_ends_are_contained_and_no_other_family(
    #[case] range: &str,
    #[case] address: IpAddr,
    #[case] inside: bool,
) {
    assert_eq!(IpRange::parse(range).unwrap().contains(address), inside);
}

#[test]
fn json_holds_start_and_end_and_is_checked() {
    let json = r#"{"start":"192.0.2.0","end":"192.0.2.255"}"#;
    let range = IpRange::parse("192.0.2.0/24").unwrap();
    assert_eq!(serde_json::to_string(&range).unwrap(), json);
    assert_eq!(serde_json::from_str::<IpRange>(json).unwrap(), range);
    let error = serde_json::from_str::<IpRange>(r#"{"start":"192.0.2.9","end":"192.0.2.0"}"#).unwrap_err();
    assert_eq!(error.to_string(), "192.0.2.9 comes after 192.0.2.0: write the lower address first");
}
