use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Json, ServiceConfig};
use greencheck_core::ports::{Lookup, LookupError};

use crate::receiver::{failure, json};
use crate::wire::{self, CheckQuestion, Code, GenerationReply, StoredQuestion, StoredReply};

/// The routes by which other services ask `lookup`: `POST /check`, `POST /stored` and `GET /generation`.
pub fn lookup_routes(lookup: Arc<dyn Lookup>) -> impl FnOnce(&mut ServiceConfig) + Clone {
    let lookup = Data::from(lookup);
    move |app| {
        app.app_data(lookup)
            .service(web::resource(wire::CHECK).app_data(json(wire::CHECK_BYTES_MAX)).post(check))
            .service(web::resource(wire::STORED).app_data(json(wire::STORED_BYTES_MAX)).post(stored))
            .route(wire::GENERATION, web::get().to(generation));
    }
}

async fn check(lookup: Data<dyn Lookup>, question: Json<CheckQuestion>) -> HttpResponse {
    let CheckQuestion { host, mode, asker } = question.into_inner();
    match lookup.check_for(&host, mode, asker).await {
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
