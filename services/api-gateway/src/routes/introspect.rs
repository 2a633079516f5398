//! `/internal/api/introspect_key`: other services ask whether a caller's key counts.

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use greencheck_core::partner::{ApiKey, KeyProof, UserId};
use serde::Serialize;

use super::partner::{NOT_PROVIDED, challenged, private, unavailable};
use crate::fields::Fields;
use crate::partner_api::PartnerApi;
use crate::wire::NaiveTime;
use crate::{respond, wire};

const ALLOW: &str = "POST, OPTIONS";
const SECRET: HeaderName = HeaderName::from_static("x-gwf-shared-secret");

#[expect(clippy::struct_field_names, reason = "the platform's names")]
#[derive(Serialize)]
struct Active<'a> {
    active: bool,
    user_id: UserId,
    username: &'a str,
    expiry_date: Option<NaiveTime>,
    prefix: &'a str,
    service: &'a str,
    privilege_level: Option<&'a str>,
}

impl<'a> From<&'a ApiKey> for Active<'a> {
    fn from(key: &'a ApiKey) -> Self {
        Self {
            active: true,
            user_id: key.user,
            username: &key.username,
            expiry_date: key.expires.map(NaiveTime),
            prefix: &key.prefix,
            service: &key.service,
            privilege_level: key.privilege_level.as_deref(),
        }
    }
}

pub(super) fn mount(app: &mut ServiceConfig) {
    app.service(web::resource("/internal/api/introspect_key").to(introspect));
}

async fn introspect(request: HttpRequest, api: Data<PartnerApi>, payload: Payload) -> HttpResponse {
    if request.method() == Method::OPTIONS {
        return respond::options(&request, ALLOW, "API Key Introspection");
    }
    let shown = request.headers().get(SECRET).map(HeaderValue::as_bytes).unwrap_or_default();
    if !api.may_introspect(shown) {
        return challenged(&request, ALLOW, NOT_PROVIDED);
    }
    if request.method() != Method::POST {
        return respond::method_not_allowed(&request, ALLOW);
    }
    let fields = match Fields::read(&request, payload, ALLOW).await {
        Ok(fields) => fields,
        Err(refusal) => return refusal,
    };
    let found = match fields.text("token").and_then(KeyProof::of) {
        Some(proof) => api.partners().api_key(&proof).await,
        None => Ok(None),
    };
    let body = match found {
        Ok(Some(key)) if key.is_usable(api.now()) => wire::json(&Active::from(&key)),
        Ok(_) => br#"{"active":false}"#.to_vec(),
        Err(error) => return unavailable(&request, ALLOW, &error),
    };
    private(&request, StatusCode::OK, ALLOW, body)
}
