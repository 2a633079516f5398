use std::fmt::Write;
use std::time::Duration;

use actix_web::dev::Response;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use greencheck_core::badge::{BadgeConfig, Claim, Image, ImageFormat};
use serde::Serialize;

use crate::badges::Life;
use crate::conditional;
use crate::limits::Allowance;
use crate::respond::{self, READ_ONLY};

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// How long a badge may be kept while its check goes on.
const MOMENT: Duration = Duration::from_secs(5);
/// How long the card may be kept that stands in while the renderer is away.
const STAND_IN: Duration = Duration::from_secs(30);
/// Somebody opened the SVG by itself: nothing in it runs or is fetched.
const SVG_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// How long others may keep a badge. A forced one they ask for again every time, but need not load again.
pub(super) fn cache_control(config: &BadgeConfig, life: Life, force: bool) -> HeaderValue {
    if force {
        return HeaderValue::from_static("no-cache");
    }
    let mut text = format!("public, max-age={}", seconds(config, life));
    if life == Life::Green && !config.http_stale_green.is_zero() {
        write!(text, ", stale-while-revalidate={}", config.http_stale_green.as_secs())
            .expect("a String takes everything");
    }
    HeaderValue::try_from(text).expect("words and numbers are a header")
}

fn seconds(config: &BadgeConfig, life: Life) -> u64 {
    let life = match life {
        Life::Green => config.http_max_age_green,
        Life::Other => config.http_max_age_other,
        Life::Moment => MOMENT,
        Life::StandIn => STAND_IN,
    };
    life.as_secs()
}

/// The picture, or that the caller has it already.
pub(super) fn image(
    request: &HeaderMap,
    allowance: Option<&Allowance>,
    image: Image,
    cache_control: HeaderValue,
) -> Response<Bytes> {
    let mut response = conditional::found(request, &image.tag, image.bytes);
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
    config: &BadgeConfig,
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
        cache_seconds: seconds(config, life),
    };
    let body = Bytes::from(serde_json::to_vec(&body).expect("texts and numbers are JSON"));
    let mut response = respond::answer(request, StatusCode::OK, READ_ONLY);
    for header in about("application/json", cache_control(config, life, force)) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_may_keep_is_set_by_verdict() {
        let config = BadgeConfig::default();
        let text = |life, force| cache_control(&config, life, force).to_str().unwrap().to_owned();
        assert_eq!(text(Life::Green, false), "public, max-age=3600, stale-while-revalidate=300");
        assert_eq!(text(Life::Other, false), "public, max-age=60");
        assert_eq!(text(Life::Moment, false), "public, max-age=5");
        assert_eq!(text(Life::StandIn, false), "public, max-age=30");
        assert_eq!(text(Life::Green, true), "no-cache");
        let unstale = BadgeConfig { http_stale_green: Duration::ZERO, ..config };
        assert_eq!(cache_control(&unstale, Life::Green, false), "public, max-age=3600");
    }
}
