//! The single check.

use actix_web::dev::Response;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, Resource, web};
use chrono::{DateTime, Utc};
use greencheck_core::ports::LookupError;
use greencheck_core::{Answer, NamedHost, Source};

use crate::gateway::{Checked, is_momentary};
use crate::jsonp::Callback;
use crate::limits::Allowance;
use crate::partner_api::bad_basic;
use crate::respond::{self, READ_ONLY};
use crate::{Gateway, wire};

const MATCH: HeaderName = HeaderName::from_static("x-greencheck-match");
const AGE: HeaderName = HeaderName::from_static("x-greencheck-age");
const REASON: HeaderName = HeaderName::from_static("x-greencheck-reason");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The platform's old path and its present one; a name follows.
pub(super) const ROUTES: [Route; 2] = [
    Route { prefix: "/greencheck/", pattern: "/greencheck/{name}" },
    Route { prefix: "/api/v3/greencheck/", pattern: "/api/v3/greencheck/{name}" },
];

/// A path that ends with a name.
pub(super) struct Route {
    pub(super) prefix: &'static str,
    pub(super) pattern: &'static str,
}

impl Route {
    pub(super) fn resource(&self) -> Resource {
        web::resource(self.pattern).to(check_host)
    }
}

async fn check_host(request: HttpRequest, gateway: Data<Gateway>) -> HttpResponse {
    if let Some(answer) = respond::unless_read(&request, "Greencheck") {
        return answer;
    }
    if let Err(exceeded) = gateway.limits.admit_check(&request).await {
        return respond::too_many(&request, READ_ONLY, &exceeded);
    }
    if let Some(detail) = bad_basic(&request).await {
        return respond::error(&request, StatusCode::FORBIDDEN, READ_ONLY, detail);
    }
    let Some(name) = respond::last_segment(request.path()) else {
        return respond::not_found(&request);
    };
    let callback = match Callback::given(&request) {
        Ok(callback) => callback,
        Err(error) => {
            return respond::error(&request, StatusCode::BAD_REQUEST, READ_ONLY, &error.to_string());
        }
    };
    let Ok(named) = NamedHost::parse(&name) else {
        return invalid(&request, callback.as_ref(), gateway.now());
    };
    let show = |checked: &Checked, keep: &HeaderValue| {
        let shown = Shown { named: &named, answer: &checked.answer, callback: callback.as_ref() };
        shown.respond(&request, keep, gateway.now())
    };
    let asker = gateway.limits.asker(&request);
    if respond::query_value(request.query_string(), "nocache") == Some("true") {
        if let Err(exceeded) = gateway.limits.admit_full(&request) {
            return respond::too_many(&request, READ_ONLY, &exceeded);
        }
        return match gateway.check_full(&named.host, Source::Api, asker).await {
            Ok(checked) => show(&checked, &NO_STORE),
            Err(error) => unavailable(&request, &error),
        };
    }
    let checked = gateway.check_fast(&named.host, Source::Api, asker).await;
    let keep = if is_momentary(&checked.answer.verdict) { &NO_STORE } else { &gateway.check_cache_control };
    show(&checked, keep)
}

/// What the caller gets to see.
struct Shown<'a> {
    named: &'a NamedHost,
    answer: &'a Answer,
    callback: Option<&'a Callback>,
}

impl Shown<'_> {
    fn respond(&self, request: &HttpRequest, keep: &HeaderValue, now: DateTime<Utc>) -> HttpResponse {
        if self.callback.is_none() && *keep != NO_STORE {
            let extensions = request.extensions();
            let response =
                known(request.headers(), extensions.get(), &self.named.shown(), self.answer, keep, now);
            return HttpResponse::from(response).map_into_boxed_body();
        }
        let mut response = respond::answer(request, StatusCode::OK, READ_ONLY);
        for header in explanation(self.answer, now) {
            response.insert_header(header);
        }
        response.insert_header((header::CACHE_CONTROL, keep.clone()));
        let body = wire::check(&self.named.shown(), self.answer);
        match self.callback {
            Some(callback) => callback.respond(response, &body),
            None => respond::json(response, body),
        }
    }
}

/// The answer to a check that clients may keep. `shown` is the name as the caller wrote it, in normal form.
pub(super) fn known(
    request: &HeaderMap,
    allowance: Option<&Allowance>,
    shown: &str,
    answer: &Answer,
    keep: &HeaderValue,
    now: DateTime<Utc>,
) -> Response<Bytes> {
    let mut response = respond::kept(request, allowance, wire::check(shown, answer), keep);
    let headers = response.headers_mut();
    for (name, value) in explanation(answer, now) {
        headers.insert(name, value);
    }
    response
}

/// Says in headers why, and how old the verdict is: the body has no room for it.
fn explanation(answer: &Answer, now: DateTime<Utc>) -> [(HeaderName, HeaderValue); 3] {
    let matched = answer.verdict.matched().map_or("none", |by| by.kind.as_str());
    let age = now.signed_duration_since(answer.modified).num_seconds().max(0);
    [
        (MATCH, HeaderValue::from_static(matched)),
        (REASON, HeaderValue::from_static(answer.verdict.reason())),
        (AGE, HeaderValue::from(age)),
    ]
}

fn invalid(request: &HttpRequest, callback: Option<&Callback>, now: DateTime<Utc>) -> HttpResponse {
    let mut response = respond::answer(request, StatusCode::OK, READ_ONLY);
    response
        .insert_header((MATCH, HeaderValue::from_static("none")))
        .insert_header((REASON, HeaderValue::from_static("invalid_name")));
    let body = wire::grey(None, now);
    match callback {
        Some(callback) => callback.respond(response, &body),
        None => respond::json(response, body),
    }
}

/// Only a check that insists on a look-up now may be turned away.
fn unavailable(request: &HttpRequest, error: &LookupError) -> HttpResponse {
    let mut response = respond::answer(request, StatusCode::SERVICE_UNAVAILABLE, READ_ONLY);
    respond::try_again(&mut response);
    respond::json(response, wire::detail(&error.to_string()))
}
