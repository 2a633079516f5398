//! Headers that every answer of the API carries, and the answers that are not checks.

use std::sync::LazyLock;

use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder};
use greencheck_runtime::{Head, Reply, SharedHeaders, response};

use crate::limits::{Allowance, Exceeded};
use crate::{Gateway, conditional, site, wire};

const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const ALLOWED_HEADERS: &str =
    "accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with";
const ALLOWED_METHODS: &str = "DELETE, GET, OPTIONS, PATCH, POST, PUT";
const EXPOSED_HEADERS: &str = "etag, ratelimit, ratelimit-policy, retry-after, x-greencheck-age, x-greencheck-match, x-greencheck-reason, x-request-id";
const DAY: &str = "86400";

const STANDARD: [(HeaderName, HeaderValue); 5] = [
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin")),
    (header::VARY, HeaderValue::from_static("origin")),
];

/// The same and `Allow`, for whoever answers a route that only reads.
static READING: LazyLock<SharedHeaders> = LazyLock::new(|| {
    STANDARD.into_iter().chain([(header::ALLOW, HeaderValue::from_static(READ_ONLY))]).collect()
});

/// What lets a page of another origin read an answer and its headers.
const CROSS_ORIGIN: [(HeaderName, HeaderValue); 2] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    (header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS)),
];

static CROSS_ORIGIN_SHARED: LazyLock<SharedHeaders> = LazyLock::new(|| CROSS_ORIGIN.into_iter().collect());

/// What is wrong with a body that trickles in.
pub(crate) const TOO_SLOW: &str = "The body came too slowly.";

/// Whether a body failed because it trickled in.
pub(crate) fn is_too_slow(error: &actix_web::Error) -> bool {
    error.as_error::<PayloadError>().is_some_and(greencheck_runtime::is_too_slow)
}

/// The methods of a route that only reads.
pub(crate) const READ_ONLY: &str = "GET, HEAD, OPTIONS";

/// Starts an answer with what the platform sends on every one: `X-Frame-Options` and its like, `Allow`, `Vary`, and CORS
/// for whoever comes from another origin.
pub(crate) fn answer(request: &HttpRequest, status: StatusCode, allow: &'static str) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    if status == StatusCode::REQUEST_TIMEOUT {
        // What is still to come of the request is not waited for.
        response.force_close();
    }
    for header in STANDARD {
        response.insert_header(header);
    }
    response.insert_header((header::ALLOW, HeaderValue::from_static(allow)));
    Allowance::show(request, &mut response);
    if request.headers().contains_key(header::ORIGIN) {
        for header in CROSS_ORIGIN {
            response.insert_header(header);
        }
    }
    response
}

/// What the platform sends on every answer of a route that only reads, to begin with.
pub(crate) fn reading() -> SharedHeaders {
    READING.clone()
}

/// Those that many answers share, and those that depend on the caller, who may still ask so much.
pub(crate) fn stamp(
    reply: &mut impl Reply,
    request: &impl Head,
    allowance: Option<&Allowance>,
    shared: &SharedHeaders,
) {
    reply.headers(shared);
    if request.has(&header::ORIGIN) {
        reply.headers(&CROSS_ORIGIN_SHARED);
    }
    if let Some(allowance) = allowance {
        allowance.tell(reply);
    }
}

/// A JSON answer; the platform names no charset.
pub(crate) fn json(mut response: HttpResponseBuilder, body: Vec<u8>) -> HttpResponse {
    response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/json"))).body(body)
}

/// An error in the platform's form.
pub(crate) fn error(
    request: &HttpRequest,
    status: StatusCode,
    allow: &'static str,
    detail: &str,
) -> HttpResponse {
    json(answer(request, status, allow), wire::detail(detail))
}

/// A caller that has spent what it may.
pub(crate) fn too_many(request: &HttpRequest, allow: &'static str, exceeded: &Exceeded) -> HttpResponse {
    let mut response = answer(request, StatusCode::TOO_MANY_REQUESTS, allow);
    try_again_after(&mut response, exceeded.retry_after);
    json(response, wire::detail(&exceeded.to_string()))
}

/// OPTIONS: a preflight of a browser, or a question what the route is.
pub(crate) fn options(request: &HttpRequest, allow: &'static str, name: &str) -> HttpResponse {
    if request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        return answer(request, StatusCode::OK, allow)
            .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED_HEADERS)))
            .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(ALLOWED_METHODS)))
            .insert_header((header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(DAY)))
            .finish();
    }
    json(answer(request, StatusCode::OK, allow), wire::about(name))
}

/// A method that the route does not have.
pub(crate) fn method_not_allowed(request: &HttpRequest, allow: &'static str) -> HttpResponse {
    let detail = format!("Method \"{}\" not allowed.", request.method());
    error(request, StatusCode::METHOD_NOT_ALLOWED, allow, &detail)
}

