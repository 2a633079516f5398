//! Many names at once: list, multi, batch.

use std::sync::atomic::Ordering;

use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use api_gateway::ApiConfig;
use greencheck_core::{Source, VerdictKind};
use rstest::rstest;

use crate::bench::{Bench, Reply, bench, bench_with};

/// A green row; all that list and multi say of a name.
fn green(name: &str) -> String {
    format!(
        r#"{{"url":"{name}","hosted_by":"Leaf","hosted_by_website":"https://leaf.example","listed_provider":true,"partner":"","green":true,"hosted_by_id":1,"modified":"2026-11-21T11:59:00.500000","supporting_documents":[{{"id":2,"title":"Report","link":"https://leaf.example/r"}}]}}"#
    )
}

/// What a multi check says of a name of which nothing is known; `url` as JSON.
fn other(url: &str) -> String {
    format!(
        r#"{{"url":{url},"hosted_by":null,"hosted_by_website":null,"listed_provider":false,"partner":null,"green":false,"hosted_by_id":null,"modified":"2026-11-21T12:00:00"}}"#
    )
}

#[rstest]
#[case::one("?urls=green.com", vec!["green.com"])]
#[case::several("?urls=green.com,grey.com,leaf.com", vec!["green.com", "leaf.com"])]
#[case::capitals_and_repeats("?urls=GREEN.com,green.com", vec!["green.com"])]
#[case::encoded("?urls=gr%C3%BCn.com%2Cleaf.com", vec!["grün.com", "leaf.com"])]
#[case::only_the_first_counts("?urls=leaf.com&urls=green.com", vec!["leaf.com"])]
#[case::no_names("?urls=localhost,,%FF,5", vec![])]
#[case::empty("?urls=", vec![])]
#[case::missing("", vec![])]
#[actix_web::test]
async fn a_list_has_the_green_names_only(#[case] query: &str, #[case] expected: Vec<&str>) {
    let (status, headers, body) = bench().get(&format!("/api/v3/greencheck/{query}")).await;
    let rows: Vec<String> = expected.into_iter().map(green).collect();
    assert_eq!((status, body), (StatusCode::OK, format!("[{}]", rows.join(","))));
    assert_eq!(headers["content-type"], "application/json");
    assert!(headers.contains_key("etag"));
}

