use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Json, ServiceConfig};
use greencheck_core::ports::{CheckHistory, HistoryError};
use serde::Serialize;

use crate::receiver::{failure, json};
use crate::wire::{
    self, CatalogChangesQuestion, CatalogChangesReply, Code, RecentChecksQuestion, RecentChecksReply,
};

/// The routes by which other services ask `history`: `POST /recent-checks` and `/catalog-changes`.
pub fn history_routes(history: Arc<dyn CheckHistory>) -> impl FnOnce(&mut ServiceConfig) + Clone {
    let history = Data::from(history);
    move |app| {
        let up_to = |path: &str, bytes: usize| web::resource(path.to_owned()).app_data(json(bytes));
        app.app_data(history)
            .service(up_to(wire::RECENT_CHECKS, wire::SMALL_BYTES_MAX).post(recent_checks))
            .service(up_to(wire::CATALOG_CHANGES, wire::GROUNDS_BYTES_MAX).post(catalog_changes));
    }
}

async fn recent_checks(
    history: Data<dyn CheckHistory>,
    question: Json<RecentChecksQuestion>,
) -> HttpResponse {
    let RecentChecksQuestion { host, limit, now } = question.into_inner();
    answer(history.recent_checks(&host, limit, now).await.map(|checks| RecentChecksReply { checks }))
}

async fn catalog_changes(
    history: Data<dyn CheckHistory>,
    question: Json<CatalogChangesQuestion>,
) -> HttpResponse {
    let CatalogChangesQuestion { grounds, from, to, limit } = question.into_inner();
    let changes = history.catalog_changes(&grounds, from, to, limit).await;
    answer(changes.map(|changes| CatalogChangesReply { changes }))
}

fn answer(result: Result<impl Serialize, HistoryError>) -> HttpResponse {
    match result {
        Ok(reply) => HttpResponse::Ok().json(reply),
        Err(error) => {
            let HistoryError::Unavailable(source) = &error;
            tracing::debug!(error = %source, "a question of another service has no answer");
            failure(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, error.to_string())
        }
    }
}
