use actix_web::test::TestRequest;

use crate::stand::{Reply, Says, Stand};

fn text(reply: &Reply) -> String {
    assert_eq!(reply.status, 200);
    String::from_utf8(reply.body.to_vec()).unwrap()
}

/// What is between `start` and the next `<`, with references to characters replaced.
fn content(page: &str, start: &str) -> String {
    let (_, rest) = page.split_once(start).unwrap_or_else(|| panic!("{start} is not in {page}"));
    let (content, _) = rest.split_once('<').unwrap();
    content.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#38;", "&")
}

#[actix_web::test]
async fn the_page_begins_with_an_empty_form() {
    let stand = Stand::new(Says::Green);
    let reply = stand.get("/badge").await;
    let page = text(&reply);
    assert!(page.contains(r#"<form method="get" action="/badge">"#));
    assert!(page.contains(r#"<label for="domain">Domain</label>"#));
    assert!(!page.contains("<img") && !page.contains("role=\"alert\""));
    assert_eq!(reply.headers["content-type"], "text/html; charset=utf-8");
    let policy = &reply.headers["content-security-policy"];
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(stand.world.lookups(), 0);
}

#[actix_web::test]
async fn a_domain_shows_its_badge_and_what_embeds_it() {
    let stand = Stand::new(Says::Green);
    let request = TestRequest::get()
        .uri("/badge?domain=Example.com&style=large&theme=dark&format=png&scale=2")
        .insert_header(("host", "green.example.org"));
    let page = text(&stand.send(request).await);
    assert!(page.contains(r#"<img src="/api/v4/badge/example.com.png?style=large&#38;theme=dark&#38;scale=2" width="300" height="135" alt="example.com is hosted green. Hosted by Green Hosting">"#), "{page}");
    let html = content(&page, "data-kind=\"HTML\">");
    assert_eq!(
        html.replace("&#38;", "&"),
        r#"<a href="http://green.example.org/check/example.com"><img src="http://green.example.org/api/v4/badge/example.com.png?style=large&theme=dark&scale=2" width="300" height="135" alt="Green hosting check of example.com"></a>"#
    );
    assert_eq!(
        content(&page, "data-kind=\"Markdown\">"),
        "[![Green hosting check of example.com](http://green.example.org/api/v4/badge/example.com.png?style=large&theme=dark&scale=2)](http://green.example.org/check/example.com)"
    );
    assert!(
        page.contains(r#"<option value="large" selected>"#)
            && page.contains(r#"<option value="2" selected>"#)
    );
}

#[actix_web::test]
async fn a_one_line_badge_has_no_fixed_width_and_an_svg_no_scale() {
    let stand = Stand::new(Says::Grey);
    let page = text(&stand.get("/badge?domain=example.com&style=flat&scale=3").await);
    assert!(page.contains(r#"<img src="/api/v4/badge/example.com.svg?style=flat" height="20" alt="example.com: No evidence found for green hosting">"#), "{page}");
}

#[actix_web::test]
async fn what_was_typed_stays_text() {
    let stand = Stand::new(Says::Green);
    let page = text(&stand.get("/badge?domain=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await);
    assert!(!page.contains("<script>alert"), "{page}");
    assert!(page.contains("role=\"alert\"") && page.contains("aria-invalid=\"true\""));
    assert_eq!(stand.world.lookups(), 0);
}

#[actix_web::test]
async fn style_and_script_are_served_and_kept() {
    let stand = Stand::new(Says::Green);
    for (path, media_type) in [
        ("/assets/badge.css", "text/css; charset=utf-8"),
        ("/assets/badge.js", "text/javascript; charset=utf-8"),
    ] {
        let reply = stand.get(path).await;
        assert_eq!((reply.status.as_u16(), reply.headers["content-type"].as_str()), (200, media_type));
        assert_eq!(reply.cache_control(), "public, max-age=86400");
        assert!(text(&stand.get("/badge").await).contains(&format!("{path}?v=")));
    }
}
