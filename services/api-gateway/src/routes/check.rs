//! The single check.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, Resource, web};
use chrono::{DateTime, Utc};
use greencheck_core::ports::LookupError;
use greencheck_core::{Answer, NamedHost, Source};
use greencheck_runtime::{Head, Reply, SharedHeaders, field, response};

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
    let show = |checked: &Checked, may_keep: bool| {
        let shown = Shown { named: &named, answer: &checked.answer, callback: callback.as_ref() };
        shown.respond(&request, &gateway, may_keep)
    };
    let asker = gateway.limits.asker(&request);
    if respond::query_value(request.query_string(), "nocache") == Some("true") {
        if let Err(exceeded) = gateway.limits.admit_full(&request) {
            return respond::too_many(&request, READ_ONLY, &exceeded);
        }
        return match gateway.check_full(&named.host, Source::Api, asker).await {
            Ok(checked) => show(&checked, false),
            Err(error) => unavailable(&request, &error),
        };
    }
    let checked = gateway.check_fast(&named.host, Source::Api, asker).await;
    show(&checked, !is_momentary(&checked.answer.verdict))
}

/// What the caller gets to see.
struct Shown<'a> {
    named: &'a NamedHost,
    answer: &'a Answer,
    callback: Option<&'a Callback>,
}

impl Shown<'_> {
    fn respond(&self, request: &HttpRequest, gateway: &Gateway, may_keep: bool) -> HttpResponse {
        let now = gateway.now();
        if self.callback.is_none() && may_keep {
            let extensions = request.extensions();
            let (head, shown, shared) = (request.head(), self.named.shown(), &gateway.check_headers);
            let known = known(response(), head, extensions.get(), &shown, self.answer, shared, now);
            return HttpResponse::from(known).map_into_boxed_body();
        }
        let keep = if may_keep { gateway.check_cache_control.clone() } else { NO_STORE };
        let mut response = respond::answer(request, StatusCode::OK, READ_ONLY);
        let Explanation { matched, reason, age } = Explanation::of(self.answer, now);
        response
            .insert_header((MATCH, HeaderValue::from_static(matched)))
            .insert_header((REASON, HeaderValue::from_static(reason)))
            .insert_header((AGE, HeaderValue::from(age)));
        response.insert_header((header::CACHE_CONTROL, keep));
        let body = wire::check(&self.named.shown(), self.answer);
        match self.callback {
            Some(callback) => callback.respond(response, &body),
            None => respond::json(response, body),
        }
    }
}

/// The answer to a check that clients may keep. `shown` is the name as the caller wrote it, in normal form.
pub(super) fn known<R: Reply>(
    reply: R,
    request: &impl Head,
    allowance: Option<&Allowance>,
    shown: &str,
    answer: &Answer,
    shared: &SharedHeaders,
    now: DateTime<Utc>,
) -> R::Given {
    let body = wire::check(shown, answer);
    let mut reply = respond::kept(reply, request, allowance, &body, shared);
    let Explanation { matched, reason, age } = Explanation::of(answer, now);
    reply.header(field!("x-greencheck-match"), matched.as_bytes());
    reply.header(field!("x-greencheck-reason"), reason.as_bytes());
    reply.header(field!("x-greencheck-age"), itoa::Buffer::new().format(age).as_bytes());
    reply.finish(body)
}

/// Says in headers why, and how old the verdict is: the body has no room for it.
struct Explanation {
    matched: &'static str,
    reason: &'static str,
    /// Seconds.
    age: i64,
}

impl Explanation {
    fn of(answer: &Answer, now: DateTime<Utc>) -> Self {
        Self {
            matched: answer.verdict.matched().map_or("none", |by| by.kind.as_str()),
            reason: answer.verdict.reason(),
            age: now.signed_duration_since(answer.modified).num_seconds().max(0),
        }
    }
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
