use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Json, ServiceConfig};
use greencheck_core::badge::Badge;
use greencheck_core::ports::{BadgeError, BadgeRenderer};

use crate::receiver::{failure, json};
use crate::wire::{self, Code};

/// The routes by which other services ask `renderer`: `POST /badge`, and `GET /badge` whether it is there.
pub fn badge_routes(renderer: Arc<dyn BadgeRenderer>) -> impl FnOnce(&mut ServiceConfig) + Clone {
    let renderer = Data::from(renderer);
    move |app| {
        let badge = web::resource(wire::BADGE).app_data(json(wire::BADGE_BYTES_MAX)).get(here).post(render);
        app.app_data(renderer).service(badge);
    }
}

async fn here() -> HttpResponse {
    HttpResponse::Ok().json(())
}

async fn render(renderer: Data<dyn BadgeRenderer>, badge: Json<Badge>) -> HttpResponse {
    match renderer.render(&badge).await {
        Ok(image) => HttpResponse::Ok().content_type(image.format.media_type()).body(image.bytes),
        Err(error) => failed(&error),
    }
}

fn failed(error: &BadgeError) -> HttpResponse {
    let code = match error {
        BadgeError::Overloaded => Code::Overloaded,
        BadgeError::Unavailable(source) => {
            tracing::error!(error = %source, "a badge cannot be drawn");
            Code::Unavailable
        }
    };
    failure(StatusCode::SERVICE_UNAVAILABLE, code, error.to_string())
}
