//! Paths and what answers them.

mod batch;
mod check;
mod list;
mod multi;

use actix_web::web::{self, Data, ServiceConfig, to};
use actix_web::{HttpRequest, HttpResponse};

use crate::{Gateway, respond};

/// Puts the public routes of the gateway on an application.
pub fn mount(gateway: Data<Gateway>) -> impl FnOnce(&mut ServiceConfig) + Clone {
    move |app| {
        app.app_data(gateway)
            .service(check::resource("/greencheck/{name}"))
            .service(list::resource())
            .service(web::resource("/api/v3/greencheck").to(slash_is_missing))
            .service(check::resource("/api/v3/greencheck/{name}"))
            .service(multi::resource())
            .service(batch::resource())
            .default_service(to(nothing_here));
    }
}

async fn nothing_here(request: HttpRequest) -> HttpResponse {
    respond::not_found(&request)
}

async fn slash_is_missing(request: HttpRequest) -> HttpResponse {
    respond::moved_to_slash(&request)
}
