//! Bodies that clients may keep, and the question whether one has changed (RFC 9110, section 13).

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use greencheck_core::entity_tag;
use greencheck_runtime::{Head, Reply, field};
use xxhash_rust::xxh3::xxh3_128;

/// A tag that two contents do not share by chance, without its quotes: XXH3 of 128 bits, the same in every replica. Who writes
/// both contents could make them share one, and would only keep readers from seeing that they differ.
pub(crate) fn tag(content: &[u8]) -> String {
    format!("{:032x}", xxh3_128(content))
}

/// The same with its quotes.
pub(crate) fn etag(content: &[u8]) -> [u8; 34] {
    entity_tag(xxh3_128(content).to_be_bytes())
}

/// Begins an answer whose body is under `etag`: as [`send`], but for its other headers and its end.
pub(crate) fn begin<R: Reply>(reply: R, request: &impl Head, etag: &[u8]) -> R {
    let status = if has(request, etag) { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let mut reply = reply.begin(status);
    reply.header(field!("etag"), etag);
    reply
}

/// `body` under `tag`, or 304 if the client has it.
pub(crate) fn send(
    request: &HttpRequest,
    mut response: HttpResponseBuilder,
    tag: &str,
    body: Bytes,
) -> HttpResponse {
    let quoted = format!("\"{tag}\"");
    let is_there = has(request.head(), quoted.as_bytes());
    response.insert_header((header::ETAG, quoted));
    if is_there { response.status(StatusCode::NOT_MODIFIED).finish() } else { response.body(body) }
}

/// Whether the client has what is under the tag, which is given with its quotes.
fn has(request: &impl Head, quoted: &[u8]) -> bool {
    let lines = request.lines(&header::IF_NONE_MATCH);
    lines.flat_map(|line| line.split(|byte| *byte == b',')).map(<[u8]>::trim_ascii).any(|held| {
        // Weak comparison: a proxy that compresses weakens tags.
        held == b"*" || held.strip_prefix(b"W/").unwrap_or(held) == quoted
    })
}

/// `Cache-Control` of a body that anybody may keep: for so long, or only to ask whether it has changed.
pub(crate) fn max_age(age: std::time::Duration) -> HeaderValue {
    if age.is_zero() {
        return HeaderValue::from_static("public, no-cache");
    }
    HeaderValue::from_str(&format!("public, max-age={}", age.as_secs())).expect("digits and letters")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_a_tag_lead_to_the_same() {
        let mut with_zeros = 0;
        for number in 0..1_000_u32 {
            let content = number.to_le_bytes();
            assert_eq!(etag(&content), format!("\"{}\"", tag(&content)).as_bytes());
            with_zeros += usize::from(tag(&content).starts_with('0'));
        }
        assert!(with_zeros > 0, "none has to be filled up");
    }
}
