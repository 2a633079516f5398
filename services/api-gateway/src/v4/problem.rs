use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use greencheck_core::ports::LookupError;
use serde::Serialize;

use super::json;
use crate::limits::Exceeded;
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

    pub(crate) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
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

    pub(crate) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let mut response = respond::answer(request, self.status, READ_ONLY);
        if let Some(seconds) = self.retry_after {
            respond::try_again_after(&mut response, seconds);
        }
        let title = self.status.canonical_reason().unwrap_or_default();
        let body = Body { r#type: "about:blank", title, status: self.status.as_u16(), detail: &self.detail };
        response
            .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json")))
            .body(json(&body))
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