#[actix_web::test]
async fn a_form_in_the_body_of_a_get_comes_before_the_query() {
    let request = TestRequest::get()
        .uri("/api/v3/greencheck/?urls=grey.com")
        .insert_header(("Content-Type", "application/x-www-form-urlencoded"))
        .set_payload("urls=green.com&urls=leaf.com");
    assert_eq!(bench().send(request).await.2, format!("[{},{}]", green("green.com"), green("leaf.com")));
    let json = TestRequest::get()
        .uri("/api/v3/greencheck/?urls=leaf.com")
        .insert_header(("Content-Type", "application/json"))
        .set_payload(r#"{"urls":["green.com"]}"#);
    assert_eq!(bench().send(json).await.2, format!("[{}]", green("leaf.com")));
}

#[actix_web::test]
async fn a_list_without_its_slash_is_elsewhere() {
    let (status, headers, _) = bench().get("/api/v3/greencheck?urls=green.com").await;
    assert_eq!(
        (status, headers["location"].as_str()),
        (StatusCode::MOVED_PERMANENTLY, "/api/v3/greencheck/?urls=green.com")
    );
}

#[rstest]
#[case::greens_first(r#"["grey.com","green.com"]"#, vec![green("green.com"), other(r#""grey.com""#)])]
#[case::encoded("%5B%22green.com%22%5D", vec![green("green.com")])]
#[case::idn("[%22gr%C3%BCn.com%22]", vec![green("grün.com")])]
#[case::greens_collapse(r#"["green.com","green.com"]"#, vec![green("green.com")])]
#[case::others_repeat(r#"["a.com","a.com"]"#, vec![other(r#""a.com""#), other(r#""a.com""#)])]
#[case::capitals(r#"["GREEN.com"]"#, vec![green("green.com")])]
#[case::odd_items("[null,5,%22no%20name%22]", vec![other("null"), other(r#""5""#), other(r#""no name""#)])]
#[case::empty("[]", vec![])]
#[case::null("null", vec![])]
#[case::broken("[", vec![])]
#[actix_web::test]
async fn a_multi_check_is_an_array_of_all_names(#[case] segment: &str, #[case] rows: Vec<String>) {
    let (bench, path) = (bench(), format!("/v2/greencheckmulti/{segment}"));
    let asked = bench.get(&path).await;
    assert_eq!((asked.0, &asked.2), (StatusCode::OK, &format!("[{}]", rows.join(","))));
    assert_eq!(asked.1["content-type"], "application/json");
    assert_eq!(bench.get(&path).await, asked, "what is in memory now says the same");
}

#[rstest]
#[case::number(Method::GET, "5", StatusCode::BAD_REQUEST)]
#[case::slash(Method::GET, "[%22a.com/b%22]", StatusCode::NOT_FOUND)]
#[case::encoded_slash(Method::GET, "[%22a.com%2Fb%22]", StatusCode::NOT_FOUND)]
#[case::post(Method::POST, "[]", StatusCode::METHOD_NOT_ALLOWED)]
#[actix_web::test]
async fn a_multi_check_refuses(#[case] method: Method, #[case] segment: &str, #[case] expected: StatusCode) {
    let request = TestRequest::default().method(method).uri(&format!("/v2/greencheckmulti/{segment}"));
    assert_eq!(bench().send(request).await.0, expected);
}

#[actix_web::test]
async fn many_names_are_one_question_and_the_next_time_none() {
    let bench = bench();
    let names: Vec<String> = (0..1_000).map(|n| format!("\"green.com\",\"n{n}.com\"")).collect();
    let path = format!("/v2/greencheckmulti/[{}]", names.join(","));
    assert!(path.len() > 20_000);
    assert_eq!(bench.get(&path).await.0, StatusCode::OK);
    assert_eq!(bench.oracle.stored.load(Ordering::SeqCst), 1);
    bench.get("/v2/greencheckmulti/[%22green.com%22]").await;
    assert_eq!(bench.oracle.stored.load(Ordering::SeqCst), 1, "the green answer is cached");
    assert_eq!(bench.oracle.asked.load(Ordering::SeqCst), 0, "nothing is looked up");
    assert_eq!(bench.checks.all(), []);
}

#[actix_web::test]
async fn what_is_cached_goes_on_while_the_lookup_service_is_away() {
    let bench = bench();
    bench.get("/greencheck/green.com").await;
    bench.get("/greencheck/grey.com").await;
    bench.oracle.away.store(true, Ordering::SeqCst);
    let (status, headers, body) = bench.get("/api/v3/greencheck/?urls=green.com,leaf.com").await;
    assert_eq!((status, body), (StatusCode::OK, format!("[{}]", green("green.com"))));
    assert_eq!(headers["cache-control"], "no-store");
    let (_, _, body) = bench.get("/v2/greencheckmulti/[%22grey.com%22]").await;
    assert!(
        body.contains(r#""modified":"2026-11-21T11:59:00.500000""#),
        "the time of the cached answer: {body}"
    );
}

#[actix_web::test]
async fn checks_of_many_names_are_logged_when_asked_for() {
    let bench = bench_with(ApiConfig::default(), true);
    bench.get("/v2/greencheckmulti/[%22green.com%22,%22grey.com%22,%22localhost%22]").await;
    let logged: Vec<_> =
        bench.checks.all().iter().map(|check| (check.verdict, check.source, check.cached)).collect();
    assert_eq!(logged, [(VerdictKind::Green, Source::Bulk, true), (VerdictKind::Grey, Source::Bulk, true)]);
}

async fn upload(bench: &Bench, parts: &[(&str, &[u8])]) -> Reply {
    let mut body = Vec::new();
    for (disposition, content) in parts {
        let head = format!("--cut\r\nContent-Disposition: form-data; {disposition}\r\n\r\n");
        body.extend_from_slice(&[head.as_bytes(), content, b"\r\n"].concat());
    }
    body.extend_from_slice(b"--cut--\r\n");
    let request = TestRequest::post()
        .uri("/api/v3/batch/greencheck")
        .insert_header(("Content-Type", "multipart/form-data; boundary=cut"))
        .set_payload(body);
    bench.send(request).await
}

const FILE: &str = r#"name="urls"; filename="urls.csv""#;

#[actix_web::test]
async fn a_batch_answers_a_file_by_a_file() {
    let parts: [(&str, &[u8]); 2] = [
        (FILE, b"url\ngrey.com\nhttps://www.green.com/x,1\n\n192.0.2.1\n"),
        (r#"name="response_filename""#, b"my-answer.csv"),
    ];
    let (status, headers, body) = upload(&bench(), &parts).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(headers["content-disposition"], "attachment; filename=my-answer.csv");
    assert_eq!(
        body,
        "green,hosted_by,hosted_by_id,hosted_by_website,listed_provider,modified,partner,supporting_documents.0.id,supporting_documents.0.link,supporting_documents.0.title,url\r\n\
         True,Leaf,1,https://leaf.example,True,2026-11-21T11:59:00.500000,,2,https://leaf.example/r,Report,green.com\r\n\
         False,,,,False,2026-11-21T12:00:00,,,,,grey.com\r\n\
         False,,,,False,2026-11-21T12:00:00,,,,,192.0.2.1\r\n"
    );
}

#[actix_web::test]
async fn a_batch_without_green_names_has_eight_columns_and_an_empty_one_nothing() {
    let (_, _, body) = upload(&bench(), &[(FILE, b"grey.com")]).await;
    assert_eq!(
        body,
        "green,hosted_by,hosted_by_id,hosted_by_website,listed_provider,modified,partner,url\r\n\
         False,,,,False,2026-11-21T12:00:00,,grey.com\r\n"
    );
    let (status, headers, body) = upload(&bench(), &[(FILE, b"")]).await;
    assert_eq!((status, body.as_str(), headers.contains_key("content-type")), (StatusCode::OK, "", false));
}

#[rstest]
#[case::no_file(&[("name=\"other\"", b"x".as_slice())], 400, "The field \"\"urls\"\" is missing")]
#[case::no_text(&[(FILE, b"a.com\n\xff\n".as_slice())], 400, "Line 2 of the file is not UTF-8.")]
#[case::unsafe_name(&[(FILE, b"a.com".as_slice()), ("name=\"response_filename\"", b"a\"; filename=../x")], 400, "response_filename may have")]
#[case::hidden_name(&[(FILE, b"a.com".as_slice()), ("name=\"response_filename\"", b".bashrc")], 400, "response_filename may have")]
#[actix_web::test]
async fn a_batch_says_what_is_wrong_with_it(
    #[case] parts: &[(&str, &[u8])],
    #[case] status: u16,
    #[case] detail: &str,
) {
    let (answered, headers, body) = upload(&bench(), parts).await;
    assert_eq!((answered.as_u16(), headers["content-type"].as_str()), (status, "text/csv; charset=utf-8"));
    assert!(body.starts_with("detail\r\n") && body.contains(detail), "{body}");
}

#[actix_web::test]
async fn a_form_that_breaks_off_is_refused_wherever_it_does() {
    let bench = bench();
    let form = format!("--cut\r\nContent-Disposition: form-data; {FILE}\r\n\r\ngreen.com\r\n\r\n--cut--");
    for length in 1..form.len() - 2 {
        let request = TestRequest::post()
            .uri("/api/v3/batch/greencheck")
            .insert_header(("Content-Type", "multipart/form-data; boundary=cut"))
            .set_payload(form[..length].to_owned());
        let (status, _, body) = bench.send(request).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{length} bytes: {body}");
    }
}

#[actix_web::test]
async fn a_batch_has_a_largest_size() {
    let bench = bench_with(ApiConfig { upload_max_bytes: 100, ..ApiConfig::default() }, false);
    let file = "a.com\n".repeat(20);
    assert_eq!(upload(&bench, &[(FILE, file.as_bytes())]).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let get = bench.get("/api/v3/batch/greencheck").await;
    assert_eq!(get.0, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(get.2, "detail\r\n\"Method \"\"GET\"\" not allowed.\"\r\n");
    let json = TestRequest::post().uri("/api/v3/batch/greencheck").set_json(["a.com"]);
    assert_eq!(bench.send(json).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}
