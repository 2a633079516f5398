//! Callers that show an API key.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use api_gateway::LimitsConfig;
use greencheck_core::Usage;
use greencheck_core::partner::{ApiKey, UserId};
use rstest::rstest;

use crate::bench::{Bench, Reply, bench_with_limits};

const KEY: &str = "gwf_aB3dE6gH.abcdefghijklmnopqrstuvwxyz012345";
const WRONG: &str = "gwf_aB3dE6gH.000000000000000000000000000000ff";

/// Addresses may ask 20 times, keys 40 times; KEY is a good one.
fn bench() -> Bench {
    let limits = LimitsConfig { rate: 1, burst: 20, key_rate: 2, key_burst: 40, ..LimitsConfig::default() };
    let bench = bench_with_limits(limits);
    bench.partners.add_key(KEY, key());
    bench
}

fn key() -> ApiKey {
    ApiKey {
        id: 4,
        user: UserId(1),
        username: "ada".to_owned(),
        prefix: "aB3dE6gH".to_owned(),
        service: "greencheck".to_owned(),
        privilege_level: None,
        note: String::new(),
        created: "2026-01-01T00:00:00Z".parse().unwrap(),
        expires: None,
        revoked: None,
    }
}

fn get(path: &str, from: &str) -> TestRequest {
    TestRequest::get().uri(path).peer_addr(format!("{from}:4711").parse().unwrap())
}

async fn ask(bench: &Bench, path: &str, from: &str, (name, value): (&str, &str)) -> Reply {
    bench.send(get(path, from).insert_header((name, value))).await
}

#[rstest]
#[case::x_api_key("X-Api-Key", KEY.to_owned())]
#[case::api_key("Authorization", format!("Api-Key {KEY}"))]
#[case::bearer("Authorization", format!("bearer {KEY}"))]
#[actix_web::test]
async fn a_key_is_limited_by_itself_wherever_it_asks_from(#[case] name: &str, #[case] value: String) {
    let bench = bench();
    for (from, left) in [("192.0.2.7", 39), ("192.0.2.8", 38)] {
        let (status, headers, _) = ask(&bench, "/greencheck/green.com", from, (name, &value)).await;
        assert_eq!((status, headers["ratelimit-policy"].as_str()), (StatusCode::OK, "\"key\";q=40;w=20"));
        assert!(headers["ratelimit"].starts_with(&format!("\"key\";r={left};t=")), "{headers:?}");
    }
    // The first question, before anybody knew the key, was the address's.
    let (_, headers, _) = bench.send(get("/greencheck/green.com", "192.0.2.7")).await;
    assert_eq!(headers["ratelimit"], "\"default\";r=18;t=2");
    let (_, headers, _) = bench.send(get("/greencheck/green.com", "192.0.2.8")).await;
    assert_eq!(headers["ratelimit"], "\"default\";r=19;t=1");
    assert_eq!(bench.partners.asked(), 1);
}

#[actix_web::test]
async fn a_key_that_has_spent_its_burst_waits_and_others_do_not() {
    let bench = bench();
    let shown = ("X-Api-Key", KEY);
    for _ in 0..4 {
        let (status, ..) = ask(&bench, "/greencheck/green.com?nocache=true", "192.0.2.7", shown).await;
        assert_eq!(status, StatusCode::OK);
    }
    let (status, headers, _) = ask(&bench, "/greencheck/green.com?nocache=true", "192.0.2.9", shown).await;
    assert_eq!((status, headers["retry-after"].as_str()), (StatusCode::TOO_MANY_REQUESTS, "1"));
    let (status, ..) = bench.send(get("/greencheck/green.com", "192.0.2.9")).await;
    assert_eq!(status, StatusCode::OK);
}

#[actix_web::test]
async fn a_wrong_key_is_a_problem_in_v4_and_a_stranger_elsewhere() {
    let bench = bench();
    for value in [WRONG, "nonsense"] {
        let (status, headers, body) =
            ask(&bench, "/api/v4/check/green.com", "192.0.2.7", ("X-Api-Key", value)).await;
        assert_eq!((status, headers["www-authenticate"].as_str()), (StatusCode::UNAUTHORIZED, "Api-Key"));
        assert_eq!(headers["content-type"], "application/problem+json");
        assert!(
            body.contains("this API key is unknown, expired or revoked") && !body.contains(value),
            "{body}"
        );
        let (status, ..) = ask(&bench, "/greencheck/green.com", "192.0.2.7", ("X-Api-Key", value)).await;
        assert_eq!(status, StatusCode::OK);
    }
    let strange =
        ("Authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.ZRrHA1JJJW8opsbCGfG_HACGpVUMN_a9IV7pAx_Zmeo");
    let (status, ..) = ask(&bench, "/api/v4/check/green.com", "192.0.2.7", strange).await;
    assert_eq!(status, StatusCode::OK, "a token of somebody else is none of ours");
}