/// A path that no route has: a page for readers, some words for everybody else.
pub(crate) fn not_found(request: &HttpRequest) -> HttpResponse {
    let mut response = answer(request, StatusCode::NOT_FOUND, READ_ONLY);
    response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")));
    if request.headers().contains_key(header::ACCEPT) && accepts(request.head(), &["text/html"]) {
        let text = "There is nothing at this address. To check a website, type its name.";
        response.insert_header((header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(NOT_FOUND_POLICY)));
        return response.body(site::notice("Not found", text, "", true, false));
    }
    response.body(NOT_FOUND_PAGE)
}

const NOT_FOUND_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const NOT_FOUND_PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<head><title>Not found</title></head>\n\
    <body><h1>Not found</h1><p>There is nothing at this address. To check a site, ask /greencheck/example.com.</p></body>\n\
    </html>\n";

/// What speaks against answering in JSON, as the platform negotiates: `?format=` first, then `Accept`.
pub(crate) fn not_acceptable(request: &HttpRequest, allow: &'static str) -> Option<HttpResponse> {
    if let Some(format) = query_value(request.query_string(), "format")
        && format != "json"
    {
        return Some(error(request, StatusCode::NOT_FOUND, allow, "Not found."));
    }
    let detail = "Could not satisfy the request Accept header.";
    (!accepts_json(request.head())).then(|| error(request, StatusCode::NOT_ACCEPTABLE, allow, detail))
}

/// Whether `Accept` allows JSON, as the platform reads it.
pub(crate) fn accepts_json(request: &impl Head) -> bool {
    accepts(request, &["*/*", "application/*", "application/json", ""])
}

/// Whether `Accept` names one of `medias`, or is missing or unreadable.
pub(crate) fn accepts(request: &impl Head, medias: &[&str]) -> bool {
    let accept = request.line(&header::ACCEPT).and_then(|accept| std::str::from_utf8(accept).ok());
    let accept = accept.filter(|accept| accept.is_ascii());
    accept.is_none_or(|accept| {
        accept.split(',').any(|media| medias.contains(&media.split(';').next().unwrap_or_default().trim()))
    })
}

/// The answer to whatever is no reading of this route as JSON.
pub(crate) fn unless_read(request: &HttpRequest, name: &str) -> Option<HttpResponse> {
    if request.method() == Method::OPTIONS {
        return Some(options(request, READ_ONLY, name));
    }
    if !reads(request.method()) {
        return Some(method_not_allowed(request, READ_ONLY));
    }
    not_acceptable(request, READ_ONLY)
}

/// The answer about many names. One that is not complete is kept by nobody.
pub(crate) fn known(request: &HttpRequest, gateway: &Gateway, complete: bool, body: Vec<u8>) -> HttpResponse {
    if complete {
        let extensions = request.extensions();
        let reply = kept(response(), request.head(), extensions.get(), &body, &gateway.check_headers);
        return HttpResponse::from(reply.finish(body)).map_into_boxed_body();
    }
    let mut response = answer(request, StatusCode::OK, READ_ONLY);
    response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    json(response, body)
}

/// An answer of JSON that clients may keep, up to its body.
pub(crate) fn kept<R: Reply>(
    reply: R,
    request: &impl Head,
    allowance: Option<&Allowance>,
    body: &[u8],
    shared: &SharedHeaders,
) -> R {
    let mut reply = conditional::begin(reply, request, &conditional::etag(body));
    stamp(&mut reply, request, allowance, shared);
    reply
}

/// What the body is written in, without parameters; empty when the request does not say.
pub(crate) fn media_type(request: &HttpRequest) -> &str {
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok());
    media.unwrap_or_default().split(';').next().unwrap_or_default().trim()
}

/// The path with a slash at its end, where the route is.
pub(crate) fn moved_to_slash(request: &HttpRequest) -> HttpResponse {
    if !reads(request.method()) {
        return method_not_allowed(request, READ_ONLY);
    }
    let query = request.query_string();
    let sign = if query.is_empty() { "" } else { "?" };
    let mut response = answer(request, StatusCode::MOVED_PERMANENTLY, READ_ONLY);
    response.insert_header((header::LOCATION, format!("{}/{sign}{query}", request.path()))).finish()
}

/// Says to ask again in a moment, and that nobody keeps this answer.
pub(crate) fn try_again(response: &mut HttpResponseBuilder) {
    try_again_after(response, 1);
}

/// Says after how many seconds to ask again, and that nobody keeps this answer.
pub(crate) fn try_again_after(response: &mut HttpResponseBuilder, seconds: u64) {
    response
        .insert_header((header::RETRY_AFTER, seconds))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
}

/// The last segment of a path, percent-decoded. `None` when it holds a slash: such a path is another path. Bytes that
/// are not UTF-8 stay as they were typed.
pub(crate) fn last_segment(path: &str) -> Option<String> {
    let typed = path.rsplit('/').next().unwrap_or_default();
    let decoded = percent_encoding::percent_decode_str(typed)
        .decode_utf8()
        .map_or_else(|_| typed.to_owned(), Into::into);
    (!decoded.contains('/')).then_some(decoded)
}

/// The first value of a query parameter, decoded.
pub(crate) fn query_text(request: &HttpRequest, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// The first value of a query parameter, undecoded: none of ours needs decoding.
pub(crate) fn query_value<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Whether the route's own method was used; HEAD is answered like GET, without the body.
pub(crate) fn reads(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}
