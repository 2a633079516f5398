//! Badges over HTTP.

mod ask;
mod builder;
mod reply;

use actix_web::http::Method;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, web};
use greencheck_core::NamedHost;
use greencheck_core::badge::{Badge, Claim};

use self::ask::{Ask, Output, Route};
use super::assets;
use crate::badges::{Badges, Finding, Life};
use crate::respond::{self, READ_ONLY};

/// Puts the routes of badges on an application.
pub fn badge_routes(badges: Data<Badges>) -> impl FnOnce(&mut ServiceConfig) + Clone {
    move |app| {
        app.app_data(badges).service(builder::resource()).service(assets::resource());
        for route in Route::ALL {
            let show = move |request: HttpRequest, badges: Data<Badges>| show_badge(request, badges, route);
            app.service(web::resource(format!("{}{{name:.*}}", route.prefix())).to(show));
        }
    }
}

/// Answers with a picture whatever was asked for: on a partner's page there is no place for a text.
async fn show_badge(request: HttpRequest, badges: Data<Badges>, route: Route) -> HttpResponse {
    if request.method() == Method::OPTIONS {
        return respond::options(&request, READ_ONLY, "Greencheck Badge");
    }
    if !respond::reads(request.method()) {
        return respond::method_not_allowed(&request, READ_ONLY);
    }
    badges.note(&request).await;
    let ask = Ask::of(&request, route);
    let finding = match NamedHost::parse(&ask.name) {
        Ok(named) => badges.check(&named.host, ask.force, || badges.admits(&request)).await,
        Err(_) => Finding { claim: Claim::Invalid, life: Life::Other },
    };
    let claim = if route.has_unknown() { finding.claim } else { finding.claim.without_unknown() };
    let Ask { style, theme, scale, force, .. } = ask;
    match ask.output {
        Output::Image(format) => {
            let badge = Badge { claim, style, theme, scale, format };
            let (image, life) = badges.draw(&badge, finding.life).await;
            reply::image(&request, image, reply::cache_control(badges.config(), life, force))
        }
        Output::Shields => reply::shields(&request, &claim, badges.config(), finding.life, force),
    }
}
