//! Answers that are at hand, given before the framework sees a request: it costs more than they do.

use std::net::SocketAddr;

use actix_web::dev::{RequestHead, Response};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Bytes;

mod headers;
mod outgoing;
mod plain;
mod writer;

pub use headers::{Field, SharedHeaders};
pub use outgoing::Outgoing;
pub use plain::Plain;
pub(crate) use writer::HttpDate;
pub use writer::{Given, Writer};

/// Gives answers that are at hand.
pub trait Shortcut: Clone + Send + 'static {
    /// Writes the answer to a plain request, or gives `None` where the routes are to answer. It has to be the answer that
    /// they would give.
    fn answer(&self, request: &Plain<'_>, reply: Writer<'_>) -> Option<AtHand>;
}

/// An answer that was given.
pub struct AtHand {
    /// By [`Writer::finish`](Reply::finish).
    pub given: Given,
    /// The pattern of the route that would have answered.
    pub route: &'static str,
}

/// The routes answer everything.
#[derive(Debug, Clone, Copy)]
pub struct NoShortcut;

impl Shortcut for NoShortcut {
    fn answer(&self, _: &Plain<'_>, _: Writer<'_>) -> Option<AtHand> {
        None
    }
}

/// What an answer depends on in the head of a request, whoever has read it.
pub trait Head {
    /// Who sent it; `None` when it did not come over a connection, as in tests.
    fn peer(&self) -> Option<SocketAddr>;

    /// The values of all lines of a header.
    fn lines<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a [u8]>;

    /// The first of them.
    fn line<'a>(&'a self, name: &HeaderName) -> Option<&'a [u8]> {
        self.lines(name).next()
    }

    /// Whether there is one.
    fn has(&self, name: &HeaderName) -> bool {
        self.line(name).is_some()
    }
}

impl Head for RequestHead {
    fn peer(&self) -> Option<SocketAddr> {
        self.peer_addr
    }

    fn lines<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> {
        self.headers().get_all(name).map(HeaderValue::as_bytes)
    }
}

/// An answer in the making whose body is at hand: an actix response, or the bytes of a [`Writer`]. What composes one for both
/// cannot say different things.
pub trait Reply: Sized {
    /// What it is in the end.
    type Given;

    /// Comes first.
    #[must_use]
    fn begin(self, status: StatusCode) -> Self;

    /// A header that was not there yet.
    fn header(&mut self, field: Field, value: &[u8]);

    /// Several at once.
    fn headers(&mut self, shared: &SharedHeaders);

    /// Comes last. An answer with status 304 has no body.
    fn finish(self, body: impl Into<Bytes> + AsRef<[u8]>) -> Self::Given;
}

impl Reply for Response<Bytes> {
    type Given = Self;

    fn begin(mut self, status: StatusCode) -> Self {
        self.head_mut().status = status;
        self
    }

    fn header(&mut self, field: Field, value: &[u8]) {
        let value = HeaderValue::from_bytes(value).expect("headers of answers are ours");
        self.headers_mut().insert(field.name(), value);
    }

    fn headers(&mut self, shared: &SharedHeaders) {
        for (name, value) in shared.lines() {
            self.headers_mut().insert(name.clone(), value.clone());
        }
    }

    fn finish(self, body: impl Into<Bytes> + AsRef<[u8]>) -> Self {
        let body = if self.head().status == StatusCode::NOT_MODIFIED { Bytes::new() } else { body.into() };
        self.set_body(body)
    }
}

/// An actix response to compose.
pub fn response() -> Response<Bytes> {
    Response::with_body(StatusCode::OK, Bytes::new())
}

#[cfg(test)]
mod tests;
