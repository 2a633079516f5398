//! Pages of providers, forms for other sites, and what is said where nothing is.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use api_gateway::SiteConfig;
use rstest::rstest;

use crate::bench::bench;

#[actix_web::test]
async fn a_provider_has_a_page_with_its_evidence_and_networks() {
    let bench = bench();
    bench.directory.change(|content| {
        let detail = &mut content.providers[0];
        detail.profile.name = "<script>alert(1)</script>".to_owned();
        detail.profile.website = "javascript:alert(1)".to_owned();
        detail.registered.ipv4_ranges = 3;
        detail.registered.asns = vec![64_500];
    });
    let (status, headers, body) = bench.get("/providers/1").await;
    assert_eq!((status, &*headers["cache-control"]), (StatusCode::OK, "no-cache"));
    for part in [
        "<h1>&#60;script&#62;alert(1)&#60;/script&#62;</h1>",
        "<dd>javascript:alert(1)</dd>",
        "<dd>Netherlands</dd>",
        "<li>3 ranges of IPv4 addresses</li>",
        "<li>1 AS number: AS64500</li>",
        "<strong class=\"expired\">expired</strong>",
    ] {
        assert!(body.contains(part), "{part} is missing in {body}");
    }
    assert!(!body.contains("<script>") && !body.contains("href=\"javascript"));
    let tag = headers["etag"].clone();
    let request = TestRequest::get().uri("/providers/1").insert_header(("if-none-match", tag));
    assert_eq!(bench.send(request).await.0, StatusCode::NOT_MODIFIED);
}

#[rstest]
#[case("/providers/2")]
#[case("/providers/%3Cscript%3E")]
#[case("/providers/99999999999999999999")]
#[actix_web::test]
async fn a_provider_that_is_not_there_is_a_page_too(#[case] path: &str) {
    let (status, _, body) = bench().get(path).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(body.contains("There is no provider") && !body.contains("<script>"), "{body}");
}

#[actix_web::test]
async fn a_directory_that_is_away_is_no_missing_provider() {
    let bench = bench();
    bench.directory.set_away(true);
    let (status, headers, _) = bench.get("/providers/1").await;
    assert_eq!((status, &*headers["retry-after"]), (StatusCode::SERVICE_UNAVAILABLE, "1"));
}

#[actix_web::test]
async fn readers_get_a_page_where_nothing_is_and_programs_some_words() {
    let bench = bench();
    let get = async |accept: &str| {
        bench.send(TestRequest::get().uri("/nothing/here").insert_header(("accept", accept))).await
    };
    let (status, headers, body) = get("text/html,application/xhtml+xml,*/*;q=0.8").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(body.contains("action=\"/check\"") && body.contains("href=\"/directory/\""));
    assert!(headers["content-security-policy"].starts_with("default-src 'none'"));
    let (status, _, body) = get("application/json").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(body.len() < 300 && body.contains("/greencheck/example.com"), "{body}");
}

#[actix_web::test]
async fn other_sites_may_embed_the_form_and_nothing_else() {
    let bench = bench();
    let (status, headers, body) = bench.get("/embed/check").await;
    assert_eq!((status, headers.get("x-frame-options")), (StatusCode::OK, None));
    assert!(headers["content-security-policy"].ends_with("frame-ancestors *"));
    assert!(body.contains("action=\"/check\" target=\"_blank\"") && !body.contains("<script"));
    for path in ["/", "/check/green.com", "/embed", "/providers/1"] {
        let (_, headers, _) = bench.get(path).await;
        assert!(headers["content-security-policy"].ends_with("frame-ancestors 'none'"), "{path}");
        assert_eq!(headers["x-frame-options"], "DENY", "{path}");
    }
    let config =
        SiteConfig { embed_ancestors: vec!["https://a.example".to_owned()], ..SiteConfig::default() };
    let bench = bench.with_site(&config, |site| site);
    let (_, headers, _) = bench.get("/embed/check").await;
    assert!(headers["content-security-policy"].ends_with("frame-ancestors https://a.example"));
    assert!(!bench.get("/embed").await.2.contains("<iframe class"), "it could not show it");
}

#[actix_web::test]
async fn the_page_about_embedding_has_what_is_to_be_copied() {
    let config = SiteConfig { public_url: "https://green.example.org".to_owned(), ..SiteConfig::default() };
    let (.., body) = bench().with_site(&config, |site| site).get("/embed").await;
    assert!(body.contains("&#60;iframe src=&#34;https://green.example.org/embed/check&#34;"), "{body}");
    assert!(body.contains("&#60;form method=&#34;get&#34; action=&#34;https://green.example.org/check&#34;"));
}
