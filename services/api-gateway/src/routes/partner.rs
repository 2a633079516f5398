//! What partners register, and the entry to it.

mod networks;
mod root;
mod secret;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use greencheck_core::partner::NetworkKind;
use greencheck_core::ports::PartnersError;

use super::slash_is_missing;
use crate::partner_api::LoginError;
use crate::respond;

pub(super) const NOT_PROVIDED: &str = "Authentication credentials were not provided.";
pub(super) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const NOT_FOUND: &str = "Not found.";

pub(super) fn mount(app: &mut ServiceConfig) {
    networks::mount(app, NetworkKind::Range);
    networks::mount(app, NetworkKind::Asn);
    app.service(root::resource())
        .service(web::resource("/api/v3").to(slash_is_missing))
        .service(secret::resource());
}

/// An answer with a body that no cache keeps: it is about one caller.
pub(super) fn private(
    request: &HttpRequest,
    status: StatusCode,
    allow: &'static str,
    body: Vec<u8>,
) -> HttpResponse {
    let mut response = respond::answer(request, status, allow);
    response.insert_header((header::CACHE_CONTROL, NO_STORE));
    respond::json(response, body)
}

/// Turns away whom no login knows.
fn refused(request: &HttpRequest, allow: &'static str, error: &LoginError) -> HttpResponse {
    match error {
        LoginError::Refused(detail) => respond::error(request, StatusCode::FORBIDDEN, allow, detail),
        LoginError::TooMany(exceeded) => respond::too_many(request, allow, exceeded),
        LoginError::Unavailable(error) => unavailable(request, allow, error),
    }
}

/// As [`refused`], where the platform asks for a password by a challenge.
pub(super) fn challenged(request: &HttpRequest, allow: &'static str, detail: &str) -> HttpResponse {
    let mut response = respond::error(request, StatusCode::UNAUTHORIZED, allow, detail);
    let challenge = HeaderValue::from_static("Basic realm=\"api\"");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}

/// The accounts cannot be asked: the only reason for a 5xx.
pub(super) fn unavailable(request: &HttpRequest, allow: &'static str, error: &PartnersError) -> HttpResponse {
    tracing::warn!(error = error as &dyn std::error::Error, "a partner got no answer");
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let mut response = respond::error(request, status, allow, &error.to_string());
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}
