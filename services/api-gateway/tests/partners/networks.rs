//! Ranges and AS numbers.

use actix_web::http::header::ContentType;

use crate::support::{Ask, Bench, request};

const RANGES: &str = "/api/v3/ip-ranges/";
const ONE: &str = r#"{"hostingprovider":1,"ip_start":"192.168.178.121","ip_end":"192.168.178.129"}"#;
const ONE_SHOWN: &str =
    r#"{"ip_start":"192.168.178.121","ip_end":"192.168.178.129","hostingprovider":1,"id":1}"#;

#[actix_web::test]
async fn ranges_are_created_listed_fetched_and_deleted() {
    let bench = Bench::new();
    let shown = ONE_SHOWN;
    bench.row("ada", "GET /api/v3/ip-ranges/", "", 200, "[]").await;
    bench.row("ada", "POST /api/v3/ip-ranges/", ONE, 201, shown).await;
    bench.row("ada", "GET /api/v3/ip-ranges/", "", 200, &format!("[{shown}]")).await;
    bench.row("ada", "GET /api/v3/ip-ranges/1/", "", 200, shown).await;
    bench.row("root", "GET /api/v3/ip-ranges/1/", "", 200, shown).await;
    bench.row("ada", "DELETE /api/v3/ip-ranges/1/", "", 204, "").await;
    bench.row("ada", "GET /api/v3/ip-ranges/", "", 200, "[]").await;
    let gone = r#"{"detail":"No GreencheckIp matches the given query."}"#;
    bench.row("ada", "GET /api/v3/ip-ranges/1/", "", 404, gone).await;
    bench.row("ada", "DELETE /api/v3/ip-ranges/1/", "", 404, gone).await;
}

