//! `/api/v4/usage`: what was asked with the key that asks.

use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use chrono::Days;

use crate::Gateway;
use crate::partner_api::{Identity, PartnerApi};
use crate::respond::{self, READ_ONLY, query_text};
use crate::v4::{self, Problem, UsageBody};

/// Days unless the caller says.
const USUAL: u64 = 30;
const MOST: u64 = 366;

pub(super) fn mount(app: &mut ServiceConfig) {
    app.service(web::resource("/api/v4/usage").to(show_usage));
}

async fn show_usage(request: HttpRequest, gateway: Data<Gateway>, api: Data<PartnerApi>) -> HttpResponse {
    if request.method() == Method::OPTIONS {
        return respond::options(&request, READ_ONLY, "Usage");
    }
    match usage(&request, &gateway, &api).await {
        Ok(body) => respond::answer(&request, StatusCode::OK, READ_ONLY)
            .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/json")))
            .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
            .body(body),
        Err(problem) => problem.answer(&request),
    }
}

async fn usage(request: &HttpRequest, gateway: &Gateway, api: &PartnerApi) -> Result<Vec<u8>, Problem> {
    if !respond::reads(request.method()) {
        return Err(Problem::method_not_allowed(request));
    }
    gateway.limits.admit(request).await?;
    v4::refuse_bad_key(request)?;
    let days = days(request)?;
    let Identity::Key(key) = Identity::of(request) else {
        let detail = "show the API key whose usage you ask for, as X-Api-Key or as Authorization: Api-Key";
        return Err(Problem::unauthorized(detail));
    };
    let today = api.now().date_naive();
    let first = today - Days::new(days - 1);
    let usage = api.partners().key_usage(key.id, first).await;
    let usage = usage.map_err(|error| Problem::unavailable(&error))?;
    Ok(v4::json(&UsageBody::new(&key, first, today, &usage)))
}

fn days(request: &HttpRequest) -> Result<u64, Problem> {
    let Some(text) = query_text(request, "days") else { return Ok(USUAL) };
    let days = text.parse().ok().filter(|days| (1..=MOST).contains(days));
    days.ok_or_else(|| Problem::bad_request(format!("days is {text:?}: give a number from 1 to {MOST}")))
}
