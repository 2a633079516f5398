//! Paths and what answers them.

mod assets;
mod badge;
mod batch;
mod check;
mod check_v4;
mod co2;
mod directory;
mod docs;
mod extended;
mod introspect;
mod list;
mod multi;
mod page;
mod partner;
mod providers;
mod shortcut;
mod site;
mod snapshots;
mod tokens;
mod usage;

use actix_web::web::{self, Data, ServiceConfig, to};
use actix_web::{HttpRequest, HttpResponse};
pub use extended::extended_routes;
pub use shortcut::GatewayShortcut;
pub use snapshots::snapshot_routes;

pub use self::badge::badge_routes;
pub use self::site::site_routes;
use crate::{Gateway, Pages, PartnerApi, respond};

/// Puts the public routes of the gateway on an application.
pub fn mount(gateway: Data<Gateway>) -> impl FnOnce(&mut ServiceConfig) + Clone {
    move |app| {
        app.app_data(gateway)
            .service(check::ROUTES[0].resource())
            .service(list::resource())
            .service(web::resource("/api/v3/greencheck").to(slash_is_missing))
            .service(check::ROUTES[1].resource())
            .service(multi::resource())
            .service(batch::resource())
            .configure(docs::routes)
            .default_service(to(nothing_here));
    }
}

/// The routes about providers and their countries.
pub fn page_routes(pages: Data<Pages>) -> impl FnOnce(&mut ServiceConfig) + Clone {
    move |app| {
        app.app_data(pages)
            .service(directory::directory())
            .service(directory::provider())
            .service(page::directory())
            .service(assets::resource())
            .service(co2::of_caller())
            .service(co2::of_address())
            .configure(providers::routes)
            .configure(check_v4::routes);
        for slashless in ["/data/directory", "/directory", "/api/v3/ip-to-co2intensity"] {
            app.service(web::resource(slashless).to(slash_is_missing));
        }
    }
}

/// Puts the routes of partners on an application, and lets the public ones turn wrong passwords away.
pub fn partner_routes(api: Data<PartnerApi>) -> impl FnOnce(&mut ServiceConfig) + Clone {
    move |app| {
        app.app_data(api)
            .configure(partner::mount)
            .configure(tokens::mount)
            .configure(introspect::mount)
            .configure(usage::mount);
    }
}

async fn nothing_here(request: HttpRequest) -> HttpResponse {
    respond::not_found(&request)
}

/// Sends a path without its slash to the one with it.
async fn slash_is_missing(request: HttpRequest) -> HttpResponse {
    respond::moved_to_slash(&request)
}
