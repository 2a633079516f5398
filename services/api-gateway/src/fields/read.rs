use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value};

use super::{FieldErrors, Fields, errors, multipart};
use crate::{respond, wire};

/// Bytes of a body at most.
const BODY_MAX: usize = 64 << 10;

/// Why a body has no fields.
#[derive(Debug, PartialEq)]
pub(super) enum Unreadable {
    /// A content type that nobody reads.
    Media(String),
    /// Not what its content type says; says how.
    Broken(String),
    /// JSON that is no object; says what it is.
    NoObject(&'static str),
}

impl Fields {
    /// Reads the body of a request: JSON, a form, or multipart. The error is the answer.
    pub(crate) async fn read(
        request: &HttpRequest,
        payload: Payload,
        allow: &'static str,
    ) -> Result<Self, HttpResponse> {
        let refused = |status, detail: &str| respond::error(request, status, allow, detail);
        let body = match payload.to_bytes_limited(BODY_MAX).await {
            Ok(Ok(body)) => body,
            Ok(Err(error)) if respond::is_too_slow(&error) => {
                return Err(refused(StatusCode::REQUEST_TIMEOUT, respond::TOO_SLOW));
            }
            Ok(Err(_)) => {
                return Err(refused(StatusCode::BAD_REQUEST, "The body did not arrive as a whole."));
            }
            Err(_) => {
                let detail = format!("The body is larger than {BODY_MAX} bytes.");
                return Err(refused(StatusCode::PAYLOAD_TOO_LARGE, &detail));
            }
        };
        Self::parse(request.headers(), body).await.map_err(|unreadable| match unreadable {
            Unreadable::Media(media) => {
                let detail = format!("Unsupported media type \"{media}\" in request.");
                refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, &detail)
            }
            Unreadable::Broken(detail) => refused(StatusCode::BAD_REQUEST, &detail),
            Unreadable::NoObject(kind) => {
                let detail = format!("Invalid data. Expected a dictionary, but got {kind}.");
                let errors = FieldErrors::one(FieldErrors::NON_FIELD, detail);
                respond::json(respond::answer(request, StatusCode::BAD_REQUEST, allow), wire::json(&errors))
            }
        })
    }

    pub(super) async fn parse(headers: &HeaderMap, body: Bytes) -> Result<Self, Unreadable> {
        if body.is_empty() {
            return Ok(Self::default());
        }
        let media = headers.get(CONTENT_TYPE).map(|media| String::from_utf8_lossy(media.as_bytes()));
        let media = media.as_deref().unwrap_or_default();
        match &*media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase() {
            "application/json" => json(&body),
            "application/x-www-form-urlencoded" => Ok(Self(form(&body))),
            "multipart/form-data" => {
                let fields = multipart::fields(headers, body).await;
                let broken = |error| Unreadable::Broken(format!("Multipart form parse error - {error}"));
                fields.map(Self).map_err(broken)
            }
            _ => Err(Unreadable::Media(media.chars().take(100).collect())),
        }
    }
}

fn json(body: &[u8]) -> Result<Fields, Unreadable> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(Fields(fields)),
        Ok(other) => Err(Unreadable::NoObject(errors::kind(&other))),
        // Where, and not what: the body may hold a password.
        Err(error) => Err(Unreadable::Broken(format!(
            "JSON parse error - line {} column {}",
            error.line(),
            error.column()
        ))),
    }
}

/// The last value of a name counts.
fn form(body: &[u8]) -> Map<String, Value> {
    let pairs = url::form_urlencoded::parse(body);
    pairs.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect()
}
