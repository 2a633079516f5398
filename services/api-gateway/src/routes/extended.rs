//! The extended check, as a page and as plain text.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use greencheck_core::NamedHost;
use greencheck_runtime::RequestId;

use crate::extended::{self, ExtendedCheck, Findings};
use crate::frame::Frame;
use crate::limits::Exceeded;
use crate::respond::{self, READ_ONLY, query_text};
use crate::{Gateway, Pages, Site};

/// Only our own style; nothing runs.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
/// More of what was typed is not repeated.
const LONGEST: usize = 2_000;

/// The routes of the extended check. They need those of [`mount`](super::mount),
/// [`page_routes`](super::page_routes) and [`site_routes`](super::site_routes) too.
pub fn extended_routes(extended: Data<ExtendedCheck>) -> impl FnOnce(&mut ServiceConfig) + Clone {
    move |app| {
        app.app_data(extended)
            .service(web::resource("/admin/extended-greencheck/").to(show))
            .service(web::resource("/admin/extended-greencheck").to(super::slash_is_missing));
    }
}

async fn show(
    request: HttpRequest,
    extended: Data<ExtendedCheck>,
    gateway: Data<Gateway>,
    pages: Data<Pages>,
    site: Data<Site>,
) -> HttpResponse {
    let frame = Frame::new("", site.is_demo());
    if !respond::reads(request.method()) {
        return respond::method_not_allowed(&request, READ_ONLY);
    }
    let typed = query_text(&request, "url").unwrap_or_default();
    let typed: String = typed.trim().chars().take(LONGEST).collect();
    let limits = &gateway.limits;
    let admitted =
        if typed.is_empty() { limits.admit(&request).await } else { limits.admit_check(&request).await };
    if let Err(exceeded) = admitted {
        return too_many(&request, frame, &typed, &exceeded);
    }
    if typed.is_empty() {
        return send(&request, StatusCode::OK, HTML, extended::form(frame, "", None));
    }
    let named = match NamedHost::parse(&typed) {
        Ok(named) => named,
        // The platform answers so.
        Err(error) => {
            return send(
                &request,
                StatusCode::OK,
                HTML,
                extended::form(frame, &typed, Some(error.to_string())),
            );
        }
    };
    if let Err(exceeded) = gateway.limits.admit_full(&request) {
        return too_many(&request, frame, &typed, &exceeded);
    }
    let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let asker = gateway.limits.asker(&request);
    let findings = extended.find(typed, named, id, asker, &gateway, &pages).await;
    let status = status(&findings);
    if query_text(&request, "format").as_deref() == Some("text") {
        return send(&request, status, TEXT, extended::report(&findings));
    }
    send(&request, status, HTML, extended::page(frame, &findings))
}

/// What is kept is shown even when nothing can be looked up; the status tells monitors.
fn status(findings: &Findings) -> StatusCode {
    if findings.fresh.is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

fn too_many(request: &HttpRequest, frame: Frame, typed: &str, exceeded: &Exceeded) -> HttpResponse {
    let mut response = respond::answer(request, StatusCode::TOO_MANY_REQUESTS, READ_ONLY);
    respond::try_again_after(&mut response, exceeded.retry_after);
    response
        .insert_header((header::CONTENT_TYPE, HTML))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .body(extended::form(frame, typed, Some(exceeded.to_string())))
}

fn send(request: &HttpRequest, status: StatusCode, media: HeaderValue, body: String) -> HttpResponse {
    let mut response = respond::answer(request, status, READ_ONLY);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        respond::try_again(&mut response);
    }
    response
        .insert_header((header::CONTENT_TYPE, media))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .body(body)
}
