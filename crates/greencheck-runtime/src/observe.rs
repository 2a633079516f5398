//! Middleware: gives every request an id, counts it, and answers for a handler that panics.

use std::future::{Future, Ready, ready};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::error::InternalError;
use actix_web::http::{Method, StatusCode};
use actix_web::{Error, HttpMessage, HttpResponse};
use pin_project_lite::pin_project;
use tracing::Span;
use tracing::field::Empty;

pub(crate) use self::metrics::Handles;
use self::metrics::Running;
use crate::RequestId;
use crate::traces::{continue_trace, rename};

mod metrics;

pub use metrics::HttpMetrics;

/// The route of a request that no route matches.
const UNMATCHED: &str = "unmatched";
/// The route of a request whose handler took it into a panic.
const PANICKED: &str = "panicked";

/// The middleware, for `App::wrap`. Its span `request` exists where the level `debug` is enabled.
#[derive(Clone)]
pub struct Observe {
    metrics: HttpMetrics,
    callers: Callers,
}

/// Who may say which trace a request belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Callers {
    /// Nobody: strangers could fill the collector.
    Strangers,
    /// Whoever asks.
    OurServices,
}

impl Observe {
    /// Counts in `metrics`.
    pub fn new(metrics: HttpMetrics) -> Self {
        Self { metrics, callers: Callers::Strangers }
    }

    pub(crate) fn of(callers: Callers, metrics: HttpMetrics) -> Self {
        Self { metrics, callers }
    }
}

impl<S, B> Transform<S, ServiceRequest> for Observe
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Transform = Observed<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(Observed {
            service,
            handles: Rc::new(Handles::new(self.metrics.clone())),
            callers: self.callers,
        }))
    }
}

/// The middleware in one worker.
pub struct Observed<S> {
    service: S,
    handles: Rc<Handles>,
    callers: Callers,
}

impl<S, B> Service<ServiceRequest> for Observed<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Future = Observing<S::Future>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let id = RequestId::of(request.head());
        request.extensions_mut().insert(id);
        let method = method_label(request.method());
        // Of the request only what is no text of the caller's.
        let span = tracing::debug_span!(
            "request",
            request.id = %id,
            http.method = method,
            http.route = Empty,
            http.status = Empty,
            otel.kind = "server",
        );
        if self.callers == Callers::OurServices {
            continue_trace(&span, request.headers());
        }
        let running = Running::start(Rc::clone(&self.handles), method);
        let answer = {
            let _entered = (span.enter(), id.enter());
            self.service.call(request)
        };
        Observing { answer, span, id, method, running }
    }
}

pin_project! {
    /// A request under way.
    pub struct Observing<F> {
        #[pin]
        answer: F,
        span: Span,
        id: RequestId,
        method: &'static str,
        running: Running,
    }
}

impl<F, B> Future for Observing<F>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let _entered = (this.span.enter(), this.id.enter());
        // Without it a panic would end the connection: the client would get no answer, and the metrics no error.
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| this.answer.poll(context)));
        let (answer, broken_route) = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(answer)) => (answer, UNMATCHED),
            Err(_) => (Err(panicked()), PANICKED),
        };
        Poll::Ready(match answer {
            Ok(mut response) => {
                response.headers_mut().insert(RequestId::HEADER, this.id.header());
                let route = response.request().match_pattern();
                tracing::debug!(status = response.status().as_u16(), route, "answered");
                describe(this.span, this.method, route.as_deref().unwrap_or(UNMATCHED), response.status());
                this.running.answered(route.as_deref().unwrap_or(UNMATCHED), response.status());
                Ok(response)
            }
            Err(error) => {
                let mut response = error.error_response();
                response.headers_mut().insert(RequestId::HEADER, this.id.header());
                describe(this.span, this.method, broken_route, response.status());
                this.running.answered(broken_route, response.status());
                Err(InternalError::from_response(error, response).into())
            }
        })
    }
}

fn describe(span: &Span, method: &str, route: &str, status: StatusCode) {
    if !span.is_disabled() {
        rename(span, || format!("{method} {route}"));
        span.record("http.route", route);
        span.record("http.status", status.as_u16());
    }
}

fn panicked() -> Error {
    InternalError::from_response("the handler panicked", HttpResponse::InternalServerError().finish()).into()
}

/// Methods are free text: only those of RFC 9110 and PATCH become a label.
pub(crate) fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::OPTIONS => "OPTIONS",
        Method::CONNECT => "CONNECT",
        Method::TRACE => "TRACE",
        _ => "other",
    }
}

#[cfg(test)]
mod tests;
