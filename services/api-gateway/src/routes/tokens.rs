//! `/api-token-auth/`: a token for a name and a password.

use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use greencheck_core::partner::Sensitive;
use greencheck_core::ports::PartnersError;
use serde::Serialize;

use super::partner::{private, unavailable};
use super::slash_is_missing;
use crate::fields::{FieldErrors, Fields};
use crate::partner_api::{PartnerApi, admit_password};
use crate::{respond, wire};

const ALLOW: &str = "POST, OPTIONS";

#[derive(Serialize)]
struct Body<'a> {
    token: &'a str,
}

pub(super) fn mount(app: &mut ServiceConfig) {
    app.service(web::resource("/api-token-auth/").to(token))
        .service(web::resource("/api-token-auth").to(slash_is_missing));
}

async fn token(request: HttpRequest, api: Data<PartnerApi>, payload: Payload) -> HttpResponse {
    if request.method() == Method::OPTIONS {
        return respond::options(&request, ALLOW, "Obtain Auth Token");
    }
    if request.method() != Method::POST {
        return respond::method_not_allowed(&request, ALLOW);
    }
    let fields = match Fields::read(&request, payload, ALLOW).await {
        Ok(fields) => fields,
        Err(refusal) => return refusal,
    };
    let mut errors = FieldErrors::default();
    let username = errors.take("username", fields.required_text("username"));
    let password = errors.take("password", fields.required_text("password"));
    let wrong = |errors: &FieldErrors| private(&request, StatusCode::BAD_REQUEST, ALLOW, wire::json(errors));
    let Some((username, password)) = username.zip(password) else { return wrong(&errors) };
    if let Err(exceeded) = admit_password(&request) {
        return respond::too_many(&request, ALLOW, &exceeded);
    }
    match issue(&api, username.trim(), &Sensitive::new(password)).await {
        Ok(Some(token)) => {
            private(&request, StatusCode::OK, ALLOW, wire::json(&Body { token: token.expose() }))
        }
        Ok(None) => {
            let detail = "Unable to log in with provided credentials.";
            wrong(&FieldErrors::one(FieldErrors::NON_FIELD, detail))
        }
        Err(error) => unavailable(&request, ALLOW, &error),
    }
}

async fn issue(
    api: &PartnerApi,
    username: &str,
    password: &Sensitive,
) -> Result<Option<Sensitive>, PartnersError> {
    match api.partners().authenticate(username, password).await? {
        Some(user) => api.partners().issue_token(user.id).await.map(Some),
        None => Ok(None),
    }
}
