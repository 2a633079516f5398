//! Badges over HTTP.

mod ask;
mod builder;
mod reply;

use actix_web::http::Method;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use greencheck_core::NamedHost;
use greencheck_core::badge::Claim;
use greencheck_runtime::{Plain, Reply, response};

pub(super) use self::ask::Route;
use self::ask::{Ask, Output};
use super::assets;
use crate::badges::{Badges, Finding, Life};
use crate::gateway::Checked;
use crate::respond::{self, READ_ONLY};

/// Puts the routes of badges on an application.
pub fn badge_routes(badges: Data<Badges>) -> impl FnOnce(&mut ServiceConfig) + Clone {
    move |app| {
        app.app_data(badges).service(builder::resource()).service(assets::resource());
        for route in Route::ALL {
            let show = move |request: HttpRequest, badges: Data<Badges>| show_badge(request, badges, route);
            app.service(web::resource(route.pattern()).to(show));
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
    let ask = Ask::of(request.path(), request.query_string(), route);
    let finding = match NamedHost::parse(&ask.name) {
        Ok(named) => badges.check(&named.host, ask.force, || badges.admits(&request)).await,
        Err(_) => Finding { claim: Claim::Invalid, life: Life::Other },
    };
    let claim = route.claim(finding.claim);
    let Output::Image(format) = ask.output else {
        return reply::shields(&request, &claim, &badges, finding.life, ask.force);
    };
    let (image, life) = badges.draw(&ask.badge(claim, format), finding.life).await;
    let keep = badges.keep(life, ask.force);
    let extensions = request.extensions();
    let shown = reply::image(response(), request.head(), extensions.get(), image, &keep);
    HttpResponse::from(shown).map_into_boxed_body()
}

/// The answer to a plain request, if all that it needs is at hand; and its check.
pub(super) fn at_hand<R: Reply>(
    reply: R,
    request: &Plain<'_>,
    badges: &Badges,
    route: Route,
    now: DateTime<Utc>,
) -> Option<(R::Given, Checked)> {
    let ask = Ask::of(request.path(), "", route);
    let Output::Image(format) = ask.output else { return None };
    let (checked, finding) = badges.at_hand(&ask.name, now)?;
    let image = badges.drawn(&ask.badge(route.claim(finding.claim), format))?;
    let keep = badges.keep(finding.life, false);
    Some((reply::image(reply, request, None, image, &keep), checked))
}
