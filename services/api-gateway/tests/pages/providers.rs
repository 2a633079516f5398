//! `/api/v4/providers`: pages, times and problems.

use actix_web::test::TestRequest;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Answer, Bench, bench, bench_of};

const PATH: &str = "/api/v4/providers";

fn body(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

/// All entries of a list, page by page.
async fn all(bench: &Bench, path: &str, list: &str) -> Vec<Value> {
    let (mut entries, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = body(&bench.get(&format!("{path}?limit=2{cursor}")).await);
        entries.extend(page[list].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return entries,
        }
    }
}

#[actix_web::test]
async fn listed_providers_come_page_by_page_and_none_twice() {
    let providers = all(&bench(), PATH, "providers").await;
    let ids: Vec<_> = providers.iter().map(|provider| provider["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5, 6], "7 is archived, 8 is not listed");
}

#[actix_web::test]
async fn a_provider_is_shown_in_full() {
    let answer = bench().get("/api/v4/providers/1").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    let evidence = |id: i64, title: &str, description: Option<&str>, valid_to: &str, expired: bool| {
        json!({"id": id, "title": title, "link": format!("https://green-host.example/{id}.pdf"), "type": "Certificate",
            "description": description, "valid_from": null, "valid_to": valid_to, "expired": expired})
    };
    assert_eq!(
        body(&answer),
        json!({
            "id": 1, "name": "Green Host", "website": "https://green-host.example",
            "country": {"code": "NL", "name": "Netherlands"}, "city": "Amsterdam", "energy_model": "green_energy",
            "partner": "Partner", "listed": true, "archived": false, "description": "Wind, <b>mostly</b>.",
            "services": ["Shared hosting", "other-none"],
            "evidence": [
                evidence(2, "Annual report", Some("For <all> halls."), "2027-12-31", false),
                evidence(1, "Old <certificate>", None, "2020-12-31", true),
                {"id": 3, "title": "Sly", "link": "javascript:alert(1)", "type": "Certificate",
                    "description": null, "valid_from": null,
                    "valid_to": null, "expired": false},
            ],
            "carbon_txt": "https://green-host.example/carbon.txt",
            "datacenters": [{
                "id": 1, "name": "KPN DC2", "website": "http://dc2.example",
                "country": {"code": "NL", "name": "Netherlands"}, "city": "Amsterdam",
                "energy_model": "green_energy", "pue": 1.3,
                "certificates": [{"energy_provider": "Wind Co", "main_energy_type": "wind",
                    "link": "https://c.example/c.pdf", "valid_from": "2025-01-01", "valid_to": "2027-01-01"}],
            }],
        })
    );
}

#[actix_web::test]
async fn unlisted_and_archived_providers_are_found_by_id() {
    let bench = bench();
    let archived = body(&bench.get("/api/v4/providers/7").await);
    assert_eq!((&archived["listed"], &archived["archived"]), (&json!(true), &json!(true)));
    let hidden = body(&bench.get("/api/v4/providers/8").await);
    assert_eq!(
        (&hidden["listed"], &hidden["partner"], &hidden["energy_model"]),
        (&json!(false), &Value::Null, &Value::Null)
    );
}

#[actix_web::test]
async fn domains_of_a_provider_come_by_name_with_times_that_say_their_zone() {
    let bench = bench();
    let domains = all(&bench, "/api/v4/providers/1/domains", "domains").await;
    let names: Vec<_> = domains.iter().map(|domain| domain["domain"].as_str().unwrap()).collect();
    assert_eq!(names, ["a.example.com", "b.example.com", "c.example.com"]);
    let first = json!({"domain": "a.example.com", "matched_by": "range", "first_found_at": "2019-12-09T10:00:00Z",
        "looked_up_at": "2026-01-31T10:00:00.123456Z"});
    assert_eq!(domains[0], first);
    assert_eq!(body(&bench.get("/api/v4/providers/2/domains").await)["provider_id"], json!(2));
}

#[rstest]
#[case("/api/v4/providers/99", 404, "there is no provider \"99\"")]
#[case("/api/v4/providers/undefined", 404, "there is no provider \"undefined\"")]
#[case("/api/v4/providers/99/domains", 404, "there is no provider \"99\"")]
#[case("/api/v4/providers?limit=0", 400, "limit is \"0\": give a number from 1 to 200")]
#[case("/api/v4/providers?limit=201", 400, "limit is \"201\": give a number from 1 to 200")]
#[case("/api/v4/providers?limit=", 400, "limit is \"\": give a number from 1 to 200")]
#[case("/api/v4/providers?cursor=x", 400, "cursor is \"x\": give next_cursor of the page before, or none")]
#[case(
    "/api/v4/providers/1/domains?cursor=..",
    400,
    "cursor is \"..\": give next_cursor of the page before, or none"
)]
#[actix_web::test]
async fn a_problem_says_what_to_do(#[case] path: &str, #[case] status: u16, #[case] detail: &str) {
    let answer = bench().get(path).await;
    assert_eq!((answer.status, answer.header("content-type")), (status, "application/problem+json"));
    let title = if status == 404 { "Not Found" } else { "Bad Request" };
    assert_eq!(
        body(&answer),
        json!({"type": "about:blank", "title": title, "status": status, "detail": detail})
    );
}

#[actix_web::test]
async fn a_directory_that_cannot_be_read_is_a_problem_that_passes() {
    let bench = bench_of(greencheck_testkit::fakes::DirectoryContent::default());
    bench.directory.set_away(true);
    for path in [PATH, "/api/v4/providers/1", "/api/v4/providers/1/domains"] {
        let answer = bench.get(path).await;
        assert_eq!((answer.status, answer.header("retry-after")), (503, "1"), "{path}");
        assert_eq!(body(&answer)["detail"], "the directory is not reachable, try again in a moment");
    }
}

#[actix_web::test]
async fn other_methods_are_a_problem_and_browsers_may_ask_from_anywhere() {
    let bench = bench();
    let answer = bench.send(TestRequest::post().uri(PATH)).await;
    assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD, OPTIONS"));
    assert_eq!(body(&answer)["detail"], "POST is not possible here, only GET is");
    assert_eq!(
        bench.get_with(PATH, ("Origin", "https://example.org")).await.header("access-control-allow-origin"),
        "*"
    );
    let tag = bench.get(PATH).await.header("etag").to_owned();
    assert_eq!(bench.get_with(PATH, ("If-None-Match", &tag)).await.status, 304);
}
