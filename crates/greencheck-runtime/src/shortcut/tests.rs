use actix_web::body::to_bytes;
use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use actix_web::web::{self, post};
use actix_web::{App, HttpResponse};
use prometheus::{Registry, TextEncoder};

use super::*;

/// Has an answer to `/known`: the id that its caller gave.
#[derive(Clone)]
struct Known;

impl Shortcut for Known {
    fn answer(&self, request: &RequestHead) -> Option<AtHand> {
        assert_ne!(request.uri.path(), "/bug");
        let id = RequestId::current().map_or("none".to_owned(), |id| id.to_string());
        let response = Response::with_body(StatusCode::IM_A_TEAPOT, Bytes::from(id));
        (request.uri.path() == "/known").then(|| AtHand { response, route: "/{name}" })
    }
}

async fn routed(body: Bytes) -> HttpResponse {
    HttpResponse::Ok().body([b"routed ", &body[..]].concat())
}

/// What the answers to `requests` were: status, `X-Request-Id`, body.
async fn answers(
    registry: &Registry,
    requests: Vec<TestRequest>,
) -> Vec<(StatusCode, Option<String>, String)> {
    let app = App::new().route("/{name}", post().to(routed)).route("/{name}", web::get().to(routed));
    let metrics = HttpMetrics::register(registry).unwrap();
    let service = first(Known, app, metrics).new_service(AppConfig::default()).await.unwrap();
    let mut answers = Vec::new();
    for request in requests {
        let response = service.call(request.to_request()).await.unwrap();
        let id = response.headers().get(RequestId::HEADER).map(|id| id.to_str().unwrap().to_owned());
        let (status, body) = (response.status(), to_bytes(response.into_body()).await);
        answers.push((status, id, String::from_utf8(body.ok().unwrap().to_vec()).unwrap()));
    }
    answers
}

#[actix_web::test]
async fn what_is_at_hand_has_its_requests_id_and_is_counted() {
    let registry = Registry::new();
    let given = TestRequest::get().uri("/known").insert_header((RequestId::HEADER, "mine"));
    let answers = answers(&registry, vec![given, TestRequest::get().uri("/known")]).await;
    assert_eq!(answers[0], (StatusCode::IM_A_TEAPOT, Some("mine".to_owned()), "mine".to_owned()));
    let (_, id, body) = &answers[1];
    assert_eq!(
        (id.as_ref().map(String::len), body.as_str()),
        (Some(36), "none"),
        "a new one is made for the answer"
    );
    assert_eq!(RequestId::current(), None);
    let text = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
    assert!(text.contains(r#"http_requests_total{method="GET",route="/{name}",status="418"} 2"#), "{text}");
}

#[actix_web::test]
async fn the_rest_is_routed_and_so_is_a_request_with_a_body_or_that_meets_a_bug() {
    let requests = vec![
        TestRequest::get().uri("/other"),
        TestRequest::get().uri("/bug"),
        TestRequest::post().uri("/known").insert_header(("content-length", "2")).set_payload("hi"),
    ];
    let answers = answers(&Registry::new(), requests).await;
    let bodies: Vec<&str> = answers.iter().map(|(.., body)| body.as_str()).collect();
    assert_eq!(bodies, ["routed ", "routed ", "routed hi"]);
}
