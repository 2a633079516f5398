//! The page that checks a name.

use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use greencheck_core::{Host, NamedHost};

use super::reply;
use crate::respond::{self, READ_ONLY, query_text};
use crate::{Site, site};

/// More of what was typed is not repeated.
const LONGEST_SHOWN: usize = 300;
const PREFIX: &str = "/check/";

/// The empty form.
pub(super) async fn home(request: HttpRequest, site: Data<Site>) -> HttpResponse {
    if !respond::reads(request.method()) {
        return respond::method_not_allowed(&request, READ_ONLY);
    }
    let mut response = reply::page(&request, StatusCode::OK);
    response.insert_header((header::CACHE_CONTROL, "public, no-cache"));
    let body = site::form(&site);
    crate::conditional::send(&request, response, &crate::conditional::tag(body.as_bytes()), body.into())
}

/// What the form sends: on to the page of the name.
pub(super) async fn go(request: HttpRequest, site: Data<Site>) -> HttpResponse {
    if !respond::reads(request.method()) {
        return respond::method_not_allowed(&request, READ_ONLY);
    }
    let typed = query_text(&request, "url").unwrap_or_default();
    if typed.trim().is_empty() {
        return reply::see(&request, StatusCode::SEE_OTHER, "/");
    }
    match NamedHost::parse(&typed) {
        Ok(named) => reply::see(&request, StatusCode::SEE_OTHER, &format!("{PREFIX}{}", named.host)),
        Err(error) => bad(&request, &site, &typed, error.to_string()),
    }
}

/// The page of a name.
pub(super) async fn show(request: HttpRequest, site: Data<Site>) -> HttpResponse {
    if !respond::reads(request.method()) {
        return respond::method_not_allowed(&request, READ_ONLY);
    }
    let typed = request.path().strip_prefix(PREFIX).unwrap_or_default();
    let typed = percent_encoding::percent_decode_str(typed).decode_utf8_lossy();
    if typed.trim().is_empty() {
        return reply::see(&request, StatusCode::SEE_OTHER, "/");
    }
    match NamedHost::parse(&typed) {
        Ok(named) if named.host.as_str() == typed => check(&request, &site, &named.host).await,
        // One address for each name; an address of a page is one of a name, too.
        Ok(named) => reply::see(&request, StatusCode::MOVED_PERMANENTLY, &format!("{PREFIX}{}", named.host)),
        Err(error) => bad(&request, &site, &typed, error.to_string()),
    }
}

async fn check(request: &HttpRequest, site: &Site, host: &Host) -> HttpResponse {
    if let Err(exceeded) = site.admit(request).await {
        return reply::too_many(request, &exceeded, host.as_str(), site.is_demo());
    }
    let again = respond::query_value(request.query_string(), "again") == Some("true");
    let found = if let Some(found) = site.kept(host, again) {
        found
    } else {
        if let Err(exceeded) = site.admit_full(request) {
            return reply::too_many(request, &exceeded, host.as_str(), site.is_demo());
        }
        match site.look_up(host, site.asker(request)).await {
            Ok(found) => found,
            Err(error) => return reply::unavailable(request, &error, host.as_str(), site.is_demo()),
        }
    };
    let stands = found.notice.is_none() && !again;
    let result = site.result(host, found, &site.origin(request)).await;
    let mut response = reply::page(request, StatusCode::OK);
    if stands {
        response.insert_header((header::CACHE_CONTROL, site.cache_control()));
    }
    response.body(site::with_result(site, &result))
}

fn bad(request: &HttpRequest, site: &Site, typed: &str, error: String) -> HttpResponse {
    let shown: String = typed.trim().chars().take(LONGEST_SHOWN).collect();
    reply::page(request, StatusCode::BAD_REQUEST).body(site::ask(site, &shown, error))
}
