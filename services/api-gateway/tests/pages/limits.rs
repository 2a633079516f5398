//! A caller that asks too often is told so in the form of what it asked for.

use rstest::rstest;

use crate::support::bench_for;

#[rstest]
#[case::a_script(
    "/data/directory/?callback=f",
    "application/javascript; charset=utf-8",
    "f({\"detail\":\"too many requests: "
)]
#[case::a_provider("/data/hostingprovider/1", "application/json", "{\"detail\":\"too many requests: ")]
#[case::a_page("/directory/", "text/html; charset=utf-8", "<!doctype html>")]
#[case::an_intensity(
    "/api/v3/ip-to-co2intensity/192.0.2.7",
    "application/json",
    "{\"detail\":\"too many requests: "
)]
#[case::a_page_of_providers(
    "/api/v4/providers",
    "application/problem+json",
    "{\"type\":\"about:blank\",\"title\":\"Too Many Requests\",\"status\":429,"
)]
#[actix_web::test]
async fn the_refusal_has_the_form_of_the_answer(
    #[case] path: &str,
    #[case] media: &str,
    #[case] start: &str,
) {
    let bench = bench_for(2);
    for remaining in ["r=1", "r=0"] {
        let answer = bench.get(path).await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("ratelimit").contains(remaining), "{}", answer.header("ratelimit"));
    }
    let asked = bench.directory.asked();
    let answer = bench.get(path).await;
    assert_eq!((answer.status, answer.header("content-type")), (429, media));
    assert!(answer.body.starts_with(start), "{}", answer.body);
    assert_eq!((answer.header("retry-after"), answer.header("cache-control")), ("1", "no-store"));
    assert_eq!(bench.directory.asked(), asked);
}
