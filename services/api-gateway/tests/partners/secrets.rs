//! The shared secret of a provider.

use crate::support::{Ask, Bench};

const PATH: &str = "/api/v3/carbontxt_shared_secret";

#[actix_web::test]
async fn a_secret_is_made_shown_and_replaced() {
    let bench = Bench::new();
    let none = r#"{"detail":"No shared secret is set. Create one by sending an empty POST request to this endpoint"}"#;
    bench.row("ada", &format!("GET {PATH}"), "", 404, none).await;
    let made = bench.ask(Ask { who: "ada", method: "POST", path: PATH, body: "" }).await;
    assert_eq!((made.status, made.header("Cache-Control")), (200, Some("no-store")));
    let secret = made.body.strip_prefix("{\"body\":\"").and_then(|rest| rest.strip_suffix("\"}")).unwrap();
    assert!(secret.starts_with("GWF-") && secret.len() == 86, "{secret}");
    bench.row("ada", &format!("GET {PATH}"), "", 200, &made.body).await;
    let other = bench.ask(Ask { who: "ada", method: "POST", path: PATH, body: "" }).await;
    assert_ne!(other.body, made.body);
    bench.row("ben", &format!("GET {PATH}"), "", 404, none).await;
}

#[actix_web::test]
async fn it_is_for_those_who_manage_a_provider() {
    let bench = Bench::new();
    let denied = r#"{"detail":"Authentication credentials were not provided."}"#;
    for method in ["GET", "POST"] {
        let line = format!("{method} {PATH}");
        bench.row("", &line, "", 403, denied).await;
        bench.row("eve", &line, "", 404, r#"{"detail":"Not found."}"#).await;
    }
    bench.row("ada", &format!("PUT {PATH}"), "", 405, r#"{"detail":"Method \"PUT\" not allowed."}"#).await;
    let slash = bench.ask(Ask { who: "ada", method: "GET", path: &format!("{PATH}/"), body: "" }).await;
    assert_eq!(slash.status, 404);
}
