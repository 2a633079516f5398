//! The form for other sites, and how to embed it.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::reply;
use crate::respond::{self, READ_ONLY};
use crate::{Site, site};

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// As for other pages, and a frame with our own form.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'",
);

/// How to embed the form.
pub(super) async fn explain(request: HttpRequest, site: Data<Site>) -> HttpResponse {
    if !respond::reads(request.method()) {
        return respond::method_not_allowed(&request, READ_ONLY);
    }
    let body = site::explained(&site.origin(&request), site.embeds_itself(), site.is_demo());
    let mut response = reply::page(&request, StatusCode::OK);
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")));
    response.body(body)
}

/// The form in a frame.
pub(super) async fn form(request: HttpRequest, site: Data<Site>) -> HttpResponse {
    if !respond::reads(request.method()) {
        return respond::method_not_allowed(&request, READ_ONLY);
    }
    let mut response = reply::page(&request, StatusCode::OK);
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, site.embed_policy.clone()))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")))
        .insert_header((RESOURCE_POLICY, HeaderValue::from_static("cross-origin")));
    let mut response = response.body(site::framed_form(site.is_demo()));
    // It knows no lists of origins, and browsers that know frame-ancestors pass over it.
    response.headers_mut().remove(header::X_FRAME_OPTIONS);
    response
}
