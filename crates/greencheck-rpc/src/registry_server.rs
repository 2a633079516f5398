use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Json, ServiceConfig};
use greencheck_core::ports::NetworkRegistry;

use crate::receiver::json;
use crate::wire::{self, RegistryQuestion};

/// The route by which other services ask `registry`: `POST /registry`.
pub fn registry_routes(registry: Arc<dyn NetworkRegistry>) -> impl FnOnce(&mut ServiceConfig) + Clone {
    let registry = Data::from(registry);
    move |app| {
        let resource = web::resource(wire::REGISTRY).app_data(json(wire::SMALL_BYTES_MAX)).post(network);
        app.app_data(registry).service(resource);
    }
}

async fn network(registry: Data<dyn NetworkRegistry>, question: Json<RegistryQuestion>) -> HttpResponse {
    HttpResponse::Ok().json(registry.network_of(question.address).await)
}
