//! `/api/v3/carbontxt_shared_secret`: the secret that a provider's domain hashes are made with.

use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, Resource};
use greencheck_core::ports::{PartnersError, Refusal};
use serde::Serialize;

use super::{NOT_FOUND, NOT_PROVIDED, private, refused, unavailable};
use crate::partner_api::PartnerApi;
use crate::{respond, wire};

const ALLOW: &str = "GET, POST, HEAD, OPTIONS";
const NONE_SET: &str =
    "No shared secret is set. Create one by sending an empty POST request to this endpoint";

#[derive(Serialize)]
struct Body<'a> {
    body: &'a str,
}

pub(super) fn resource() -> Resource {
    web::resource("/api/v3/carbontxt_shared_secret").to(secret)
}

async fn secret(request: HttpRequest, api: Data<PartnerApi>) -> HttpResponse {
    if request.method() == Method::OPTIONS {
        return respond::options(&request, ALLOW, "Provider Shared Secret");
    }
    if let Some(refusal) = respond::not_acceptable(&request, ALLOW) {
        return refusal;
    }
    let user = match api.login(&request).await {
        Ok(Some(user)) => user,
        Ok(None) => return respond::error(&request, StatusCode::FORBIDDEN, ALLOW, NOT_PROVIDED),
        Err(error) => return refused(&request, ALLOW, &error),
    };
    let found = match request.method() {
        method if respond::reads(method) => api.partners().shared_secret(&user.scope).await,
        &Method::POST => api.partners().rotate_shared_secret(&user.scope).await.map(Some),
        _ => return respond::method_not_allowed(&request, ALLOW),
    };
    let not_found = |detail| respond::error(&request, StatusCode::NOT_FOUND, ALLOW, detail);
    match found {
        Ok(Some(secret)) => {
            private(&request, StatusCode::OK, ALLOW, wire::json(&Body { body: secret.expose() }))
        }
        Ok(None) => not_found(NONE_SET),
        Err(PartnersError::Refused(Refusal::NoProvider)) => not_found(NOT_FOUND),
        Err(error) => unavailable(&request, ALLOW, &error),
    }
}
