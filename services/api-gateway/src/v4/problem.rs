use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use greencheck_core::ports::LookupError;
use serde::Serialize;

use super::json;
use crate::limits::Exceeded;
use crate::partner_api::Identity;
use crate::respond::{self, READ_ONLY};

/// Why there is no answer. The kind of problem is its status; `detail` says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    /// Seconds after which asking again may help.
    retry_after: Option<u64>,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), retry_after: None }
    }

    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// Nobody is known who may have this.
    pub(crate) fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    pub(crate) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    }

    /// The body cannot be read to its end.
    pub(crate) fn broken_body(error: &actix_web::Error) -> Self {
        if respond::is_too_slow(error) {
            return Self::new(StatusCode::REQUEST_TIMEOUT, "the body came too slowly");
        }
        Self::bad_request("the body did not arrive as a whole")
    }

    pub(crate) fn unavailable(error: &dyn std::error::Error) -> Self {
        Self::busy(format!("{error}, try again in a moment"))
    }

    /// Nobody can say now; `detail` tells to ask again.
    pub(crate) fn busy(detail: impl Into<String>) -> Self {
        Self { retry_after: Some(1), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
    }

    pub(crate) fn method_not_allowed(request: &HttpRequest) -> Self {
        Self::only(request, "GET")
    }

    /// Another method than the one that the route has.
    pub(crate) fn only(request: &HttpRequest, method: &str) -> Self {
        let detail = format!("{} is not possible here, only {method} is", request.method());
        Self::new(StatusCode::METHOD_NOT_ALLOWED, detail)
    }

    /// On a route that only reads.
    pub(crate) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        self.answer_of(request, READ_ONLY)
    }

    /// On a route that has the methods `allow`.
    pub(crate) fn answer_of(&self, request: &HttpRequest, allow: &'static str) -> HttpResponse {
        let mut response = respond::answer(request, self.status, allow);
        if let Some(seconds) = self.retry_after {
            respond::try_again_after(&mut response, seconds);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Api-Key")));
        }
        let title = self.status.canonical_reason().unwrap_or_default();
        let body = Body { r#type: "about:blank", title, status: self.status.as_u16(), detail: &self.detail };
        response
            .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json")))
            .body(json(&body))
    }
}

/// Tells a caller of a request that was admitted that its key does not count, rather than serve it as a stranger.
pub(crate) fn refuse_bad_key(request: &HttpRequest) -> Result<(), Problem> {
    match Identity::of(request) {
        Identity::BadKey => Err(Problem::unauthorized(
            "this API key is unknown, expired or revoked: show another, or none to be limited by your address",
        )),
        Identity::Nobody | Identity::Key(_) => Ok(()),
    }
}

impl From<Exceeded> for Problem {
    fn from(exceeded: Exceeded) -> Self {
        let retry_after = Some(exceeded.retry_after);
        Self { retry_after, ..Self::new(StatusCode::TOO_MANY_REQUESTS, exceeded.to_string()) }
    }
}

impl From<LookupError> for Problem {
    fn from(error: LookupError) -> Self {
        match error {
            LookupError::Overloaded => Self::busy(error.to_string()),
            LookupError::Unavailable(_) => Self::unavailable(&error),
        }
    }
}
