use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use greencheck_core::badge::{Claim, Image, ImageFormat};
use greencheck_runtime::{Head, Reply, SharedHeaders, field};
use serde::Serialize;

use crate::badges::{Badges, Life};
use crate::conditional;
use crate::limits::Allowance;
use crate::respond::{self, READ_ONLY};

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// Somebody opened the SVG by itself: nothing in it runs or is fetched.
const SVG_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// The picture, or that the caller has it already.
pub(super) fn image<R: Reply>(
    reply: R,
    request: &impl Head,
    allowance: Option<&Allowance>,
    image: Image,
    cache_control: &HeaderValue,
) -> R::Given {
    let mut reply = conditional::begin(reply, request, &image.etag);
    respond::stamp(&mut reply, request, allowance, &SHARED[image.format as usize]);
    reply.header(field!("cache-control"), cache_control.as_bytes());
    reply.finish(image.bytes)
}

/// The headers that all pictures of a format have, by format.
static SHARED: LazyLock<[SharedHeaders; 3]> = LazyLock::new(|| ImageFormat::ALL.map(shared));

fn shared(format: ImageFormat) -> SharedHeaders {
    let shared = about(format.media_type())
        .into_iter()
        .fold(respond::reading(), |shared, (name, value)| shared.with(name, value));
    match format {
        ImageFormat::Svg => {
            shared.with(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SVG_POLICY))
        }
        ImageFormat::Png | ImageFormat::WebP => shared,
    }
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
    response.insert_header((header::CACHE_CONTROL, badges.keep(life, force)));
    for header in about("application/json") {
        response.insert_header(header);
    }
    conditional::send(request, response, &conditional::tag(&body), body)
}

fn about(media_type: &'static str) -> [(HeaderName, HeaderValue); 2] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        // Pages that isolate themselves may embed it too.
        (RESOURCE_POLICY, HeaderValue::from_static("cross-origin")),
    ]
}
