//! Paths and what answers them.

mod check;

use actix_web::web::{Data, ServiceConfig, to};
use actix_web::{HttpRequest, HttpResponse};

use crate::{Gateway, respond};

/// Puts the public routes of the gateway on an application.
pub fn mount(gateway: Data<Gateway>) -> impl FnOnce(&mut ServiceConfig) + Clone {
    move |app| {
        app.app_data(gateway)
            .service(check::resource("/greencheck/{name}"))
            .service(check::resource("/api/v3/greencheck/{name}"))
            .default_service(to(nothing_here));
    }
}

async fn nothing_here(request: HttpRequest) -> HttpResponse {
    respond::not_found(&request)
}
