//! `/api/v3/ip-to-co2intensity/`, statement by statement.

use actix_web::test::TestRequest;
use rstest::rstest;

use crate::support::{bench, bench_of};

const PATH: &str = "/api/v3/ip-to-co2intensity/";

fn world(checked_ip: &str) -> String {
    format!(
        r#"{{"country_name":"World","country_code_iso_2":"xx","country_code_iso_3":"xxx","carbon_intensity_type":"avg","carbon_intensity":442.23,"generation_from_fossil":61.56,"year":2021,"checked_ip":"{checked_ip}"}}"#
    )
}

fn netherlands(checked_ip: &str) -> String {
    format!(
        r#"{{"country_name":"Netherlands","country_code_iso_2":"NL","country_code_iso_3":"NLX","carbon_intensity_type":"avg","carbon_intensity":354.0,"generation_from_fossil":49.5,"year":2023,"checked_ip":"{checked_ip}"}}"#
    )
}

#[actix_web::test]
async fn an_address_has_the_row_of_its_country() {
    let bench = bench();
    let answer = bench.get(&format!("{PATH}192.0.2.7")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    assert_eq!(answer.body, netherlands("192.0.2.7"));
    for typed in ["2001:db8::1", "2001%3Adb8%3A%3A1"] {
        let body = bench.get(&format!("{PATH}{typed}")).await.body;
        assert!(
            body.contains(r#""country_name":"Denmark""#) && body.ends_with(r#""checked_ip":"2001:db8::1"}"#),
            "{body}"
        );
    }
}

#[rstest]
#[case::no_country_is_known("198.51.100.7")]
#[case::the_country_has_no_row("203.0.113.9")]
#[case::a_private_address("10.0.0.1")]
#[case::an_address_of_ipv6("::1")]
#[actix_web::test]
async fn everything_else_has_the_world(#[case] address: &str) {
    let answer = bench().get(&format!("{PATH}{address}")).await;
    assert_eq!((answer.status, answer.body), (200, world(address)));
}

#[actix_web::test]
async fn a_catalog_that_cannot_be_read_has_the_world_too() {
    let bench = bench_of(greencheck_testkit::fakes::DirectoryContent::default());
    bench.directory.set_away(true);
    let answer = bench.get(&format!("{PATH}192.0.2.7")).await;
    assert_eq!((answer.status, answer.body), (200, world("192.0.2.7")));
}

#[rstest]
#[case::a_direct_caller("192.0.2.7", "", "192.0.2.7")]
#[case::a_stranger_is_not_believed("192.0.2.7", "198.51.100.7", "192.0.2.7")]
#[case::a_trusted_proxy_is("10.0.0.1", "192.0.2.9", "192.0.2.9")]
#[case::what_the_caller_adds_is_not("10.0.0.1", "198.51.100.7, 192.0.2.9", "192.0.2.9")]
#[actix_web::test]
async fn without_an_address_it_is_the_callers(
    #[case] peer: &str,
    #[case] forwarded: &str,
    #[case] shown: &str,
) {
    let answer = bench().get_from(peer, PATH, forwarded).await;
    assert_eq!((answer.status, answer.body), (200, netherlands(shown)));
}

#[rstest]
#[case("notanip", "notanip")]
#[case("localhost", "localhost")]
#[case("192.0.2", "192.0.2")]
#[case("192.0.2.7%20", "192.0.2.7 ")]
#[case("0x7f.1", "0x7f.1")]
#[case("a%22b", r#"a\"b"#)]
#[case("%FF", "%FF")]
#[actix_web::test]
async fn what_is_no_address_is_refused_and_quoted(#[case] typed: &str, #[case] quoted: &str) {
    let answer = bench().get(&format!("{PATH}{typed}")).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body, format!(r#"{{"detail":"'{quoted}' is not an IP address."}}"#));
}

#[actix_web::test]
async fn it_is_only_read_and_only_json() {
    let bench = bench();
    for path in [PATH.to_owned(), format!("{PATH}192.0.2.7")] {
        let answer = bench.send(TestRequest::post().uri(&path)).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (405, r#"{"detail":"Method \"POST\" not allowed."}"#)
        );
        assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS");
        assert_eq!(bench.get_with(&path, ("Accept", "text/html")).await.status, 406);
        assert_eq!(
            bench
                .get_with(&path, ("Origin", "https://example.org"))
                .await
                .header("access-control-allow-origin"),
            "*"
        );
    }
}

#[actix_web::test]
async fn answers_are_not_kept_by_caches() {
    let answer = bench().get(&format!("{PATH}192.0.2.7")).await;
    for name in ["cache-control", "etag", "last-modified"] {
        assert_eq!(answer.header(name), "");
    }
}

#[actix_web::test]
async fn the_caller_s_form_ends_with_a_slash_and_the_other_does_not() {
    let bench = bench();
    let answer = bench.get("/api/v3/ip-to-co2intensity").await;
    assert_eq!((answer.status, answer.header("location")), (301, PATH));
    assert_eq!(bench.get(&format!("{PATH}192.0.2.7/")).await.status, 404);
    assert_eq!(bench.get(&format!("{PATH}a%2Fb")).await.status, 404);
}
