//! Who may come in, and by what.

use actix_web::http::header::ContentType;

use crate::support::{Ask, Bench, request};

const WRONG: &str = r#"{"detail":"Invalid username/password."}"#;

#[actix_web::test]
async fn bad_credentials_are_told_in_the_words_of_the_platform() {
    let bench = Bench::new();
    for (header, detail) in [
        ("Basic YWRhOndyb25n", "Invalid username/password."),
        ("Basic bm9ib2R5Og==", "Invalid username/password."),
        ("Basic ", "Invalid basic header. No credentials provided."),
        ("Basic a b", "Invalid basic header. Credentials string should not contain spaces."),
        ("Basic ä!", "Invalid basic header. Credentials not correctly base64 encoded."),
        ("Basic YWRh", "Invalid basic header. Credentials not correctly base64 encoded."),
        ("Token 0123", "Invalid token."),
        ("Token ", "Invalid token header. No credentials provided."),
        ("Token a b", "Invalid token header. Token string should not contain spaces."),
    ] {
        let answer = format!(r#"{{"detail":"{detail}"}}"#);
        for line in ["GET /api/v3/ip-ranges/", "POST /api/v3/asns/", "GET /api/v3/carbontxt_shared_secret"] {
            bench.row(header, line, "{}", 403, &answer).await;
        }
        let got = bench.ask(Ask { who: header, method: "GET", path: "/api/v3/", body: "" }).await;
        assert_eq!((got.status, &got.body), (401, &answer), "{header}");
        assert_eq!(got.header("WWW-Authenticate"), Some("Basic realm=\"api\""));
    }
}

#[actix_web::test]
async fn other_schemes_are_anonymous() {
    let bench = Bench::new();
    bench.row("Bearer abc", "GET /api/v3/ip-ranges/", "", 200, "[]").await;
    assert_eq!(bench.partners.asked(), 0);
}

#[actix_web::test]
async fn the_root_names_its_collections_to_who_is_logged_in() {
    let bench = Bench::new();
    let root = r#"{"ip-ranges":"http://localhost:8080/api/v3/ip-ranges/","asns":"http://localhost:8080/api/v3/asns/"}"#;
    bench.row("ada", "GET /api/v3/", "", 200, root).await;
    let denied = r#"{"detail":"Authentication credentials were not provided."}"#;
    bench.row("", "GET /api/v3/", "", 401, denied).await;
}

#[actix_web::test]
async fn a_token_opens_what_a_password_opens() {
    let bench = Bench::new();
    let body = r#"{"username":"ada","password":"ada's password"}"#;
    let got = bench.ask(Ask { who: "", method: "POST", path: "/api-token-auth/", body }).await;
    assert_eq!((got.status, got.header("Cache-Control")), (200, Some("no-store")), "{}", got.body);
    let token = got.body.strip_prefix("{\"token\":\"").and_then(|rest| rest.strip_suffix("\"}")).unwrap();
    assert!(token.len() == 40 && token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{token}");
    let who = format!("Token {token}");
    let (asn, shown) =
        (r#"{"asn":64500,"hostingprovider":1}"#, r#"{"asn":64500,"hostingprovider":1,"id":1}"#);
    bench.row(&who, "POST /api/v3/asns/", asn, 201, shown).await;
    bench.row(&who, "GET /api/v3/asns/", "", 200, &format!("[{shown}]")).await;
    bench.row(&who.to_lowercase(), "DELETE /api/v3/asns/1/", "", 204, "").await;
}

#[actix_web::test]
async fn a_token_is_given_for_the_right_password_only() {
    let bench = Bench::new();
    let (required, blank) = (r#"["This field is required."]"#, r#"["This field may not be blank."]"#);
    for (body, answer) in [
        (
            r#"{"username":"ada","password":"wrong"}"#,
            r#"{"non_field_errors":["Unable to log in with provided credentials."]}"#.to_owned(),
        ),
        ("{}", format!(r#"{{"username":{required},"password":{required}}}"#)),
        (r#"{"username":"","password":""}"#, format!(r#"{{"username":{blank},"password":{blank}}}"#)),
    ] {
        bench.row("", "POST /api-token-auth/", body, 400, &answer).await;
    }
    bench.row("", "GET /api-token-auth/", "", 405, r#"{"detail":"Method \"GET\" not allowed."}"#).await;
    let form = request(Ask { who: "", method: "POST", path: "/api-token-auth/", body: "" })
        .insert_header(ContentType::form_url_encoded())
        .set_payload("username=ada&password=ada%27s+password");
    assert_eq!(bench.send(form).await.status, 200);
}

#[actix_web::test]
async fn a_wrong_password_is_turned_away_from_a_public_check_too() {
    let bench = Bench::new();
    for path in [
        "/greencheck/localhost",
        "/api/v3/greencheck/localhost",
        "/api/v3/greencheck/",
        "/v2/greencheckmulti/[]",
    ] {
        let asked = |who| bench.public(Ask { who, method: "GET", path, body: "" });
        let got = asked("Basic YWRhOndyb25n").await;
        assert_eq!((got.status, got.body.as_str()), (403, WRONG));
        assert_eq!(got.header("WWW-Authenticate"), None);
        assert_eq!(asked("Basic ").await.status, 403);
        let before = bench.partners.asked();
        for who in ["", "Token 0123", "Bearer abc"] {
            assert_eq!(asked(who).await.status, 200, "{who}");
        }
        assert_eq!(bench.partners.asked(), before, "nobody was asked about them");
        assert_eq!(asked("ada").await.status, 200);
        bench.partners.set_away(true);
        assert_eq!(asked("Basic YWRhOndyb25n").await.status, 200, "a check goes on without accounts");
        bench.partners.set_away(false);
    }
}

#[actix_web::test]
async fn a_wrong_password_is_turned_away_from_a_batch_in_its_format() {
    let bench = Bench::new();
    let ask = Ask { who: "Basic YWRhOndyb25n", method: "POST", path: "/api/v3/batch/greencheck", body: "" };
    let got = bench.public(ask).await;
    assert_eq!((got.status, got.body.as_str()), (403, "detail\r\nInvalid username/password.\r\n"));
}

#[actix_web::test]
async fn so_many_passwords_may_be_tried_and_no_more() {
    let bench = Bench::new();
    let gateway = crate::public::gateway().await;
    let guess = r#"{"username":"ada","password":"a guess"}"#;
    for (who, line, body) in [
        ("Basic YWRhOndyb25n", "GET /api/v3/ip-ranges/", ""),
        ("Basic YWRhOndyb25n", "GET /api/v3/", ""),
        ("", "POST /api-token-auth/", guess),
    ] {
        let (method, path) = line.split_once(' ').unwrap();
        let mut got = bench.public_on(gateway.clone(), Ask { who, method, path, body }).await;
        while got.status != 429 {
            assert!([400, 401, 403].contains(&got.status), "{line}: {} {}", got.status, got.body);
            got = bench.public_on(gateway.clone(), Ask { who, method, path, body }).await;
        }
        assert!(
            got.header("Retry-After").is_some() && got.body.contains("too many requests"),
            "{}",
            got.body
        );
    }
    let tried = bench.partners.asked();
    assert!((20..40).contains(&tried), "{tried}");
    let public = Ask { who: "Basic YWRhOndyb25n", method: "GET", path: "/greencheck/localhost", body: "" };
    assert_eq!(bench.public_on(gateway, public).await.status, 200, "the password is not looked at");
    assert_eq!(bench.partners.asked(), tried);
}