#[actix_web::test]
async fn as_numbers_are_created_listed_fetched_and_deleted() {
    let bench = Bench::new();
    let (asn, shown) =
        (r#"{"asn":12345,"hostingprovider":1}"#, r#"{"asn":12345,"hostingprovider":1,"id":1}"#);
    bench.row("ada", "GET /api/v3/asns/", "", 200, "[]").await;
    bench.row("ada", "POST /api/v3/asns/", asn, 201, shown).await;
    bench.row("ada", "GET /api/v3/asns/", "", 200, &format!("[{shown}]")).await;
    bench.row("ada", "GET /api/v3/asns/1/", "", 200, shown).await;
    bench.row("ada", "DELETE /api/v3/asns/1/", "", 204, "").await;
    let gone = r#"{"detail":"No GreencheckASN matches the given query."}"#;
    bench.row("ada", "DELETE /api/v3/asns/1/", "", 404, gone).await;
}

#[actix_web::test]
async fn an_identical_range_is_accepted_again_and_an_as_number_is_unique_in_any_state() {
    let bench = Bench::new();
    bench.row("ada", "POST /api/v3/ip-ranges/", ONE, 201, ONE_SHOWN).await;
    bench.row("ada", "POST /api/v3/ip-ranges/", ONE, 201, &ONE_SHOWN.replace("\"id\":1", "\"id\":2")).await;
    let taken = r#"{"asn":["This field must be unique."]}"#;
    let (ada, ben) =
        (r#"{"asn":4294967295,"hostingprovider":1}"#, r#"{"asn":4294967295,"hostingprovider":2}"#);
    let shown = r#"{"asn":4294967295,"hostingprovider":1,"id":1}"#;
    bench.row("ada", "POST /api/v3/asns/", ada, 201, shown).await;
    bench.row("ben", "POST /api/v3/asns/", ben, 400, taken).await;
    bench.row("ada", "DELETE /api/v3/asns/1/", "", 204, "").await;
    bench.row("ada", "POST /api/v3/asns/", ada, 400, taken).await;
}

#[actix_web::test]
async fn nobody_sees_or_changes_the_networks_of_others() {
    let bench = Bench::new();
    bench.row("ada", "POST /api/v3/ip-ranges/", ONE, 201, ONE_SHOWN).await;
    let gone = r#"{"detail":"No GreencheckIp matches the given query."}"#;
    let denied = r#"{"detail":"You do not have permission to perform this action."}"#;
    for who in ["ben", "eve"] {
        bench.row(who, "GET /api/v3/ip-ranges/", "", 200, "[]").await;
        bench.row(who, "GET /api/v3/ip-ranges/1/", "", 404, gone).await;
        bench.row(who, "DELETE /api/v3/ip-ranges/1/", "", 404, gone).await;
        bench.row(who, "POST /api/v3/ip-ranges/", ONE, 403, denied).await;
    }
    bench.row("ben", "POST /api/v3/asns/", r#"{"asn":0,"hostingprovider":1}"#, 403, denied).await;
    bench.row("ada", "GET /api/v3/ip-ranges/1/", "", 200, ONE_SHOWN).await;
}

#[actix_web::test]
async fn the_anonymous_see_nothing_and_may_do_nothing() {
    let bench = Bench::new();
    bench.row("ada", "POST /api/v3/ip-ranges/", ONE, 201, ONE_SHOWN).await;
    let (missing, denied) =
        (r#"{"detail":"Not found."}"#, r#"{"detail":"Authentication credentials were not provided."}"#);
    bench.row("", "GET /api/v3/ip-ranges/", "", 200, "[]").await;
    bench.row("", "GET /api/v3/asns/", "", 200, "[]").await;
    bench.row("", "GET /api/v3/ip-ranges/1/", "", 404, missing).await;
    bench.row("", "DELETE /api/v3/ip-ranges/1/", "", 404, missing).await;
    bench.row("", "POST /api/v3/ip-ranges/", ONE, 403, denied).await;
    bench.row("", "POST /api/v3/asns/", "{", 403, denied).await;
}

#[actix_web::test]
async fn every_mistake_in_a_range_has_its_answer() {
    let bench = Bench::new();
    let required = r#"["This field is required."]"#;
    for (body, answer) in [
        (
            r#"{"hostingprovider":1,"ip_start":"10.0.0.9","ip_end":"10.0.0.1"}"#,
            r#"{"non_field_errors":["The IP range must start with a lower IP than the end IP"]}"#.to_owned(),
        ),
        (r#"{"hostingprovider":1}"#, format!(r#"{{"ip_start":{required},"ip_end":{required}}}"#)),
        ("{}", format!(r#"{{"ip_start":{required},"ip_end":{required},"hostingprovider":{required}}}"#)),
        ("", format!(r#"{{"ip_start":{required},"ip_end":{required},"hostingprovider":{required}}}"#)),
        (
            r#"{"hostingprovider":1,"ip_start":"10.0.0.300","ip_end":7}"#,
            r#"{"ip_start":["Enter a valid IPv4 or IPv6 address."],"ip_end":["Enter a valid IPv4 or IPv6 address."]}"#
                .to_owned(),
        ),
        (
            r#"{"hostingprovider":1,"ip_start":"","ip_end":null}"#,
            r#"{"ip_start":["This field may not be blank."],"ip_end":["This field may not be null."]}"#.to_owned(),
        ),
        (
            r#"{"hostingprovider":1,"ip_start":"10.0.0.1","ip_end":"2001:db8::1"}"#,
            r#"{"ip_end":["Enter an address of the same family as ip_start: IPv4 or IPv6."]}"#.to_owned(),
        ),
        (
            r#"{"hostingprovider":"one","ip_start":"10.0.0.1","ip_end":"10.0.0.1"}"#,
            r#"{"hostingprovider":["Incorrect type. Expected pk value, received str."]}"#.to_owned(),
        ),
        ("[]", r#"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#.to_owned()),
        ("{", r#"{"detail":"JSON parse error - line 1 column 1"}"#.to_owned()),
    ] {
        bench.row("ada", "POST /api/v3/ip-ranges/", body, 400, &answer).await;
    }
    bench.row("ada", "GET /api/v3/ip-ranges/", "", 200, "[]").await;
}

#[actix_web::test]
async fn every_mistake_in_an_as_number_has_its_answer() {
    let bench = Bench::new();
    for (asn, problem) in [
        ("0", "Ensure this value is greater than or equal to 1."),
        ("4294967296", "Ensure this value is less than or equal to 4294967295."),
        ("\"AS1\"", "A valid integer is required."),
        ("null", "This field may not be null."),
    ] {
        let body = format!(r#"{{"asn":{asn},"hostingprovider":1}}"#);
        bench.row("ada", "POST /api/v3/asns/", &body, 400, &format!(r#"{{"asn":["{problem}"]}}"#)).await;
    }
}

#[actix_web::test]
async fn forms_and_multipart_are_read_like_json_and_nothing_else_is() {
    let bench = Bench::new();
    let post = || request(Ask { who: "ada", method: "POST", path: RANGES, body: "" });
    let form = "ip_start=10.0.0.1&ip_end=10.0.0.2&hostingprovider=1";
    let got = bench.send(post().insert_header(ContentType::form_url_encoded()).set_payload(form)).await;
    assert_eq!((got.status, got.body.contains("\"ip_end\":\"10.0.0.2\"")), (201, true), "{}", got.body);
    let part = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let multipart = [part("ip_start", "::1"), part("ip_end", "::2"), part("hostingprovider", "1")].concat();
    let header = ("Content-Type", "multipart/form-data; boundary=b");
    let got = bench.send(post().insert_header(header).set_payload(format!("{multipart}--b--\r\n"))).await;
    assert_eq!((got.status, got.body.contains("\"ip_end\":\"::2\"")), (201, true), "{}", got.body);
    let got = bench.send(post().insert_header(("Content-Type", "text/plain")).set_payload(form)).await;
    let refused = r#"{"detail":"Unsupported media type \"text/plain\" in request."}"#;
    assert_eq!((got.status, got.body.as_str()), (415, refused));
    let got = bench.send(post().insert_header(ContentType::json()).set_payload("x".repeat(70_000))).await;
    assert_eq!(got.status, 413);
}

#[actix_web::test]
async fn paths_have_slashes_and_suffixes_as_the_platform_has_them() {
    let bench = Bench::new();
    bench.row("ada", "POST /api/v3/ip-ranges.json", ONE, 201, ONE_SHOWN).await;
    bench.row("ada", "GET /api/v3/ip-ranges.json", "", 200, &format!("[{ONE_SHOWN}]")).await;
    bench.row("ada", "GET /api/v3/ip-ranges/1.json", "", 200, ONE_SHOWN).await;
    bench.row("ada", "GET /api/v3/ip-ranges/1.json/", "", 200, ONE_SHOWN).await;
    let missing = r#"{"detail":"Not found."}"#;
    bench.row("ada", "GET /api/v3/ip-ranges/one/", "", 404, missing).await;
    for path in ["/api/v3/asns.xml", "/api/v3/ip-ranges/1.xml", "/api/v3/asns/?format=xml"] {
        bench.row("ada", &format!("GET {path}"), "", 404, missing).await;
    }
    for (path, location) in [
        ("/api/v3/ip-ranges", "/api/v3/ip-ranges/"),
        ("/api/v3/asns?format=json", "/api/v3/asns/?format=json"),
        ("/api/v3/asns/7", "/api/v3/asns/7/"),
        ("/api/v3", "/api/v3/"),
        ("/api-token-auth", "/api-token-auth/"),
    ] {
        let got = bench.ask(Ask { who: "", method: "GET", path, body: "" }).await;
        assert_eq!((got.status, got.header("Location")), (301, Some(location)), "{path}");
    }
}

#[actix_web::test]
async fn methods_are_those_that_allow_names() {
    let bench = Bench::new();
    let (list, entry) = ("GET, POST, HEAD, OPTIONS", "GET, DELETE, HEAD, OPTIONS");
    for (method, path, allow) in [
        ("PUT", "/api/v3/ip-ranges/", list),
        ("PATCH", "/api/v3/asns/", list),
        ("DELETE", "/api/v3/asns/", list),
        ("PUT", "/api/v3/ip-ranges/1/", entry),
        ("POST", "/api/v3/asns/1/", entry),
    ] {
        for who in ["ada", ""] {
            let got = bench.ask(Ask { who, method, path, body: ONE }).await;
            if method == "POST" && who.is_empty() {
                continue;
            }
            let detail = format!(r#"{{"detail":"Method \"{method}\" not allowed."}}"#);
            assert_eq!((got.status, &got.body), (405, &detail), "{method} {path}");
            assert_eq!(got.header("Allow"), Some(allow), "{method} {path}");
        }
    }
    let got = bench.ask(Ask { who: "ada", method: "HEAD", path: RANGES, body: "" }).await;
    assert_eq!((got.status, got.header("Content-Type")), (200, Some("application/json")));
    let got = bench.ask(Ask { who: "", method: "OPTIONS", path: RANGES, body: "" }).await;
    assert!(got.status == 200 && got.body.contains(r#""parses":["application/json","#), "{}", got.body);
}

#[actix_web::test]
async fn every_answer_has_the_headers_of_the_platform_and_stays_out_of_caches() {
    let bench = Bench::new();
    let asked = request(Ask { who: "ada", method: "GET", path: RANGES, body: "" });
    let got = bench.send(asked.insert_header(("Origin", "https://a.example"))).await;
    for (name, value) in [
        ("Content-Type", "application/json"),
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
        ("Access-Control-Allow-Origin", "*"),
        ("Cache-Control", "no-store"),
    ] {
        assert_eq!(got.header(name), Some(value), "{name}");
    }
    let preflight = request(Ask { who: "", method: "OPTIONS", path: RANGES, body: "" })
        .insert_header(("Origin", "https://a.example"))
        .insert_header(("Access-Control-Request-Method", "POST"));
    let got = bench.send(preflight).await;
    assert_eq!((got.status, got.body.as_str()), (200, ""));
    assert!(got.header("Access-Control-Allow-Headers").unwrap().contains("authorization"));
    assert!(got.header("Access-Control-Allow-Methods").unwrap().contains("DELETE"));
    let asked = request(Ask { who: "ada", method: "GET", path: RANGES, body: "" });
    let got = bench.send(asked.insert_header(("Accept", "text/html"))).await;
    let refused = r#"{"detail":"Could not satisfy the request Accept header."}"#;
    assert_eq!((got.status, got.body.as_str()), (406, refused));
}

#[actix_web::test]
async fn partners_that_are_away_are_a_503_that_says_when_to_come_back() {
    let bench = Bench::new();
    bench.partners.set_away(true);
    for path in ["/api/v3/ip-ranges/", "/api/v3/", "/api/v3/carbontxt_shared_secret"] {
        let got = bench.ask(Ask { who: "ada", method: "GET", path, body: "" }).await;
        let detail = r#"{"detail":"the partner accounts are not reachable"}"#;
        assert_eq!((got.status, got.body.as_str()), (503, detail), "{path}");
        assert_eq!(got.header("Retry-After"), Some("1"));
    }
    bench.row("", "GET /api/v3/ip-ranges/", "", 200, "[]").await;
}
