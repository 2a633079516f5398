//! The single check.

use std::sync::atomic::Ordering;

use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use greencheck_core::{Host, Source, VerdictKind};

use crate::bench::{Bench, bench};

const GREEN: &str = r#"{"url":"green.com","hosted_by":"Leaf","hosted_by_website":"https://leaf.example","listed_provider":true,"partner":"","green":true,"hosted_by_id":1,"modified":"2026-11-21T11:59:00.500000","supporting_documents":[{"id":2,"title":"Report","link":"https://leaf.example/r"}]}"#;

#[actix_web::test]
async fn both_paths_answer_alike() {
    let bench = bench();
    for path in ["/greencheck/green.com", "/api/v3/greencheck/green.com"] {
        let (status, headers, body) = bench.get(path).await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, GREEN));
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(headers["x-greencheck-match"], "range");
        assert_eq!(headers["x-greencheck-reason"], "range");
        assert_eq!(headers["x-greencheck-age"], "59");
        assert_eq!(headers["x-frame-options"], "DENY");
        assert_eq!(headers["allow"], "GET, HEAD, OPTIONS");
        assert!(!headers.contains_key("access-control-allow-origin"));
        assert_eq!(headers["cache-control"], "public, no-cache");
    }
}

#[actix_web::test]
async fn grey_and_invalid_names_are_200() {
    let bench = bench();
    let (status, headers, body) = bench.get("/greencheck/grey.com").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        body,
        r#"{"green":false,"url":"grey.com","data":false,"modified":"2026-11-21T11:59:00.500000"}"#
    );
    assert_eq!(headers["x-greencheck-reason"], "no_match");
    for name in ["localhost", "a..com", "%FF.com", "foo.test", "%00"] {
        let (status, headers, body) = bench.get(&format!("/greencheck/{name}")).await;
        assert_eq!(status, StatusCode::OK, "{name}");
        assert_eq!(body, r#"{"green":false,"url":null,"data":false,"modified":"2026-11-21T12:00:00"}"#);
        assert_eq!(headers["x-greencheck-reason"], "invalid_name");
    }
    assert_eq!(bench.checks.all().len(), 1, "what is no name is not logged");
}

