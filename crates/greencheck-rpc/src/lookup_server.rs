use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::JsonPayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Data, Json, JsonConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use greencheck_core::ports::{Lookup, LookupError};

use crate::ForwarderSecrets;
use crate::wire::{self, CheckQuestion, Code, Failure, GenerationReply, StoredQuestion, StoredReply};

/// The routes by which other services ask `lookup`: `POST /internal/v1/check`, `POST /internal/v1/stored` and
/// `GET /internal/v1/generation`, for callers that show one of `secrets`.
pub fn mount_lookup(
    lookup: Arc<dyn Lookup>,
    secrets: ForwarderSecrets,
) -> impl FnOnce(&mut ServiceConfig) + Clone {
    if secrets.is_empty() {
        tracing::warn!("forwarder.secrets is empty: every request of other services will be refused");
    }
    let secrets = Arc::new(secrets);
    let lookup = Data::from(lookup);
    move |app| {
        let guard = from_fn(move |request, next| guard(Arc::clone(&secrets), request, next));
        let scope = web::scope(wire::SCOPE)
            .wrap(guard)
            .app_data(lookup)
            .service(web::resource(wire::CHECK).app_data(json(wire::CHECK_BYTES_MAX)).post(check))
            .service(web::resource(wire::STORED).app_data(json(wire::STORED_BYTES_MAX)).post(stored))
            .route(wire::GENERATION, web::get().to(generation))
            .default_service(web::to(no_such_path));
        app.service(scope);
    }
}

async fn check(lookup: Data<dyn Lookup>, question: Json<CheckQuestion>) -> HttpResponse {
    let CheckQuestion { host, mode } = question.into_inner();
    match lookup.check(&host, mode).await {
        Ok(answer) => HttpResponse::Ok().json(answer),
        Err(error) => failed(&error),
    }
}

async fn stored(lookup: Data<dyn Lookup>, question: Json<StoredQuestion>) -> HttpResponse {
    let hosts = question.into_inner().hosts;
    if hosts.len() > wire::HOSTS_MAX {
        let message = format!("{} names are more than {} in one question", hosts.len(), wire::HOSTS_MAX);
        return failure(StatusCode::PAYLOAD_TOO_LARGE, Code::TooLarge, message);
    }
    match lookup.stored(&hosts).await {
        Ok(answers) => HttpResponse::Ok().json(StoredReply { answers }),
        Err(error) => failed(&error),
    }
}

async fn generation(lookup: Data<dyn Lookup>) -> HttpResponse {
    match lookup.generation().await {
        Ok(generation) => HttpResponse::Ok().json(GenerationReply { generation }),
        Err(error) => failed(&error),
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
    let mut response = match objection(&secrets, request.headers()) {
        Some(objection) => request.into_response(objection),
        None => next.call(request).await?.map_into_boxed_body(),
    };
    let version = (HeaderName::from_static(wire::VERSION_HEADER), HeaderValue::from_static(wire::VERSION));
    response.headers_mut().insert(version.0, version.1);
    Ok(response)
}

fn objection(secrets: &ForwarderSecrets, headers: &HeaderMap) -> Option<HttpResponse> {
    let shown = headers.get(wire::SECRET_HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
    if !secrets.accept(shown) {
        let message = match (secrets.is_empty(), shown.is_empty()) {
            (true, _) => "this service has no forwarder.secrets and refuses everybody",
            (false, true) => {
                "the header X-Greencheck-Forwarder is missing: set forwarder.secrets of the caller"
            }
            (false, false) => "the secret in X-Greencheck-Forwarder is none of forwarder.secrets",
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

fn json(limit: usize) -> JsonConfig {
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

fn failed(error: &LookupError) -> HttpResponse {
    let code = match error {
        LookupError::Overloaded => Code::Overloaded,
        LookupError::Unavailable(source) => {
            // The caller decides what becomes of it and logs that; here it helps to find the cause.
            tracing::debug!(error = %source, "a question of another service has no answer");
            Code::Unavailable
        }
    };
    failure(StatusCode::SERVICE_UNAVAILABLE, code, error.to_string())
}

fn failure(status: StatusCode, code: Code, message: impl Into<String>) -> HttpResponse {
    HttpResponse::build(status).json(Failure { code, message: message.into() })
}
