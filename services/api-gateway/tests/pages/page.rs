//! The page `/directory/`: what is on it, in which order, and that nothing on it runs.

use actix_web::test::TestRequest;
use rstest::rstest;

use crate::samples::provider;
use crate::support::{Answer, bench};

const PATH: &str = "/directory/";

/// The names in `text` between `before` and `after`, in their order.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split(after).next()).collect()
}

fn countries(answer: &Answer) -> Vec<&str> {
    between(&answer.body, "<h2 id=\"country-", "\"")
}

fn ids(answer: &Answer) -> Vec<&str> {
    between(&answer.body, "<article id=\"", "\"")
}

#[actix_web::test]
async fn listed_providers_stand_by_country_and_name() {
    let answer = bench().get(PATH).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(countries(&answer), ["DK", "NL"], "Denmark before Netherlands");
    assert_eq!(ids(&answer), ["5", "6", "4", "3", "1", "2"], "by name, partners among the others");
    assert!(answer.body.contains("Denmark <span class=\"count\">(3)</span>"));
    assert!(answer.body.contains("6 providers in 2 countries"));
    assert!(!answer.body.contains("Hidden") && !answer.body.contains("Archived"));
}

#[rstest]
#[case::a_country("?country=DK", &["5", "6", "4"])]
#[case::in_lower_case("?country=nl", &["3", "1", "2"])]
#[case::a_service("?services=shared-hosting", &["1"])]
#[case::by_its_name("?services=Shared+hosting", &["1"])]
#[case::both("?services=colocation&country=NL", &["3", "2"])]
#[case::empty_ones("?services=&country=", &["5", "6", "4", "3", "1", "2"])]
#[case::an_unknown_service("?services=nonsense", &["5", "6", "4", "3", "1", "2"])]
#[case::an_unknown_country("?country=XX", &["5", "6", "4", "3", "1", "2"])]
#[case::one_of_two_unknown("?services=%3Cscript%3E&country=DK", &["5", "6", "4"])]
#[case::the_service_that_is_none("?services=other-none", &["5", "6", "4", "3", "1", "2"])]
#[actix_web::test]
async fn filters_choose_and_unknown_values_are_ignored(#[case] query: &str, #[case] expected: &[&str]) {
    let answer = bench().get(&format!("{PATH}{query}")).await;
    assert_eq!(ids(&answer), expected);
}

#[actix_web::test]
async fn filters_offer_what_there_is_and_show_what_was_chosen() {
    let answer = bench().get("/directory/?services=colocation&country=DK").await;
    let options = between(&answer.body, "<option value=\"", "</option>");
    assert_eq!(
        options,
        [
            "\">All services",
            "colocation\" selected>Colocation",
            "shared-hosting\">Shared hosting",
            "\">All countries",
            "DK\" selected>Denmark",
            "NL\">Netherlands",
        ]
    );
    assert!(answer.body.contains("<a class=\"all\" href=\"/directory/\">Show all</a>"));
}

#[actix_web::test]
async fn filters_that_leave_nothing_say_so() {
    let answer = bench().get("/directory/?services=shared-hosting&country=DK").await;
    assert_eq!((answer.status, ids(&answer).len()), (200, 0));
    assert!(answer.body.contains("No provider offers this here. Choose another service or country."));
}

#[actix_web::test]
async fn a_provider_shows_its_services_and_its_evidence_newest_first() {
    let body = bench().get(PATH).await.body;
    let article = between(&body, "<article id=\"1\"", "</article>")[0];
    assert!(
        article.contains("<a href=\"https://green-host.example/\" rel=\"nofollow noopener\">Green Host</a>")
    );
    assert_eq!(between(article, "<li>", "</li>")[..2], ["Shared hosting", "Other none"]);
    let evidence = between(article, "<ul class=\"evidence\">", "</ul>")[0];
    let titles: Vec<_> = between(evidence, ".pdf\" rel=\"nofollow noopener\">", "</a>");
    assert_eq!(titles, ["Annual report", "Old &#60;certificate&#62;"]);
    assert!(evidence.contains("valid until <time datetime=\"2027-12-31\">2027-12-31</time>"));
    assert_eq!(between(evidence, "<p>", "</p>"), ["For &#60;all&#62; halls."]);
    assert!(evidence.contains("expired on <time datetime=\"2020-12-31\">2020-12-31</time>"));
}

