use actix_web::body::to_bytes;
use actix_web::dev::Service;
use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, get, post, scope};
use actix_web::{App, HttpRequest};
use prometheus::{Registry, TextEncoder};

use super::*;

async fn echo_id(request: HttpRequest) -> HttpResponse {
    let id = *request.extensions().get::<RequestId>().unwrap();
    assert_eq!(RequestId::current(), Some(id));
    tokio::task::yield_now().await;
    assert_eq!(RequestId::current(), Some(id));
    HttpResponse::Ok().body(id.to_string())
}

async fn refuse() -> Result<HttpResponse, Error> {
    Err(actix_web::error::ErrorConflict("taken"))
}

async fn panic() -> HttpResponse {
    panic!("a bug")
}

fn routes(app: &mut web::ServiceConfig) {
    app.route("/check/{name}", get().to(echo_id))
        .service(scope("/v3").route("/check/{name}", post().to(refuse)))
        .route("/panic", get().to(panic));
}

/// What the answers to `requests` were: status, `X-Request-Id`, body.
async fn answers(registry: &Registry, requests: Vec<TestRequest>) -> Vec<(StatusCode, String, String)> {
    let metrics = HttpMetrics::register(registry).unwrap();
    let app = init_service(App::new().wrap(Observe::new(metrics)).configure(routes)).await;
    let mut answers = Vec::new();
    for request in requests {
        let response = match app.call(request.to_request()).await {
            Ok(response) => response.into_parts().1.map_into_boxed_body(),
            Err(error) => error.error_response(),
        };
        let id = response.headers().get(RequestId::HEADER).unwrap().to_str().unwrap().to_owned();
        let status = response.status();
        let body = to_bytes(response.into_body()).await.unwrap();
        answers.push((status, id, String::from_utf8(body.to_vec()).unwrap()));
    }
    answers
}

fn counters(registry: &Registry) -> Vec<String> {
    let mut text = String::new();
    TextEncoder::new().encode_utf8(&registry.gather(), &mut text).unwrap();
    let counted = |line: &&str| line.starts_with("http_requests_") || line.contains("seconds_count");
    text.lines().filter(counted).map(str::to_owned).collect()
}

#[actix_web::test]
async fn requests_are_counted_by_method_pattern_and_status() {
    let registry = Registry::new();
    let requests = vec![
        TestRequest::get().uri("/check/a"),
        TestRequest::get().uri("/check/b"),
        TestRequest::post().uri("/v3/check/a"),
        TestRequest::get().uri("/nowhere/c"),
        TestRequest::get().uri("/nowhere/d"),
        TestRequest::default().method(Method::from_bytes(b"BREW").unwrap()).uri("/check/a"),
    ];
    answers(&registry, requests).await;
    assert_eq!(
        counters(&registry),
        [
            r#"http_request_duration_seconds_count{method="GET",route="/check/{name}"} 2"#,
            r#"http_request_duration_seconds_count{method="GET",route="unmatched"} 2"#,
            r#"http_request_duration_seconds_count{method="POST",route="/v3/check/{name}"} 1"#,
            r#"http_request_duration_seconds_count{method="other",route="/check/{name}"} 1"#,
            "http_requests_in_flight 0",
            r#"http_requests_total{method="GET",route="/check/{name}",status="200"} 2"#,
            r#"http_requests_total{method="GET",route="unmatched",status="404"} 2"#,
            r#"http_requests_total{method="POST",route="/v3/check/{name}",status="409"} 1"#,
            r#"http_requests_total{method="other",route="/check/{name}",status="404"} 1"#,
        ]
    );
}

#[actix_web::test]
async fn a_handler_knows_the_id_that_the_answer_carries() {
    let named = TestRequest::get().uri("/check/a").insert_header(("X-Request-Id", "abc-1"));
    let nameless = TestRequest::get().uri("/check/a");
    let answers = answers(&Registry::new(), vec![named, nameless]).await;
    assert_eq!(answers[0], (StatusCode::OK, "abc-1".to_owned(), "abc-1".to_owned()));
    assert_eq!((answers[1].1.len(), &answers[1].1), (36, &answers[1].2));
    assert_eq!(RequestId::current(), None);
}

#[actix_web::test]
async fn an_error_keeps_its_answer_and_carries_the_id() {
    let refused = TestRequest::post().uri("/v3/check/a").insert_header(("X-Request-Id", "abc-2"));
    let answers = answers(&Registry::new(), vec![refused]).await;
    assert_eq!(answers[0], (StatusCode::CONFLICT, "abc-2".to_owned(), "taken".to_owned()));
}

#[actix_web::test]
async fn a_panic_is_an_error_500_and_the_next_request_is_served() {
    let registry = Registry::new();
    let panicking = TestRequest::get().uri("/panic").insert_header(("X-Request-Id", "abc-3"));
    let answers = answers(&registry, vec![panicking, TestRequest::get().uri("/check/a")]).await;
    assert_eq!(answers[0], (StatusCode::INTERNAL_SERVER_ERROR, "abc-3".to_owned(), String::new()));
    assert_eq!(answers[1].0, StatusCode::OK);
    let counters = counters(&registry);
    assert!(
        counters.contains(&r#"http_requests_total{method="GET",route="panicked",status="500"} 1"#.to_owned())
    );
    assert!(counters.contains(&"http_requests_in_flight 0".to_owned()));
}

#[actix_web::test]
async fn a_client_that_hangs_up_is_in_flight_no_more() {
    let registry = Registry::new();
    let metrics = HttpMetrics::register(&registry).unwrap();
    let forever = get().to(std::future::pending::<HttpResponse>);
    let app = init_service(App::new().wrap(Observe::new(metrics)).route("/", forever)).await;
    let mut answer = Box::pin(app.call(TestRequest::get().uri("/").to_request()));
    assert!(futures_util::poll!(&mut answer).is_pending());
    assert_eq!(counters(&registry), ["http_requests_in_flight 1"]);
    drop(answer);
    assert_eq!(counters(&registry), ["http_requests_in_flight 0"]);
}
