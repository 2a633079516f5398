//! The description of the API, and the page that shows it.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use rstest::rstest;

use crate::bench::bench;

#[actix_web::test]
async fn the_description_is_json_that_programs_of_all_origins_may_read() {
    let bench = bench();
    let get = TestRequest::get().uri("/openapi.json").insert_header(("Origin", "https://example.org"));
    let (status, headers, body) = bench.send(get).await;
    assert_eq!((status, headers["content-type"].as_str()), (StatusCode::OK, "application/json"));
    assert_eq!(headers["access-control-allow-origin"], "*");
    let document: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
}

#[actix_web::test]
async fn the_page_loads_nothing_but_files_of_its_own() {
    let bench = bench();
    let (status, headers, page) = bench.get("/api-docs/").await;
    assert_eq!((status, headers["content-type"].as_str()), (StatusCode::OK, "text/html; charset=utf-8"));
    let policy = &headers["content-security-policy"];
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let attributes = page.split(['\'', '"']).skip(1).step_by(2).filter(|value| value.contains('.'));
    let files: Vec<_> = attributes.collect();
    assert_eq!(files, ["swagger-ui.css", "page.css", "/openapi.json", "swagger-ui-bundle.js", "start.js"]);
    for file in files.iter().filter(|file| !file.starts_with('/')) {
        assert_eq!(bench.get(&format!("/api-docs/{file}")).await.0, StatusCode::OK, "{file}");
    }
    let scripts: Vec<_> = page.split("<script").skip(1).collect();
    assert!(scripts.iter().all(|script| script.starts_with(" src=") && script.contains("></script>")));
}

#[rstest]
#[case("", "text/html; charset=utf-8")]
#[case("page.css", "text/css; charset=utf-8")]
#[case("start.js", "text/javascript; charset=utf-8")]
#[case("swagger-ui.css", "text/css; charset=utf-8")]
#[case("swagger-ui-bundle.js", "text/javascript; charset=utf-8")]
#[case("swagger-ui-bundle.js.LICENSE.txt", "text/plain; charset=utf-8")]
#[case("LICENSE", "text/plain; charset=utf-8")]
#[actix_web::test]
async fn each_file_has_its_type_and_is_not_sent_twice(#[case] file: &str, #[case] content_type: &str) {
    let bench = bench();
    let path = format!("/api-docs/{file}");
    let (status, headers, body) = bench.get(&path).await;
    assert_eq!((status, headers["content-type"].as_str()), (StatusCode::OK, content_type));
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert!(!body.is_empty());
    let tag = &headers["etag"];
    assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag} is strong");
    let again = TestRequest::get().uri(&path).insert_header(("If-None-Match", tag.as_str()));
    let (status, headers, body) = bench.send(again).await;
    assert_eq!((status, body.as_str(), &headers["etag"]), (StatusCode::NOT_MODIFIED, "", tag));
}

#[actix_web::test]
async fn the_page_is_at_the_slash_and_nothing_else_is_there() {
    let bench = bench();
    let (status, headers, _) = bench.get("/api-docs").await;
    assert_eq!((status, headers["location"].as_str()), (StatusCode::MOVED_PERMANENTLY, "/api-docs/"));
    for path in ["/api-docs/nothing", "/api-docs/%2e%2e/openapi.json", "/openapi.json/"] {
        assert_eq!(bench.get(path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    let post = TestRequest::post().uri("/api-docs/");
    assert_eq!(bench.send(post).await.0, StatusCode::METHOD_NOT_ALLOWED);
}
