//! How much CO2 electricity causes where an address is used.

use std::net::IpAddr;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, Resource};

use super::partner::challenged;
use crate::pages::Pages;
use crate::partner_api::bad_basic;
use crate::respond::{self, READ_ONLY};
use crate::wire;

pub(super) fn of_caller() -> Resource {
    web::resource("/api/v3/ip-to-co2intensity/").to(show_of_caller)
}

pub(super) fn of_address() -> Resource {
    web::resource("/api/v3/ip-to-co2intensity/{ip}").to(show_of_address)
}

async fn show_of_caller(request: HttpRequest, pages: Data<Pages>) -> HttpResponse {
    if let Some(refusal) = refusal(&request, &pages).await {
        return refusal;
    }
    let address = pages.client(&request);
    found(&request, &pages, address, &address.to_string()).await
}

async fn show_of_address(request: HttpRequest, pages: Data<Pages>) -> HttpResponse {
    if let Some(refusal) = refusal(&request, &pages).await {
        return refusal;
    }
    let Some(typed) = respond::last_segment(request.path()) else {
        return respond::not_found(&request);
    };
    let Ok(address) = typed.parse() else {
        let detail = format!("'{typed}' is not an IP address.");
        return respond::error(&request, StatusCode::BAD_REQUEST, READ_ONLY, &detail);
    };
    found(&request, &pages, address, &typed).await
}

async fn refusal(request: &HttpRequest, pages: &Pages) -> Option<HttpResponse> {
    if let Some(refusal) = respond::unless_read(request, "Ip Co 2 Intensity") {
        return Some(refusal);
    }
    if let Err(exceeded) = pages.admit(request).await {
        return Some(respond::too_many(request, READ_ONLY, &exceeded));
    }
    let detail = bad_basic(request).await?;
    Some(challenged(request, READ_ONLY, detail))
}

async fn found(request: &HttpRequest, pages: &Pages, address: IpAddr, shown: &str) -> HttpResponse {
    let intensity = pages.intensity(address).await;
    let response = respond::answer(request, StatusCode::OK, READ_ONLY);
    respond::json(response, wire::intensity(&intensity, shown))
}
