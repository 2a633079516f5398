use std::net::IpAddr;

use rstest::rstest;

use super::*;

fn addresses(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[rstest]
#[case::both(Ok(&["192.0.2.1"][..]), Ok(&["2001:db8::1"][..]), Ok(&["192.0.2.1", "2001:db8::1"][..]))]
#[case::no_v6(Ok(&["192.0.2.1"][..]), Err(DnsError::NoAddress), Ok(&["192.0.2.1"][..]))]
#[case::v6_fails(Ok(&["192.0.2.1"][..]), Err(DnsError::Timeout), Ok(&["192.0.2.1"][..]))]
#[case::v4_fails(Err(DnsError::ServFail("REFUSED".into())), Ok(&["2001:db8::1"][..]), Ok(&["2001:db8::1"][..]))]
#[case::nothing_and_a_failure(Ok(&[][..]), Err(DnsError::Timeout), Err("no name server answered in time"))]
#[case::the_worse_failure(
    Err(DnsError::NxDomain),
    Err(DnsError::Timeout),
    Err("no name server answered in time")
)]
#[case::in_either_order(Err(DnsError::ServFail("REFUSED".into())), Err(DnsError::NoAddress), Err("the name server failed: REFUSED"))]
#[case::neither(Ok(&[][..]), Ok(&[][..]), Err("the name has neither an A nor an AAAA record"))]
fn one_family_is_enough(
    #[case] v4: Result<&[&str], DnsError>,
    #[case] v6: Result<&[&str], DnsError>,
    #[case] expected: Result<&[&str], &str>,
) {
    let (v4, v6) = (v4.map(addresses), v6.map(addresses));
    let (v4, v6) =
        (v4.as_ref().map(|found| found.iter().copied()), v6.as_ref().map(|found| found.iter().copied()));
    let found = both_families(v4, v6).map_err(|error| error.to_string());
    assert_eq!(found, expected.map(addresses).map_err(str::to_owned));
}
