use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::error::{InternalError, JsonPayloadError};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Json, JsonConfig, ServiceConfig};
use greencheck_core::ports::{Partners, PartnersError};
use serde::Serialize;

use crate::partners_wire::{PARTNERS, PARTNERS_BYTES_MAX, PartnerQuestion, PartnerReply};
use crate::receiver::failure;
use crate::wire::Code;

/// The route by which gateways ask `partners`: `POST /partners`.
pub fn partners_routes(partners: Arc<dyn Partners>) -> impl FnOnce(&mut ServiceConfig) + Clone {
    let partners = Data::from(partners);
    move |app| {
        app.app_data(partners).service(web::resource(PARTNERS).app_data(reading()).post(answer));
    }
}

async fn answer(partners: Data<dyn Partners>, question: Json<PartnerQuestion>) -> HttpResponse {
    use PartnerQuestion as Ask;
    match question.into_inner() {
        Ask::Authenticate { username, password } => reply(partners.authenticate(&username, &password).await),
        Ask::IssueToken { user } => reply(partners.issue_token(user).await),
        Ask::TokenOwner { token } => reply(partners.token_owner(&token).await),
        Ask::Networks { scope, kind } => reply(partners.networks(&scope, kind).await),
        Ask::Network { scope, kind, id } => reply(partners.network(&scope, kind, id).await),
        Ask::AddNetwork { scope, provider, network } => {
            reply(partners.add_network(&scope, provider, network).await)
        }
        Ask::RemoveNetwork { scope, kind, id } => reply(partners.remove_network(&scope, kind, id).await),
        Ask::SharedSecret { scope } => reply(partners.shared_secret(&scope).await),
        Ask::RotateSharedSecret { scope } => reply(partners.rotate_shared_secret(&scope).await),
        Ask::ApiKey { proof } => reply(partners.api_key(&proof).await),
        Ask::KeyUsage { key, since } => reply(partners.key_usage(key, since).await),
    }
}

fn reply<T: Serialize>(result: Result<T, PartnersError>) -> HttpResponse {
    let code = match &result {
        Ok(answer) => return HttpResponse::Ok().json(PartnerReply::Answer(answer)),
        Err(PartnersError::Refused(refusal)) => {
            return HttpResponse::Ok().json(PartnerReply::<T>::Refused(*refusal));
        }
        Err(PartnersError::Overloaded) => Code::Overloaded,
        Err(PartnersError::Unavailable(source)) => {
            tracing::debug!(error = %source, "a question about partners has no answer");
            Code::Unavailable
        }
    };
    let message = result.err().map(|error| error.to_string()).unwrap_or_default();
    failure(StatusCode::SERVICE_UNAVAILABLE, code, message)
}

/// Unlike elsewhere an error does not quote the question: it may hold a password.
fn reading() -> JsonConfig {
    JsonConfig::default().limit(PARTNERS_BYTES_MAX).error_handler(|error, _| {
        let response = match &error {
            JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => {
                failure(StatusCode::PAYLOAD_TOO_LARGE, Code::TooLarge, error.to_string())
            }
            _ => failure(StatusCode::BAD_REQUEST, Code::BadRequest, "the question cannot be read"),
        };
        InternalError::from_response(error, response).into()
    })
}