#[actix_web::test]
async fn keys_cannot_be_tried_without_end() {
    let bench = bench();
    let mut refused = 0;
    for n in 0..60 {
        let key = format!("gwf_aB3dE6gH.{n:032}");
        let (status, ..) = ask(&bench, "/api/v4/check/green.com", "192.0.2.7", ("X-Api-Key", &key)).await;
        refused += usize::from(status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(bench.partners.asked() <= 20, "{}", bench.partners.asked());
    assert!(refused >= 40, "{refused}");
}

#[actix_web::test]
async fn a_key_that_was_good_counts_while_accounts_are_away_and_an_unknown_one_is_no_error() {
    let bench = bench();
    ask(&bench, "/greencheck/green.com", "192.0.2.7", ("X-Api-Key", KEY)).await;
    bench.partners.set_away(true);
    let (status, headers, _) = ask(&bench, "/api/v4/check/green.com", "192.0.2.7", ("X-Api-Key", KEY)).await;
    assert!(status == StatusCode::OK && headers["ratelimit"].starts_with("\"key\""), "{headers:?}");
    let (status, headers, _) =
        ask(&bench, "/api/v4/check/green.com", "192.0.2.7", ("X-Api-Key", WRONG)).await;
    assert!(status == StatusCode::OK && headers["ratelimit"].starts_with("\"default\""), "{headers:?}");
}

fn counted(bench: &Bench) -> Vec<(String, u64, u64)> {
    let day = "2026-11-21".parse().unwrap();
    let usage = bench.checks.usage().into_iter();
    usage
        .map(|usage| {
            assert_eq!((usage.key, usage.day), (4, day));
            (usage.route, usage.requests, usage.names)
        })
        .collect()
}

#[actix_web::test]
async fn what_is_asked_with_a_key_is_counted_by_route_and_names_whether_or_not_it_is_logged() {
    let bench = bench();
    let paths = [
        ("/greencheck/green.com", "/greencheck/{name}", 1),
        ("/api/v3/greencheck/localhost", "/api/v3/greencheck/{name}", 1),
        ("/v2/greencheckmulti/[\"a.com\",\"b.com\"]", "/v2/greencheckmulti/{names}", 2),
        ("/api/v3/greencheck/?urls=a.com,b.com,c.com", "/api/v3/greencheck/", 3),
        ("/api/v4/check/green.com", "/api/v4/check/{domain}", 1),
        ("/api/v4/providers/1", "/api/v4/providers/{id}", 0),
        ("/data/directory/", "/data/directory/", 0),
        ("/directory/", "/directory/", 0),
        ("/api/v3/ip-to-co2intensity/192.0.2.7", "/api/v3/ip-to-co2intensity/{ip}", 0),
        ("/api/v4/usage", "/api/v4/usage", 0),
    ];
    for (path, ..) in paths {
        let path = path.replace('"', "%22");
        let (status, ..) = ask(&bench, &path, "192.0.2.7", ("X-Api-Key", KEY)).await;
        assert_eq!(status, StatusCode::OK, "{path}");
    }
    let expected: Vec<_> = paths.iter().map(|(_, route, names)| ((*route).to_owned(), 1, *names)).collect();
    assert_eq!(counted(&bench), expected);
    assert_eq!(bench.checks.all().len(), 2, "only single checks of names are logged");
    let post = TestRequest::post().uri("/api/v4/check").insert_header(("X-Api-Key", KEY));
    bench.send(post.set_payload("a.com\nb.com\nc.com\nd.com")).await;
    assert_eq!(counted(&bench).last().unwrap(), &("/api/v4/check".to_owned(), 1, 4));
}

#[actix_web::test]
async fn nothing_is_counted_without_a_key_or_when_it_is_turned_away() {
    let bench = bench();
    bench.send(get("/greencheck/green.com", "192.0.2.7")).await;
    ask(&bench, "/greencheck/green.com", "192.0.2.7", ("X-Api-Key", WRONG)).await;
    assert_eq!(counted(&bench), []);
    for _ in 0..45 {
        ask(&bench, "/greencheck/green.com", "192.0.2.7", ("X-Api-Key", KEY)).await;
    }
    let answered = counted(&bench).len();
    assert!((40..45).contains(&answered), "{answered}");
}

#[actix_web::test]
async fn the_holder_of_a_key_reads_its_usage() {
    let bench = bench();
    let usage = |key, day: &str, route: &str, requests, names| Usage {
        key,
        day: day.parse().unwrap(),
        route: route.to_owned(),
        requests,
        names,
    };
    for usage in [
        usage(4, "2026-11-19", "/greencheck/{name}", 1, 1),
        usage(4, "2026-11-20", "/greencheck/{name}", 2, 2),
        usage(4, "2026-11-21", "/v2/greencheckmulti/{names}", 3, 40),
        usage(5, "2026-11-21", "/greencheck/{name}", 100, 100),
    ] {
        bench.partners.add_usage(usage);
    }
    let (status, headers, body) = ask(&bench, "/api/v4/usage?days=2", "192.0.2.7", ("X-Api-Key", KEY)).await;
    assert_eq!((status, headers["cache-control"].as_str()), (StatusCode::OK, "no-store"));
    let expected = concat!(
        r#"{"key":{"id":4,"prefix":"aB3dE6gH","service":"greencheck","expires":null},"#,
        r#""from":"2026-11-20","to":"2026-11-21","total":{"requests":5,"names":42},"usage":["#,
        r#"{"day":"2026-11-20","route":"/greencheck/{name}","requests":2,"names":2},"#,
        r#"{"day":"2026-11-21","route":"/v2/greencheckmulti/{names}","requests":3,"names":40}]}"#,
    );
    assert_eq!(body, expected);
    let (status, _, body) = ask(&bench, "/api/v4/usage?days=0", "192.0.2.7", ("X-Api-Key", KEY)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(body.contains("days is \\\"0\\\": give a number from 1 to 366"), "{body}");
    let (status, ..) = bench.send(get("/api/v4/usage", "192.0.2.7")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, ..) = ask(&bench, "/api/v4/usage", "192.0.2.7", ("X-Api-Key", WRONG)).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, headers, _) = bench.send(TestRequest::post().uri("/api/v4/usage")).await;
    assert_eq!((status, headers["allow"].as_str()), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD, OPTIONS"));
}
