use actix_web::dev::Response;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use greencheck_core::badge::{Claim, Image, ImageFormat};
use serde::Serialize;

use crate::badges::{Badges, Life};
use crate::conditional;
use crate::limits::Allowance;
use crate::respond::{self, READ_ONLY};

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// Somebody opened the SVG by itself: nothing in it runs or is fetched.
const SVG_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// The picture, or that the caller has it already.
pub(super) fn image(
    request: &HeaderMap,
    allowance: Option<&Allowance>,
    image: Image,
    cache_control: HeaderValue,
) -> Response<Bytes> {
    let etag = HeaderValue::from_maybe_shared(image.etag).expect("letters and digits in quotes");
    let mut response = conditional::found(request, etag, image.bytes);
    let headers = response.headers_mut();
    respond::stamp(headers, request, allowance);
    for (name, value) in about(image.format.media_type(), cache_control) {
        headers.insert(name, value);
    }
    if image.format == ImageFormat::Svg {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SVG_POLICY));
    }
    response
}

/// What the shields.io endpoint badge asks for (schema version 1).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shields<'a> {
    schema_version: u8,
    label: &'a str,
    message: &'a str,
    color: &'a str,
    cache_seconds: u64,
}

/// The badge in words, for others to draw.
pub(super) fn shields(
    request: &HttpRequest,
    claim: &Claim,
    badges: &Badges,
    life: Life,
    force: bool,
) -> HttpResponse {
    let body = Shields {
        schema_version: 1,
        label: &claim.label(),
        message: claim.message(),
        color: match claim {
            Claim::Green { .. } => "#12683a",
            Claim::Grey { .. } | Claim::Invalid => "#5b646b",
            Claim::Pending { .. } | Claim::Unknown { .. } | Claim::Unavailable => "#46566a",
        },
        cache_seconds: badges.keep_seconds(life),
    };
    let body = Bytes::from(serde_json::to_vec(&body).expect("texts and numbers are JSON"));
    let mut response = respond::answer(request, StatusCode::OK, READ_ONLY);
    for header in about("application/json", badges.keep(life, force)) {
        response.insert_header(header);
    }
    conditional::send(request, response, &conditional::tag(&body), body)
}

fn about(media_type: &'static str, cache_control: HeaderValue) -> [(HeaderName, HeaderValue); 3] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CACHE_CONTROL, cache_control),
        // Pages that isolate themselves may embed it too.
        (RESOURCE_POLICY, HeaderValue::from_static("cross-origin")),
    ]
}
