//! The single check.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, Resource, web};
use chrono::{DateTime, Utc};
use greencheck_core::ports::LookupError;
use greencheck_core::{Answer, NamedHost, Source};

use crate::gateway::{Checked, is_momentary};
use crate::respond::{self, READ_ONLY};
use crate::{Gateway, wire};

const MATCH: HeaderName = HeaderName::from_static("x-greencheck-match");
const REASON: HeaderName = HeaderName::from_static("x-greencheck-reason");
const AGE: HeaderName = HeaderName::from_static("x-greencheck-age");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

pub(super) fn resource(path: &str) -> Resource {
    web::resource(path).to(check_host)
}

async fn check_host(request: HttpRequest, gateway: Data<Gateway>) -> HttpResponse {
    if request.method() == actix_web::http::Method::OPTIONS {
        return respond::options(&request, READ_ONLY, "Greencheck");
    }
    if !respond::reads(request.method()) {
        return respond::method_not_allowed(&request, READ_ONLY);
    }
    if let Some(refusal) = respond::not_acceptable(&request, READ_ONLY) {
        return refusal;
    }
    let Some(name) = decoded_name(&request) else {
        return respond::not_found(&request);
    };
    let Ok(named) = NamedHost::parse(&name) else {
        return invalid(&request, gateway.now());
    };
    if respond::query_value(&request, "nocache") == Some("true") {
        return match gateway.check_full(&named.host, Source::Api).await {
            Ok(checked) => found(&request, &named, &checked, gateway.now(), true),
            Err(error) => unavailable(&request, &error),
        };
    }
    let checked = gateway.check_fast(&named.host, Source::Api).await;
    found(&request, &named, &checked, gateway.now(), false)
}

/// The name in the path, percent-decoded. `None` when it holds a slash: such a path is another path. Bytes that are not
/// UTF-8 stay as they were typed, which no host name is.
fn decoded_name(request: &HttpRequest) -> Option<String> {
    let typed = request.path().rsplit('/').next().unwrap_or_default();
    let decoded = percent_encoding::percent_decode_str(typed)
        .decode_utf8()
        .map_or_else(|_| typed.to_owned(), Into::into);
    (!decoded.contains('/')).then_some(decoded)
}

fn found(
    request: &HttpRequest,
    named: &NamedHost,
    checked: &Checked,
    now: DateTime<Utc>,
    slow: bool,
) -> HttpResponse {
    let answer = &*checked.answer;
    let mut response = respond::answer(request, StatusCode::OK, READ_ONLY);
    explain(&mut response, answer, now);
    if slow || is_momentary(&answer.verdict) {
        response.insert_header((header::CACHE_CONTROL, NO_STORE));
    }
    respond::json(response, wire::check(&named.shown(), answer))
}

/// Says in headers why, and how old the verdict is: the body has no room for it.
fn explain(response: &mut HttpResponseBuilder, answer: &Answer, now: DateTime<Utc>) {
    let matched = answer.verdict.matched().map_or("none", |by| by.kind.as_str());
    let age = now.signed_duration_since(answer.modified).num_seconds().max(0);
    response
        .insert_header((MATCH, HeaderValue::from_static(matched)))
        .insert_header((REASON, HeaderValue::from_static(answer.verdict.reason())))
        .insert_header((AGE, HeaderValue::from(age)));
}

fn invalid(request: &HttpRequest, now: DateTime<Utc>) -> HttpResponse {
    let mut response = respond::answer(request, StatusCode::OK, READ_ONLY);
    response
        .insert_header((MATCH, HeaderValue::from_static("none")))
        .insert_header((REASON, HeaderValue::from_static("invalid_name")));
    respond::json(response, wire::grey(None, now))
}

/// Only a check that insists on a look-up now may be turned away.
fn unavailable(request: &HttpRequest, error: &LookupError) -> HttpResponse {
    let mut response = respond::answer(request, StatusCode::SERVICE_UNAVAILABLE, READ_ONLY);
    response
        .insert_header((header::RETRY_AFTER, HeaderValue::from_static("1")))
        .insert_header((header::CACHE_CONTROL, NO_STORE));
    respond::json(response, wire::detail(&error.to_string()))
}
