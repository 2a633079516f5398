//! Answers that are at hand, given before a request is routed: the router and its middleware cost more than they do.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Instant;

use actix_http::Request;
use actix_service::IntoServiceFactory;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{
    AppConfig, RequestHead, Response, Service, ServiceFactory, ServiceResponse, forward_ready,
};
use actix_web::web::Bytes;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use pin_project_lite::pin_project;
use tracing::Level;

use crate::body::has_body;
use crate::observe::{Handles, method_label};
use crate::{HttpMetrics, RequestId};

/// Gives answers that are at hand.
pub trait Shortcut: Clone + Send + 'static {
    /// The answer to a request without a body, or `None` where the routes are to answer. It has to be the one that they
    /// would give.
    fn answer(&self, request: &RequestHead) -> Option<AtHand>;
}

/// An answer, but for the id of its request.
pub struct AtHand {
    /// The head, and a body that is sent as it is.
    pub response: Response<Bytes>,
    /// The pattern of the route that would have answered.
    pub route: &'static str,
}

/// The routes answer everything.
#[derive(Debug, Clone, Copy)]
pub struct NoShortcut;

impl Shortcut for NoShortcut {
    fn answer(&self, _: &RequestHead) -> Option<AtHand> {
        None
    }
}

/// Asks `shortcut` first and then `app`.
pub(crate) fn first<A, S, C>(shortcut: C, app: A, metrics: HttpMetrics) -> Shortened<S, C>
where
    A: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request>,
{
    Shortened { app: app.into_factory(), shortcut, metrics }
}

/// Makes [`ShortenedService`]s.
pub(crate) struct Shortened<S, C> {
    app: S,
    shortcut: C,
    metrics: HttpMetrics,
}

impl<S, C, B> ServiceFactory<Request> for Shortened<S, C>
where
    S: ServiceFactory<
            Request,
            Config = AppConfig,
            Response = ServiceResponse<B>,
            Error = actix_web::Error,
            InitError = (),
        >,
    S::Future: 'static,
    C: Shortcut,
    B: MessageBody,
{
    type Response = Response<EitherBody<Bytes, B>>;
    type Error = actix_web::Error;
    type Config = AppConfig;
    type Service = ShortenedService<S::Service, C>;
    type InitError = ();
    type Future = LocalBoxFuture<'static, Result<Self::Service, ()>>;

    fn new_service(&self, config: AppConfig) -> Self::Future {
        let (shortcut, handles) = (self.shortcut.clone(), Rc::new(Handles::new(self.metrics.clone())));
        let routed = self.app.new_service(config);
        routed.map(|routed| Ok(ShortenedService { routed: routed?, shortcut, handles })).boxed_local()
    }
}

/// The routes of one worker and the short way past them.
pub(crate) struct ShortenedService<S, C> {
    routed: S,
    shortcut: C,
    handles: Rc<Handles>,
}

impl<S, C: Shortcut> ShortenedService<S, C> {
    fn at_hand(&self, request: &Request) -> Option<Response<Bytes>> {
        let head = request.head();
        // Whoever wants to see requests sees them on the long way.
        if tracing::enabled!(Level::DEBUG) || has_body(&head.headers) {
            return None;
        }
        let (started, given) = (Instant::now(), RequestId::given(&head.headers));
        let entered = given.map(RequestId::enter);
        // The routes have an answer for a handler that panics.
        let at_hand = std::panic::catch_unwind(AssertUnwindSafe(|| self.shortcut.answer(head)));
        let AtHand { mut response, route } = at_hand.ok().flatten()?;
        drop(entered);
        response.headers_mut().insert(RequestId::HEADER, given.unwrap_or_else(RequestId::new).header());
        let (method, status) = (method_label(&head.method), response.status().as_u16());
        self.handles.observe(method, route, status, started.elapsed().as_secs_f64());
        Some(response)
    }
}

impl<S, C, B> Service<Request> for ShortenedService<S, C>
where
    S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    C: Shortcut,
    B: MessageBody,
{
    type Response = Response<EitherBody<Bytes, B>>;
    type Error = actix_web::Error;
    type Future = Answering<S::Future>;

    forward_ready!(routed);

    fn call(&self, request: Request) -> Self::Future {
        match self.at_hand(&request) {
            Some(response) => Answering::AtHand { response: Some(response) },
            None => Answering::Routed { answer: self.routed.call(request) },
        }
    }
}

pin_project! {
    /// An answer that is at hand or on its way.
    #[project = Way]
    pub(crate) enum Answering<F> {
        AtHand { response: Option<Response<Bytes>> },
        Routed { #[pin] answer: F },
    }
}

impl<F, B> Future for Answering<F>
where
    F: Future<Output = Result<ServiceResponse<B>, actix_web::Error>>,
    B: MessageBody,
{
    type Output = Result<Response<EitherBody<Bytes, B>>, actix_web::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            Way::AtHand { response } => {
                let response = response.take().expect("nobody polls a future that has ended");
                Poll::Ready(Ok(response.map_body(|_, body| EitherBody::left(body))))
            }
            Way::Routed { answer } => answer
                .poll(context)
                .map_ok(|response| Response::from(response).map_body(|_, body| EitherBody::right(body))),
        }
    }
}

#[cfg(test)]
mod tests;
