use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::JsonPayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, JsonConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use crate::ForwarderSecrets;
use crate::forwarder::{Admission, Shown};
use crate::wire::{self, Code, Failure};

/// Puts `routes`, of one port or several, below `/internal/v1`, for callers that show one of `secrets`.
pub fn mount_internal(
    secrets: ForwarderSecrets,
    routes: impl FnOnce(&mut ServiceConfig) + Clone,
) -> impl FnOnce(&mut ServiceConfig) + Clone {
    if secrets.is_empty() {
        tracing::warn!("forwarder.secrets is empty: every request of other services will be refused");
    }
    let secrets = Arc::new(secrets);
    move |app| {
        let guard = from_fn(move |request, next| guard(Arc::clone(&secrets), request, next));
        let scope = web::scope(wire::SCOPE).wrap(guard).configure(routes);
        app.service(scope.default_service(web::to(no_such_path)));
    }
}

async fn no_such_path(request: HttpRequest) -> HttpResponse {
    let message = format!("{} {} is none of the internal protocol", request.method(), request.path());
    failure(StatusCode::NOT_FOUND, Code::NotFound, message)
}

/// Lets a caller in that shows an accepted secret and speaks this version; reads nothing of anybody else's body.
async fn guard(
    secrets: Arc<ForwarderSecrets>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let mut response = match objection(&secrets, request.path(), request.headers()) {
        Some(objection) => request.into_response(objection),
        None => next.call(request).await?.map_into_boxed_body(),
    };
    let version = (HeaderName::from_static(wire::VERSION_HEADER), HeaderValue::from_static(wire::VERSION));
    response.headers_mut().insert(version.0, version.1);
    Ok(response)
}

fn objection(secrets: &ForwarderSecrets, path: &str, headers: &HeaderMap) -> Option<HttpResponse> {
    let shown = headers.get(wire::SECRET_HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
    if let Admission::Refused(problem) = secrets.admit(shown, path) {
        let message = match problem {
            _ if secrets.is_empty() => "this service has no forwarder.secrets and refuses everybody",
            Shown::Nothing => {
                "the header X-Greencheck-Forwarder is missing: set forwarder.secrets of the caller"
            }
            Shown::Unknown => "the secret in X-Greencheck-Forwarder is none of forwarder.secrets",
            Shown::NotForThis => {
                "the secret in X-Greencheck-Forwarder is not for this route: see forwarder.callers of the receiver"
            }
        };
        return Some(failure(StatusCode::FORBIDDEN, Code::Forbidden, message));
    }
    let spoken = headers.get(wire::VERSION_HEADER).map(|version| String::from_utf8_lossy(version.as_bytes()));
    if spoken.as_deref() != Some(wire::VERSION) {
        let spoken = spoken.as_deref().unwrap_or("none");
        let ours = wire::VERSION;
        let message = format!(
            "the caller speaks version {spoken:?} of the internal protocol and this service {ours:?}: bring both to one release"
        );
        return Some(failure(StatusCode::BAD_REQUEST, Code::Version, message));
    }
    None
}

/// Reads questions of at most `limit` bytes.
pub(crate) fn json(limit: usize) -> JsonConfig {
    JsonConfig::default().limit(limit).error_handler(|error, _| {
        let response = match &error {
            JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => {
                failure(StatusCode::PAYLOAD_TOO_LARGE, Code::TooLarge, error.to_string())
            }
            // What serde says quotes the input; the variant of actix would put its own words in front.
            JsonPayloadError::Deserialize(cause) => bad_request(cause),
            _ => bad_request(&error),
        };
        actix_web::error::InternalError::from_response(error, response).into()
    })
}

fn bad_request(error: &dyn std::error::Error) -> HttpResponse {
    failure(StatusCode::BAD_REQUEST, Code::BadRequest, error.to_string())
}

/// An answer that says why there is none.
pub(crate) fn failure(status: StatusCode, code: Code, message: impl Into<String>) -> HttpResponse {
    HttpResponse::build(status).json(Failure { code, message: message.into() })
}
