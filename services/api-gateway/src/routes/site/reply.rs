//! Answers that are pages.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use greencheck_core::ports::LookupError;

use crate::limits::Exceeded;
use crate::respond::{self, READ_ONLY};
use crate::site;

/// Only our own style, scripts and pictures; scripts may ask this server only.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'",
);
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Starts a page that nobody keeps.
pub(super) fn page(request: &HttpRequest, status: StatusCode) -> HttpResponseBuilder {
    let mut response = respond::answer(request, status, READ_ONLY);
    response
        .insert_header((header::CONTENT_TYPE, HTML))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, NO_STORE));
    response
}

/// Sends the caller to another page.
pub(super) fn see(request: &HttpRequest, status: StatusCode, path: &str) -> HttpResponse {
    let mut response = respond::answer(request, status, READ_ONLY);
    response.insert_header((header::CACHE_CONTROL, NO_STORE)).insert_header((header::LOCATION, path)).finish()
}

pub(super) fn too_many(
    request: &HttpRequest,
    exceeded: &Exceeded,
    typed: &str,
    is_demo: bool,
) -> HttpResponse {
    let seconds = exceeded.retry_after;
    let text = format!("Many checks came from your address in a short time. Try again in {seconds} s.");
    let body = site::notice("Too many checks", &text, typed, false, is_demo);
    let mut response = page(request, StatusCode::TOO_MANY_REQUESTS);
    respond::try_again_after(&mut response, seconds);
    response.body(body)
}

pub(super) fn unavailable(
    request: &HttpRequest,
    error: &LookupError,
    typed: &str,
    is_demo: bool,
) -> HttpResponse {
    let text = match error {
        LookupError::Overloaded => "Many look-ups are under way. Try again in a moment.",
        LookupError::Unavailable(_) => "The look-up service is not reachable. Try again in a moment.",
    };
    let body = site::notice("No result at the moment", text, typed, false, is_demo);
    let mut response = page(request, StatusCode::SERVICE_UNAVAILABLE);
    respond::try_again(&mut response);
    response.body(body)
}
