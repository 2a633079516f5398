//! Bodies that clients may keep, and the question whether one has changed (RFC 9110, section 13).

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use sha2::{Digest, Sha256};

/// How many bytes of a digest make a tag.
const TAG_BYTES: usize = 12;
const HEX: &[u8; 16] = b"0123456789abcdef";

/// A tag that two contents do not share, without its quotes.
pub(crate) fn tag(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let digits = digest[..TAG_BYTES].iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(HEX[usize::from(digit)])).collect()
}

/// `body` under `tag`, or 304 if the client has it.
pub(crate) fn send(
    request: &HttpRequest,
    mut response: HttpResponseBuilder,
    tag: &str,
    body: Bytes,
) -> HttpResponse {
    let quoted = format!("\"{tag}\"");
    let is_there = has(request, &quoted);
    response.insert_header((header::ETAG, quoted));
    if is_there { response.status(StatusCode::NOT_MODIFIED).finish() } else { response.body(body) }
}

fn has(request: &HttpRequest, quoted: &str) -> bool {
    let lines =
        request.headers().get_all(header::IF_NONE_MATCH).filter_map(|line: &HeaderValue| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).any(|held| {
        // Weak comparison: a proxy that compresses weakens tags.
        held == "*" || held.strip_prefix("W/").unwrap_or(held) == quoted
    })
}

/// `Cache-Control` of a body that anybody may keep: for so long, or only to ask whether it has changed.
pub(crate) fn max_age(age: std::time::Duration) -> HeaderValue {
    if age.is_zero() {
        return HeaderValue::from_static("public, no-cache");
    }
    HeaderValue::from_str(&format!("public, max-age={}", age.as_secs())).expect("digits and letters")
}
