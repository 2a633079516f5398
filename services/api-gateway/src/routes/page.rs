//! The directory for readers.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, Resource};

use crate::conditional;
use crate::pages::Pages;
use crate::respond::{self, READ_ONLY, query_text};

/// Nothing runs, and nothing is loaded but our own style.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

pub(super) fn directory() -> Resource {
    web::resource("/directory/").to(show_directory)
}

async fn show_directory(request: HttpRequest, pages: Data<Pages>) -> HttpResponse {
    if !respond::reads(request.method()) {
        return respond::method_not_allowed(&request, READ_ONLY);
    }
    if let Err(exceeded) = pages.admit(&request).await {
        return sorry(&request, StatusCode::TOO_MANY_REQUESTS, exceeded.retry_after);
    }
    let Ok(edition) = pages.edition().await else {
        return sorry(&request, StatusCode::SERVICE_UNAVAILABLE, 1);
    };
    let (service, country) = (query_text(&request, "services"), query_text(&request, "country"));
    let page = edition.page(service.as_deref(), country.as_deref(), pages.now().date_naive());
    let mut response = respond::answer(&request, StatusCode::OK, READ_ONLY);
    response
        .insert_header((header::CONTENT_TYPE, HTML))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        // Kept, and asked for each time whether it has changed.
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-cache")));
    conditional::send(&request, response, &page.tag, page.bytes.clone())
}

/// A page that says to come back after so many seconds.
fn sorry(request: &HttpRequest, status: StatusCode, seconds: u64) -> HttpResponse {
    let mut response = respond::answer(request, status, READ_ONLY);
    respond::try_again_after(&mut response, seconds);
    response
        .insert_header((header::CONTENT_TYPE, HTML))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY));
    response.body(SORRY_PAGE)
}

const SORRY_PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<head><title>Not now</title></head>\n\
    <body><h1>The directory cannot be shown now</h1><p>Try again in a moment.</p></body>\n</html>\n";
