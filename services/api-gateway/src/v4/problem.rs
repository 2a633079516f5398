use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::json;
use crate::respond::{self, READ_ONLY};

/// Why there is no answer. The kind of problem is its status; `detail` says what to do.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
}

impl Problem {
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, detail: detail.into() }
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, detail: detail.into() }
    }

    pub(crate) fn unavailable(error: &dyn std::error::Error) -> Self {
        Self { status: StatusCode::SERVICE_UNAVAILABLE, detail: format!("{error}, try again in a moment") }
    }

    pub(crate) fn method_not_allowed(request: &HttpRequest) -> Self {
        let detail = format!("{} is not possible here, only GET is", request.method());
        Self { status: StatusCode::METHOD_NOT_ALLOWED, detail }
    }

    pub(crate) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let mut response = respond::answer(request, self.status, READ_ONLY);
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            respond::try_again(&mut response);
        }
        let title = self.status.canonical_reason().unwrap_or_default();
        let body = Body { r#type: "about:blank", title, status: self.status.as_u16(), detail: &self.detail };
        response
            .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json")))
            .body(json(&body))
    }
}
