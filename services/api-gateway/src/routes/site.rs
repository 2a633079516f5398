//! Pages for people: the check, its form for other sites, providers.

mod check;
mod embed;
mod events;
mod provider;
mod reply;

use actix_web::web::{self, Data, ServiceConfig};

use super::assets;
use crate::Site;

/// Puts the pages for people on an application.
pub fn site_routes(site: Data<Site>) -> impl FnOnce(&mut ServiceConfig) + Clone {
    move |app| {
        app.app_data(site)
            .service(web::resource("/").to(check::home))
            .service(web::resource("/check").to(check::go))
            .service(web::resource("/check/events").to(events::stream))
            .service(web::resource("/check/{typed:.*}").to(check::show))
            .service(web::resource("/providers/{id}").to(provider::show))
            .service(web::resource("/embed").to(embed::explain))
            .service(web::resource("/embed/check").to(embed::form))
            .service(assets::resource());
    }
}