#[actix_web::test]
async fn only_providers_with_a_carbon_txt_have_its_badge() {
    let body = bench().get(PATH).await.body;
    let badges = between(&body, "<a class=\"badge\" href=\"", "\"");
    assert_eq!(badges, ["https://green-host.example/carbon.txt"]);
}

#[actix_web::test]
async fn nothing_that_was_entered_runs() {
    let bench = bench();
    bench.generation.advance(bench.directory.change(|content| {
        let profile = &mut content.providers[0].profile;
        profile.website = "javascript:alert(1)".to_owned();
        profile.country = "\"><script>alert(2)</script>".to_owned();
        profile.services = vec!["<script>alert(3)</script>".to_owned()];
        profile.carbon_txt = Some("data:text/html,<script>".to_owned());
    }));
    let answer = bench.get(PATH).await;
    for bad in ["<script", "javascript:", "data:text", "<b>", "onclick", "<style", "style=\""] {
        assert!(!answer.body.contains(bad), "{bad}");
    }
    assert!(answer.body.contains("Wind, &#60;b&#62;mostly&#60;/b&#62;."));
    assert_eq!(
        answer.header("content-security-policy"),
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    assert_eq!(answer.header("x-frame-options"), "DENY");
}

#[actix_web::test]
async fn a_provider_without_a_known_country_comes_last() {
    let bench = bench();
    bench.generation.advance(bench.directory.change(|content| {
        content.providers[1].profile.country = "UK".to_owned();
        content.providers[2].profile.country = String::new();
    }));
    let answer = bench.get(PATH).await;
    assert_eq!(countries(&answer), ["DK", "NL", "", "UK"]);
    assert_eq!(ids(&bench.get("/directory/?country=UK").await), ["2"]);
}

#[actix_web::test]
async fn the_page_has_what_assistive_technology_needs() {
    let body = bench().get(PATH).await.body;
    for part in [
        "<html lang=\"en\">",
        "<title>Directory of green hosting providers</title>",
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
        "<a class=\"skip\" href=\"#content\">",
        "<main id=\"content\" tabindex=\"-1\">",
        "role=\"search\"",
        "<label for=\"services\">",
        "<label for=\"country\">",
        "<button type=\"submit\">",
    ] {
        assert!(body.contains(part), "{part}");
    }
    let ids = between(&body, " id=\"", "\"");
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "{ids:?}");
    let levels: Vec<_> =
        between(&body, "<h", ">").iter().filter_map(|tag| tag.chars().next()?.to_digit(10)).collect();
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "no level is left out: {levels:?}");
    for named in between(&body, "aria-labelledby=\"", "\"") {
        assert!(ids.contains(&named), "{named}");
    }
}

#[actix_web::test]
async fn browsers_keep_the_page_and_ask_whether_it_has_changed() {
    let bench = bench();
    let answer = bench.get(PATH).await;
    assert_eq!(answer.header("cache-control"), "no-cache");
    let tag = answer.header("etag").to_owned();
    assert_eq!(bench.get_with(PATH, ("If-None-Match", &tag)).await.status, 304);
    assert_eq!(bench.get_with("/directory/?country=DK", ("If-None-Match", &tag)).await.status, 200);
    bench
        .generation
        .advance(bench.directory.change(|content| content.providers[0].profile = provider(1, "New", "NL")));
    assert_eq!(bench.get_with(PATH, ("If-None-Match", &tag)).await.status, 200);
}

#[actix_web::test]
async fn the_style_is_a_file_of_our_own_that_browsers_keep() {
    let bench = bench();
    let body = bench.get(PATH).await.body;
    let link = between(&body, "<link rel=\"stylesheet\" href=\"", "\"")[0];
    let style = bench.get(link).await;
    assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
    assert_eq!(style.header("cache-control"), "public, max-age=86400");
    let tag = style.header("etag").to_owned();
    assert!(link.ends_with(&format!("?v={}", tag.trim_matches('"'))), "{link} {tag}");
    assert_eq!(bench.get_with(link, ("If-None-Match", &tag)).await.status, 304);
}

#[actix_web::test]
async fn the_page_is_only_read_and_ends_with_a_slash() {
    let bench = bench();
    assert_eq!(bench.send(TestRequest::post().uri(PATH)).await.status, 405);
    let answer = bench.get("/directory?country=DK").await;
    assert_eq!((answer.status, answer.header("location")), (301, "/directory/?country=DK"));
}
