use std::cell::RefCell;
use std::collections::HashMap;
use std::future::{Ready, ready};
use std::rc::Rc;
use std::time::Instant;

use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::Method;
use actix_web::{Error, HttpMessage};
use futures_util::future::LocalBoxFuture;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
};

use crate::RequestId;

/// Rate, errors and duration of HTTP requests, by route pattern.
#[derive(Clone)]
pub struct HttpMetrics {
    requests: IntCounterVec,
    seconds: HistogramVec,
    in_flight: IntGauge,
}

impl HttpMetrics {
    pub fn register(registry: &Registry) -> prometheus::Result<Self> {
        let buckets = vec![
            0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
            5.0,
        ];
        let metrics = Self {
            requests: IntCounterVec::new(
                Opts::new("http_requests_total", "Requests by method, route pattern and status"),
                &["method", "route", "status"],
            )?,
            seconds: HistogramVec::new(
                HistogramOpts::new(
                    "http_request_duration_seconds",
                    "From the request to the head of the answer",
                )
                .buckets(buckets),
                &["method", "route"],
            )?,
            in_flight: IntGauge::new("http_requests_in_flight", "Requests under way")?,
        };
        registry.register(Box::new(metrics.requests.clone()))?;
        registry.register(Box::new(metrics.seconds.clone()))?;
        registry.register(Box::new(metrics.in_flight.clone()))?;
        Ok(metrics)
    }
}

/// Middleware: gives every request an id and counts it.
#[derive(Clone)]
pub struct Observe(pub HttpMetrics);

impl<S, B> Transform<S, ServiceRequest> for Observe
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Transform = Observed<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(Observed { service, handles: Rc::new(Handles::new(self.0.clone())) }))
    }
}

/// The middleware in one worker.
pub struct Observed<S> {
    service: S,
    handles: Rc<Handles>,
}

impl<S, B> Service<ServiceRequest> for Observed<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let id = RequestId::of(request.headers());
        let header = id.header();
        request.extensions_mut().insert(id);
        let running = Running::start(Rc::clone(&self.handles));
        let method = method_label(request.method());
        let answer = self.service.call(request);
        Box::pin(async move {
            let mut response = answer.await?;
            response.headers_mut().insert(RequestId::HEADER, header);
            let route = response.request().match_pattern();
            running.end(method, route.as_deref().unwrap_or("unmatched"), response.status().as_u16());
            Ok(response)
        })
    }
}

/// A request under way. Dropped without an end, the client has hung up or the handler has panicked.
struct Running {
    handles: Rc<Handles>,
    started: Instant,
}

impl Running {
    fn start(handles: Rc<Handles>) -> Self {
        handles.metrics.in_flight.inc();
        Self { handles, started: Instant::now() }
    }

    fn end(&self, method: &'static str, route: &str, status: u16) {
        self.handles.observe(method, route, status, self.started.elapsed().as_secs_f64());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handles.metrics.in_flight.dec();
    }
}

/// Method and status of answers, and what counts them.
type Counted = (&'static str, u16, IntCounter, Histogram);

/// The counters of one worker, found without making label values anew for each request.
struct Handles {
    metrics: HttpMetrics,
    routes: RefCell<HashMap<String, Vec<Counted>>>,
}

impl Handles {
    fn new(metrics: HttpMetrics) -> Self {
        Self { metrics, routes: RefCell::default() }
    }

    fn observe(&self, method: &'static str, route: &str, status: u16, seconds: f64) {
        let mut routes = self.routes.borrow_mut();
        if !routes.contains_key(route) {
            routes.insert(route.to_owned(), Vec::new());
        }
        let Some(known) = routes.get_mut(route) else { return };
        let found = known.iter().find(|(of, code, ..)| *of == method && *code == status);
        if let Some((.., requests, duration)) = found {
            requests.inc();
            duration.observe(seconds);
            return;
        }
        let requests = self.metrics.requests.with_label_values(&[method, route, &status.to_string()]);
        let duration = self.metrics.seconds.with_label_values(&[method, route]);
        requests.inc();
        duration.observe(seconds);
        known.push((method, status, requests, duration));
    }
}

/// Methods are free text: only those of RFC 9110 become a label.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::web::get;
    use actix_web::{App, HttpRequest, HttpResponse};

    use super::*;

    async fn echo_id(request: HttpRequest) -> HttpResponse {
        let id = request.extensions().get::<RequestId>().unwrap().as_str().to_owned();
        HttpResponse::Ok().body(id)
    }

    #[actix_web::test]
    async fn requests_are_counted_by_pattern_and_carry_an_id() {
        let registry = Registry::new();
        let metrics = HttpMetrics::register(&registry).unwrap();
        let app =
            init_service(App::new().wrap(Observe(metrics.clone())).route("/check/{name}", get().to(echo_id)))
                .await;
        for name in ["a", "b"] {
            let request = TestRequest::get().uri(&format!("/check/{name}")).to_request();
            let response = call_service(&app, request).await;
            assert_eq!(response.headers().get("x-request-id").unwrap().len(), 36);
        }
        call_service(&app, TestRequest::get().uri("/nowhere/c").to_request()).await;
        let count =
            |route: &str, status: &str| metrics.requests.with_label_values(&["GET", route, status]).get();
        assert_eq!(count("/check/{name}", "200"), 2);
        assert_eq!(count("unmatched", "404"), 1);
        assert_eq!(metrics.in_flight.get(), 0);
    }

    #[actix_web::test]
    async fn a_plain_id_is_taken_over_and_anything_else_is_not() {
        let metrics = HttpMetrics::register(&Registry::new()).unwrap();
        let app = init_service(App::new().wrap(Observe(metrics)).route("/", get().to(echo_id))).await;
        let longest = "a".repeat(64);
        for (given, kept) in
            [("abc-1.2_3", true), (longest.as_str(), true), ("a b", false), ("<script>", false), ("", false)]
        {
            let request = TestRequest::get().uri("/").insert_header(("X-Request-Id", given)).to_request();
            let response = call_service(&app, request).await;
            let id = response.headers().get("x-request-id").unwrap().to_str().unwrap().to_owned();
            assert_eq!(id == given, kept, "{given:?} became {id:?}");
            assert_eq!(actix_web::test::read_body(response).await, id);
        }
    }
}
