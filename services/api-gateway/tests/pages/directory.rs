//! `/data/directory/` and `/data/hostingprovider/{id}`, byte for byte.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use rstest::rstest;
use serde_json::Value;

use crate::support::{bench, bench_of};

const PATH: &str = "/data/directory/";

fn argument<'a>(body: &'a str, callback: &str) -> &'a str {
    body.strip_prefix(callback).unwrap().strip_prefix('(').unwrap().strip_suffix(");").unwrap()
}

#[actix_web::test]
async fn the_directory_is_always_a_script_that_calls_back() {
    let answer = bench().get(PATH).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/javascript; charset=utf-8");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let directory: Value = serde_json::from_str(argument(&answer.body, "callback")).unwrap();
    assert_eq!(directory.as_object().unwrap().len(), 249);
}

#[actix_web::test]
async fn a_country_is_shown_key_by_key_with_its_providers() {
    let answer = bench().get(PATH).await;
    let nl = r#""NL":{"iso":"NL","tld":".nl","countryname":"NETHERLANDS","providers":[{"iso":"NL","id":"1","naam":"Green Host","website":"https://green-host.example","partner":"Partner"},{"iso":"NL","id":"3","naam":"éolienne","website":"p3.example","partner":null},{"iso":"NL","id":"2","naam":"Zephyr","website":"p2.example","partner":null}]}"#;
    assert!(answer.body.contains(nl), "{}", answer.body);
}

