//! The files that pages need.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse, Resource};

use crate::assets::ALL;
use crate::conditional;
use crate::respond::{self, READ_ONLY};

pub(super) fn resource() -> Resource {
    web::resource("/assets/{name}").to(show)
}

async fn show(request: HttpRequest) -> HttpResponse {
    let Some(asset) = ALL.iter().find(|asset| asset.name == request.match_info().query("name")) else {
        return respond::not_found(&request);
    };
    if !respond::reads(request.method()) {
        return respond::method_not_allowed(&request, READ_ONLY);
    }
    let mut response = respond::answer(&request, StatusCode::OK, READ_ONLY);
    response
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type)))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400")));
    let body = Bytes::from_static(asset.content.as_bytes());
    conditional::send(&request, response, &conditional::tag(&body), body)
}
