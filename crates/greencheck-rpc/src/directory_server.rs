use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Json, ServiceConfig};
use greencheck_core::ports::{Directory, DirectoryError};
use serde::Serialize;

use crate::receiver::{failure, json};
use crate::wire::{
    self, Code, DomainsQuestion, DomainsReply, ProviderQuestion, ProviderReply, ProvidersQuestion,
    ProvidersReply,
};

/// The routes by which other services ask `directory`: `GET /directory` and `/co2`, `POST /provider`, `/providers` and
/// `/domains`.
pub fn directory_routes(directory: Arc<dyn Directory>) -> impl FnOnce(&mut ServiceConfig) + Clone {
    let directory = Data::from(directory);
    move |app| {
        let small = |path: &str| web::resource(path.to_owned()).app_data(json(wire::SMALL_BYTES_MAX));
        app.app_data(directory)
            .route(wire::LISTING, web::get().to(listing))
            .service(small(wire::PROVIDER).post(provider))
            .service(small(wire::PROVIDERS).post(providers))
            .service(small(wire::DOMAINS).post(domains))
            .route(wire::CO2, web::get().to(co2));
    }
}

async fn listing(directory: Data<dyn Directory>) -> HttpResponse {
    answer(directory.listing().await)
}

async fn provider(directory: Data<dyn Directory>, question: Json<ProviderQuestion>) -> HttpResponse {
    answer(directory.provider(question.id).await.map(|provider| ProviderReply { provider }))
}

async fn providers(directory: Data<dyn Directory>, question: Json<ProvidersQuestion>) -> HttpResponse {
    let ProvidersQuestion { after, limit } = question.into_inner();
    answer(directory.providers(after, limit).await.map(|providers| ProvidersReply { providers }))
}

async fn domains(directory: Data<dyn Directory>, question: Json<DomainsQuestion>) -> HttpResponse {
    let DomainsQuestion { provider, after, limit } = question.into_inner();
    let page = directory.domains(provider, after.as_ref(), limit).await;
    answer(page.map(|domains| DomainsReply { domains }))
}

async fn co2(directory: Data<dyn Directory>) -> HttpResponse {
    answer(directory.co2().await)
}

fn answer(result: Result<impl Serialize, DirectoryError>) -> HttpResponse {
    match result {
        Ok(reply) => HttpResponse::Ok().json(reply),
        Err(error) => {
            let DirectoryError::Unavailable(source) = &error;
            // The caller decides what becomes of it and logs that; here it helps to find the cause.
            tracing::debug!(error = %source, "a question of another service has no answer");
            failure(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, error.to_string())
        }
    }
}