#[actix_web::test]
async fn a_country_without_providers_has_no_such_key() {
    let body = bench().get(PATH).await.body;
    assert!(body.starts_with(r#"callback({"AF":{"iso":"AF","tld":".af","countryname":"AFGHANISTAN"},"AX":{"iso":"AX","tld":".ax","countryname":"ÅLAND ISLANDS"},"AL":{"#));
    assert!(body.ends_with(r#""ZM":{"iso":"ZM","tld":".zm","countryname":"ZAMBIA"},"ZW":{"iso":"ZW","tld":".zw","countryname":"ZIMBABWE"}});"#));
}

#[actix_web::test]
async fn partners_come_first_and_each_group_by_name() {
    let body = bench().get(PATH).await.body;
    let directory: Value = serde_json::from_str(argument(&body, "callback")).unwrap();
    let names: Vec<_> = directory["DK"]["providers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["naam"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Vind", "Aarhus Net", "Bølge"], "None and the empty text are no partners");
}

#[actix_web::test]
async fn archived_providers_appear_if_listed_and_hidden_ones_do_not() {
    let body = bench().get(PATH).await.body;
    assert!(body.contains("Archived and listed"));
    assert!(!body.contains("Hidden"));
}

#[rstest]
#[case("show", "show")]
#[case("jQuery18307_1", "jQuery18307_1")]
#[case("my.app.%24show", "my.app.$show")]
#[actix_web::test]
async fn the_caller_names_the_callback(#[case] typed: &str, #[case] called: &str) {
    let answer = bench().get(&format!("{PATH}?callback={typed}&_=123")).await;
    assert_eq!(answer.status, 200);
    assert!(argument(&answer.body, called).starts_with(r#"{"AF":"#));
}

#[rstest]
#[case("")]
#[case("alert(1)")]
#[case("a%0ab")]
#[case("a;b")]
#[case("%3Cscript%3E")]
#[case("1st")]
#[case("a..b")]
#[case("%FF")]
#[actix_web::test]
async fn what_is_no_name_is_not_called(#[case] typed: &str) {
    let answer = bench().get(&format!("{PATH}?callback={typed}")).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(
        answer.body,
        r#"{"detail":"callback must be a JavaScript name such as jQuery123 or my.app.show"}"#
    );
}

#[actix_web::test]
async fn refusals_call_back_too() {
    let bench = bench();
    let answer = bench.get_with("/data/directory/?callback=f", ("Accept", "application/json")).await;
    assert_eq!(answer.status, 406);
    assert_eq!(answer.body, r#"f({"detail":"Could not satisfy the request Accept header."});"#);
    let answer = bench.send(TestRequest::post().uri(PATH)).await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.body, r#"callback({"detail":"Method \"POST\" not allowed."});"#);
    let answer = bench.get("/data/directory/?format=json").await;
    assert_eq!((answer.status, answer.body.as_str()), (404, r#"callback({"detail":"Not found."});"#));
}

#[actix_web::test]
async fn readers_keep_it_for_a_quarter_of_an_hour_and_then_ask_by_its_tag() {
    let bench = bench();
    let answer = bench.get(PATH).await;
    assert_eq!(answer.header("cache-control"), "max-age=900");
    assert_eq!(answer.header("expires"), "Sat, 21 Nov 2026 12:15:00 GMT");
    let tag = answer.header("etag").to_owned();
    for held in [tag.as_str(), &format!("W/{tag}"), &format!("\"x\", {tag}"), "*"] {
        let again = bench.get_with(PATH, ("If-None-Match", held)).await;
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{held}");
        assert_eq!((again.header("etag"), again.header("cache-control")), (tag.as_str(), "max-age=900"));
    }
    assert_eq!(bench.get_with("/data/directory/?callback=f", ("If-None-Match", &tag)).await.status, 200);
    bench
        .generation
        .advance(bench.directory.change(|content| content.providers[0].profile.name = "Renamed".to_owned()));
    let changed = bench.get_with(PATH, ("If-None-Match", &tag)).await;
    assert_eq!(changed.status, 200);
    assert!(changed.body.contains("Renamed"));
}

#[actix_web::test]
async fn line_separators_do_not_end_the_script() {
    let bench = bench();
    bench.generation.advance(
        bench
            .directory
            .change(|content| content.providers[0].profile.name = "a\u{2028}b\u{2029}\"</script>".to_owned()),
    );
    let body = bench.get(PATH).await.body;
    assert!(body.contains(r#""naam":"a\u2028b\u2029\"</script>""#));
}

#[actix_web::test]
async fn without_the_slash_it_is_somewhere_else() {
    let bench = bench();
    let answer = bench.get("/data/directory?callback=f").await;
    assert_eq!((answer.status, answer.header("location")), (301, "/data/directory/?callback=f"));
    assert_eq!(bench.get("/data/hostingprovider/1/").await.status, 404);
}

const GREEN_HOST: &str = r#"[{"id":"1","naam":"Green Host","website":"green-host.example","countrydomain":"NL","model":"groeneenergie","certurl":null,"valid_from":null,"valid_to":null,"mainenergytype":null,"energyprovider":null,"partner":"Partner","datacenters":[{"id":1,"naam":"KPN DC2","website":"http://dc2.example","countrydomain":"NL","model":"groeneenergie","pue":1.3,"mja3":true,"city":"Amsterdam","country":"Netherlands","certificates":[{"cert_valid_from":"2025-01-01","cert_valid_to":"2027-01-01","cert_url":"https://c.example/c.pdf"}],"classification":"DEPRECATED","classifications":["DEPRECATED"]}]}]"#;

#[actix_web::test]
async fn a_provider_is_shown_key_by_key() {
    let answer = bench().get("/data/hostingprovider/1").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    assert_eq!(answer.body, GREEN_HOST);
}

#[actix_web::test]
async fn unlisted_and_archived_providers_are_shown_and_a_website_without_scheme_stays() {
    let bench = bench();
    for (id, name) in [(7, "Archived and listed"), (8, "Hidden")] {
        let answer = bench.get(&format!("/data/hostingprovider/{id}")).await;
        let start = format!(
            r#"[{{"id":"{id}","naam":"{name}","website":"p{id}.example","countrydomain":"DE","model":"","#
        );
        assert!(answer.status == 200 && answer.body.starts_with(&start), "{}", answer.body);
    }
}

#[rstest]
#[case("99")]
#[case("-1")]
#[case("0")]
#[case("99999999999999999999999")]
#[actix_web::test]
async fn an_unknown_id_is_not_found(#[case] id: &str) {
    let answer = bench().get(&format!("/data/hostingprovider/{id}")).await;
    assert_eq!((answer.status, answer.body.as_str()), (404, r#"{"detail":"Not found."}"#));
}

#[rstest]
#[case("undefined", "undefined")]
#[case("1.5", "1.5")]
#[case("--1", "--1")]
#[case("a%22b", r#"a\"b"#)]
#[case("%20", " ")]
#[actix_web::test]
async fn an_id_that_is_no_number_is_quoted(#[case] typed: &str, #[case] quoted: &str) {
    let answer = bench().get(&format!("/data/hostingprovider/{typed}")).await;
    assert_eq!(answer.status, 400);
    let expected = format!(
        r#"{{"detail":"You need to send a valid numeric ID to identify the provider you are requesting information about. Received ID was: '{quoted}'"}}"#
    );
    assert_eq!(answer.body, expected);
}

#[actix_web::test]
async fn a_provider_is_only_read() {
    let bench = bench();
    let answer = bench.send(TestRequest::delete().uri("/data/hostingprovider/1")).await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (405, r#"{"detail":"Method \"DELETE\" not allowed."}"#)
    );
    let preflight = TestRequest::default()
        .method(Method::OPTIONS)
        .uri("/data/hostingprovider/1")
        .insert_header(("Access-Control-Request-Method", "GET"));
    assert_eq!(bench.send(preflight).await.header("access-control-max-age"), "86400");
    let answer = bench.get_with("/data/hostingprovider/1", ("Origin", "https://example.org")).await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
}

#[actix_web::test]
async fn a_directory_that_cannot_be_read_is_503_and_says_when_to_try_again() {
    let bench = bench_of(greencheck_testkit::fakes::DirectoryContent::default());
    bench.directory.set_away(true);
    let answer = bench.get(PATH).await;
    assert_eq!(
        (answer.status, answer.header("retry-after"), answer.header("cache-control")),
        (503, "1", "no-store")
    );
    assert_eq!(answer.body, r#"callback({"detail":"the directory is not reachable"});"#);
    let answer = bench.get("/data/hostingprovider/1").await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (503, r#"{"detail":"the directory is not reachable"}"#)
    );
}