#[actix_web::test]
async fn the_name_is_shown_in_the_form_of_the_caller() {
    let bench = bench();
    for (path, shown) in [
        ("/greencheck/GREEN.com.:443", "green.com"),
        ("/greencheck/gr%C3%BCn.com", "grün.com"),
        ("/greencheck/xn--grn-ioa.com", "xn--grn-ioa.com"),
        ("/greencheck/user:pw@green.com", "green.com"),
    ] {
        let (_, _, body) = bench.get(path).await;
        assert!(body.starts_with(&format!(r#"{{"url":"{shown}","hosted_by":"Leaf""#)), "{path}: {body}");
    }
}

#[actix_web::test]
async fn a_path_in_the_name_is_another_path() {
    let bench = bench();
    for path in
        ["/greencheck/green.com/path", "/greencheck/https:%2F%2Fgreen.com", "/greencheck/", "/nowhere"]
    {
        let (status, headers, _) = bench.get(path).await;
        assert_eq!(
            (status, headers["content-type"].as_str()),
            (StatusCode::NOT_FOUND, "text/html; charset=utf-8")
        );
    }
}

#[actix_web::test]
async fn a_second_check_comes_from_the_cache_and_is_logged_so() {
    let bench = bench();
    bench.get("/greencheck/grey.com").await;
    bench.get("/greencheck/grey.com").await;
    assert_eq!(bench.oracle.asked.load(Ordering::SeqCst), 1);
    let checks = bench.checks.all();
    assert_eq!(checks.len(), 2);
    assert!(checks[1].cached);
    assert_eq!(
        (checks[1].verdict, checks[1].source, checks[1].checked_at.to_rfc3339()),
        (VerdictKind::Grey, Source::Api, "2026-11-21T12:00:00+00:00".to_owned())
    );
}

#[actix_web::test]
async fn only_the_word_true_skips_the_caches() {
    let bench = bench();
    for query in ["", "?nocache=1", "?nocache=True", "?nocache=yes", "?nocache"] {
        bench.get(&format!("/greencheck/green.com{query}")).await;
    }
    assert_eq!(bench.oracle.asked.load(Ordering::SeqCst), 1);
    let (_, headers, body) = bench.get("/greencheck/green.com?nocache=true").await;
    assert_eq!(bench.oracle.asked.load(Ordering::SeqCst), 2);
    assert_eq!((body.as_str(), headers["cache-control"].as_str()), (GREEN, "no-store"));
}

#[actix_web::test]
async fn a_lookup_service_that_is_away_makes_names_grey_and_cached_ones_go_on() {
    let bench = bench();
    bench.get("/greencheck/green.com").await;
    bench.oracle.away.store(true, Ordering::SeqCst);
    let (_, _, body) = bench.get("/greencheck/green.com").await;
    assert_eq!(body, GREEN);
    let (status, headers, body) = bench.get("/greencheck/new.com").await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.starts_with(r#"{"green":false,"url":"new.com","data":false"#));
    assert_eq!(headers["x-greencheck-reason"], "unavailable");
    assert_eq!(headers["cache-control"], "no-store");
    let logged = bench.checks.all().pop().unwrap();
    assert_eq!((logged.verdict, logged.host.as_str()), (VerdictKind::Unknown, "new.com"));
}

#[actix_web::test]
async fn overload_is_grey_for_fast_checks_and_503_for_slow_ones() {
    let bench = bench();
    bench.oracle.busy.store(true, Ordering::SeqCst);
    let (status, headers, _) = bench.get("/greencheck/new.com").await;
    assert_eq!((status, headers["x-greencheck-reason"].as_str()), (StatusCode::OK, "overload"));
    assert_eq!(headers["cache-control"], "no-store");
    let (status, headers, body) = bench.get("/greencheck/new.com?nocache=true").await;
    assert_eq!((status, headers["retry-after"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    assert_eq!(body, r#"{"detail":"too many look-ups are under way, try again in a moment"}"#);
    bench.oracle.busy.store(false, Ordering::SeqCst);
    let (_, headers, _) = bench.get("/greencheck/new.com").await;
    assert_eq!(headers["x-greencheck-reason"], "no_match", "the overload was not cached");
}

#[actix_web::test]
async fn browsers_may_ask_from_anywhere() {
    let bench = bench();
    let get =
        TestRequest::get().uri("/greencheck/green.com").insert_header(("Origin", "https://example.org"));
    let (_, headers, _) = bench.send(get).await;
    assert_eq!(headers["access-control-allow-origin"], "*");
    let preflight = TestRequest::default()
        .method(Method::OPTIONS)
        .uri("/greencheck/green.com")
        .insert_header(("Origin", "https://example.org"))
        .insert_header(("Access-Control-Request-Method", "GET"));
    let (status, headers, body) = bench.send(preflight).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, ""));
    assert_eq!(
        headers["access-control-allow-headers"],
        "accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with"
    );
    assert_eq!(headers["access-control-allow-methods"], "DELETE, GET, OPTIONS, PATCH, POST, PUT");
    assert_eq!(headers["access-control-max-age"], "86400");
}

#[actix_web::test]
async fn options_say_what_the_route_is() {
    let request = TestRequest::default().method(Method::OPTIONS).uri("/greencheck/green.com");
    let (status, headers, body) = bench().send(request).await;
    assert_eq!((status, headers["allow"].as_str()), (StatusCode::OK, "GET, HEAD, OPTIONS"));
    assert_eq!(
        body,
        r#"{"name":"Greencheck","description":"","renders":["application/json"],"parses":["application/json","application/x-www-form-urlencoded","multipart/form-data"]}"#
    );
}

#[actix_web::test]
async fn other_methods_and_formats_are_refused_as_the_platform_does() {
    let bench = bench();
    let (status, headers, body) = bench.send(TestRequest::post().uri("/greencheck/green.com")).await;
    assert_eq!(
        (status, body.as_str()),
        (StatusCode::METHOD_NOT_ALLOWED, r#"{"detail":"Method \"POST\" not allowed."}"#)
    );
    assert_eq!(headers["allow"], "GET, HEAD, OPTIONS");
    let html = TestRequest::get().uri("/greencheck/green.com").insert_header(("Accept", "text/html"));
    let (status, _, body) = bench.send(html).await;
    let refusal = r#"{"detail":"Could not satisfy the request Accept header."}"#;
    assert_eq!((status, body.as_str()), (StatusCode::NOT_ACCEPTABLE, refusal));
    let browser = TestRequest::get()
        .uri("/greencheck/green.com")
        .insert_header(("Accept", "text/html,application/xml;q=0.9,*/*;q=0.8"));
    assert_eq!(bench.send(browser).await.0, StatusCode::OK);
    let (status, _, body) = bench.get("/greencheck/green.com?format=xml").await;
    assert_eq!((status, body.as_str()), (StatusCode::NOT_FOUND, r#"{"detail":"Not found."}"#));
    assert_eq!(bench.get("/greencheck/green.com?format=json").await.2, GREEN);
}

#[actix_web::test]
async fn an_old_green_answer_is_refreshed_once() {
    let bench = bench();
    bench.get("/greencheck/green.com").await;
    bench.clock.advance(chrono::TimeDelta::hours(21));
    bench.get("/greencheck/green.com").await;
    assert_eq!(*bench.refreshes.0.lock().unwrap(), []);
    bench.clock.advance(chrono::TimeDelta::hours(6));
    for _ in 0..3 {
        bench.get("/greencheck/green.com").await;
        bench.get("/greencheck/grey.com").await;
    }
    let Bench { forwarder, gateway, shortcut, site, refreshes, .. } = bench;
    drop((gateway, shortcut, site));
    forwarder.run().await.unwrap();
    assert_eq!(*refreshes.0.lock().unwrap(), [Host::parse("green.com").unwrap()]);
}

#[actix_web::test]
async fn a_body_that_the_client_has_is_not_sent_again() {
    let bench = bench();
    let (_, headers, _) = bench.get("/greencheck/green.com").await;
    let tag = headers["etag"].clone();
    let again =
        |tag: String| TestRequest::get().uri("/greencheck/green.com").insert_header(("If-None-Match", tag));
    let (status, headers, body) = bench.send(again(tag.clone())).await;
    assert_eq!((status, body.as_str(), &headers["etag"]), (StatusCode::NOT_MODIFIED, "", &tag));
    assert_eq!(headers["x-greencheck-match"], "range");
    assert_eq!(bench.send(again("\"other\"".to_owned())).await.2, GREEN);
    assert_eq!(bench.checks.all().len(), 3, "a check is a check, whatever is sent");
    let (_, headers, _) = bench.get("/greencheck/green.com?nocache=true").await;
    assert!(!headers.contains_key("etag"));
}

#[actix_web::test]
async fn a_page_of_another_origin_may_have_it_as_a_script() {
    let bench = bench();
    let (status, headers, body) = bench.get("/greencheck/green.com?callback=my.app.show").await;
    assert_eq!((status, body), (StatusCode::OK, format!("my.app.show({GREEN});")));
    assert_eq!(headers["content-type"], "application/javascript; charset=utf-8");
    let (_, _, body) = bench.get("/greencheck/localhost?callback=f").await;
    assert!(body.starts_with(r#"f({"green":false,"url":null"#), "{body}");
    let (status, _, body) = bench.get("/greencheck/green.com?callback=alert(1)//").await;
    let detail = r#"{"detail":"callback must be a JavaScript name such as jQuery123 or my.app.show"}"#;
    assert_eq!((status, body.as_str()), (StatusCode::BAD_REQUEST, detail));
}

/// Clients ask so on every page view.
#[actix_web::test]
async fn a_slow_check_is_not_repeated_within_seconds() {
    let bench = bench();
    bench.clock.advance(chrono::TimeDelta::seconds(-55));
    for _ in 0..3 {
        let (_, headers, _) = bench.get("/greencheck/green.com?nocache=true").await;
        assert_eq!(headers["cache-control"], "no-store");
    }
    assert_eq!(bench.oracle.asked.load(Ordering::SeqCst), 1);
    bench.clock.advance(chrono::TimeDelta::seconds(6));
    bench.get("/greencheck/green.com?nocache=true").await;
    assert_eq!(bench.oracle.asked.load(Ordering::SeqCst), 2);
    assert_eq!(bench.checks.all().len(), 4);
}

/// The time of an imported verdict is not that of a look-up.
#[actix_web::test]
async fn a_slow_check_looks_an_imported_verdict_up() {
    let bench = bench();
    bench.clock.advance(chrono::TimeDelta::seconds(-55));
    bench.get("/greencheck/imported.com").await;
    bench.get("/greencheck/imported.com?nocache=true").await;
    assert_eq!(bench.oracle.asked.load(Ordering::SeqCst), 2);
}
