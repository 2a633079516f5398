use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use greencheck_core::UnknownReason;
use greencheck_core::badge::{Claim, ImageFormat, Scale, Style, Theme};

use crate::stand::{Says, Stand};

#[actix_web::test]
async fn the_platforms_paths_answer_pictures_of_their_sizes() {
    let stand = Stand::new(Says::Green);
    for (path, style) in [
        ("/api/v3/greencheckimage/example.com", Style::Standard),
        ("/greencheckimage/example.com", Style::Large),
    ] {
        let reply = stand.get(path).await;
        assert_eq!(reply.headers["content-type"], "image/png");
        let badge = reply.badge();
        assert_eq!((badge.style, badge.format, badge.scale), (style, ImageFormat::Png, Scale::One));
        let Claim::Green { host, provider } = badge.claim else { panic!("{:?}", badge.claim) };
        assert_eq!((host.as_str(), provider.as_deref()), ("example.com", Some("Green Hosting")));
    }
}

#[actix_web::test]
async fn our_path_has_a_choice_of_forms() {
    let stand = Stand::new(Says::Grey);
    for (ending, media_type) in [("svg", "image/svg+xml"), ("png", "image/png"), ("webp", "image/webp")] {
        let path = format!("/api/v4/badge/example.com.{ending}?style=flat&theme=dark&scale=3");
        let reply = stand.get(&path).await;
        assert_eq!(reply.headers["content-type"], media_type);
        let badge = reply.badge();
        assert_eq!(badge.format.extension(), ending);
        assert_eq!((badge.style, badge.theme, badge.scale), (Style::Flat, Theme::Dark, Scale::Three));
    }
}

#[actix_web::test]
async fn an_svg_that_is_opened_by_itself_runs_nothing() {
    let reply = Stand::new(Says::Grey).get("/api/v4/badge/example.com.svg").await;
    assert_eq!(
        reply.headers["content-security-policy"],
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    );
    assert_eq!(reply.headers["x-content-type-options"], "nosniff");
    assert_eq!(reply.headers["cross-origin-resource-policy"], "cross-origin");
}

#[actix_web::test]
async fn shields_gets_what_its_endpoint_badge_needs() {
    let stand = Stand::new(Says::Green);
    let reply = stand.get("/api/v4/badge/m%C3%BCnchen.de.json").await;
    assert_eq!(reply.headers["content-type"], "application/json");
    assert_eq!(
        String::from_utf8(reply.body.to_vec()).unwrap(),
        r##"{"schemaVersion":1,"label":"münchen.de","message":"hosted green","color":"#12683a","cacheSeconds":3600}"##
    );
    let tag = reply.headers["etag"].clone();
    let again =
        TestRequest::get().uri("/api/v4/badge/m%C3%BCnchen.de.json").insert_header(("if-none-match", tag));
    assert_eq!(stand.send(again).await.status, StatusCode::NOT_MODIFIED);
}

#[actix_web::test]
async fn who_has_the_picture_need_not_load_it_again() {
    let stand = Stand::new(Says::Green);
    let path = "/api/v3/greencheckimage/example.com";
    let first = stand.get(path).await;
    let tag = first.headers["etag"].clone();
    assert!(tag.starts_with('"') && tag.len() == 34, "a strong tag: {tag}");
    let known = stand.send(TestRequest::get().uri(path).insert_header(("if-none-match", tag.clone()))).await;
    assert_eq!((known.status, known.body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!((&known.headers["etag"], known.cache_control()), (&tag, first.cache_control()));
    let other = stand.send(TestRequest::get().uri(path).insert_header(("if-none-match", "\"other\""))).await;
    assert_eq!(other.status, StatusCode::OK);
    let head = stand.send(TestRequest::with_uri(path).method(Method::HEAD)).await;
    assert_eq!((head.status, &head.headers["etag"]), (StatusCode::OK, &tag));
}

#[actix_web::test]
async fn what_is_no_name_gets_a_grey_card_and_no_look_up() {
    let stand = Stand::new(Says::Green);
    let long = "a".repeat(5000);
    for name in
        ["localhost", "[::1", "1.2.3.4:80x", "a..com", "%00.com", "%FF.com", "%2F", "", "<script>.com", &long]
    {
        for path in ["/api/v3/greencheckimage/", "/greencheckimage/", "/api/v4/badge/"] {
            let name = name.replace('<', "%3C").replace('>', "%3E");
            let reply = stand.get(&format!("{path}{name}")).await;
            assert_eq!(reply.badge().claim, Claim::Invalid, "{path}{name}");
            assert_eq!(reply.cache_control(), "public, max-age=60");
        }
    }
    assert_eq!(stand.world.lookups(), 0);
    assert!(stand.checks.all().is_empty());
}

#[actix_web::test]
async fn what_people_paste_is_understood() {
    let stand = Stand::new(Says::Grey);
    for name in ["https://Example.COM/page", "example.com.", "EXAMPLE.com%3A443", "example.com%2Fpage"] {
        let badge = stand.get(&format!("/api/v3/greencheckimage/{name}")).await.badge();
        assert_eq!(badge.claim.host().map(ToString::to_string).as_deref(), Some("example.com"), "{name}");
    }
}

#[actix_web::test]
async fn only_our_path_tells_names_that_cannot_be_looked_up_from_grey_ones() {
    let stand = Stand::new(Says::Unknown(UnknownReason::NxDomain));
    assert_eq!(stand.get("/api/v4/badge/example.com.png").await.message(), "no result");
    assert_eq!(stand.get("/api/v3/greencheckimage/example.com").await.message(), "no evidence found");
    assert_eq!(stand.get("/greencheckimage/example.com").await.message(), "no evidence found");
}

#[actix_web::test]
async fn other_methods_are_refused() {
    let stand = Stand::new(Says::Green);
    let path = "/api/v3/greencheckimage/example.com";
    assert_eq!(stand.send(TestRequest::post().uri(path)).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let options = stand.send(TestRequest::with_uri(path).method(Method::OPTIONS)).await;
    assert_eq!((options.status, options.headers["allow"].as_str()), (StatusCode::OK, "GET, HEAD, OPTIONS"));
}
