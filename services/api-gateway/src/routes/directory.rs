//! The old directory, which scripts of other pages read.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, Resource};
use chrono::TimeDelta;
use greencheck_core::ProviderId;

use crate::jsonp::Callback;
use crate::pages::{self, Pages};
use crate::respond::{self, READ_ONLY};
use crate::{conditional, wire};

/// For how long readers keep the directory without asking.
const KEPT: TimeDelta = TimeDelta::seconds(900);

pub(super) fn directory() -> Resource {
    web::resource("/data/directory/").to(show_directory)
}

pub(super) fn provider() -> Resource {
    web::resource("/data/hostingprovider/{id}").to(show_provider)
}

async fn show_directory(request: HttpRequest, pages: Data<Pages>) -> HttpResponse {
    if request.method() == actix_web::http::Method::OPTIONS {
        return respond::options(&request, READ_ONLY, "Directory");
    }
    let callback = match Callback::of(&request) {
        Ok(callback) => callback,
        Err(error) => {
            return respond::error(&request, StatusCode::BAD_REQUEST, READ_ONLY, &error.to_string());
        }
    };
    if let Some(refusal) = callback.refusal(&request) {
        return refusal;
    }
    if let Err(exceeded) = pages.admit(&request).await {
        return callback.too_many(&request, &exceeded);
    }
    let edition = match pages.edition().await {
        Ok(edition) => edition,
        Err(error) => {
            let mut response = Callback::answer(&request, StatusCode::SERVICE_UNAVAILABLE);
            respond::try_again(&mut response);
            return response.body(callback.call(&wire::detail(&error.to_string())));
        }
    };
    let mut response = Callback::answer(&request, StatusCode::OK);
    let expires = (pages.now() + KEPT).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    response
        .insert_header((header::CACHE_CONTROL, format!("max-age={}", KEPT.num_seconds())))
        .insert_header((header::EXPIRES, expires));
    let tag = format!("{}-{}", edition.legacy.tag, callback.as_str());
    conditional::send(&request, response, &tag, callback.call(&edition.legacy.bytes))
}

async fn show_provider(request: HttpRequest, pages: Data<Pages>) -> HttpResponse {
    if let Some(answer) = respond::unless_read(&request, "Directory Provider") {
        return answer;
    }
    if let Err(exceeded) = pages.admit(&request).await {
        return respond::too_many(&request, READ_ONLY, &exceeded);
    }
    let Some(typed) = respond::last_segment(request.path()) else {
        return respond::not_found(&request);
    };
    let id = match parse_id(&typed) {
        Ok(id) => id,
        Err(error) => {
            return respond::error(&request, StatusCode::BAD_REQUEST, READ_ONLY, &error.to_string());
        }
    };
    let found = match id {
        Some(id) => pages.provider(id).await,
        None => Ok(None),
    };
    match found {
        Ok(Some(detail)) => {
            let mut response = respond::answer(&request, StatusCode::OK, READ_ONLY);
            response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/json")));
            let body = pages::legacy_provider(&detail);
            conditional::send(&request, response, &conditional::tag(&body), body.into())
        }
        Ok(None) => respond::error(&request, StatusCode::NOT_FOUND, READ_ONLY, "Not found."),
        Err(error) => {
            let mut response = respond::answer(&request, StatusCode::SERVICE_UNAVAILABLE, READ_ONLY);
            respond::try_again(&mut response);
            respond::json(response, wire::detail(&error.to_string()))
        }
    }
}

/// An id that is no number.
#[derive(Debug, thiserror::Error)]
#[error(
    "You need to send a valid numeric ID to identify the provider you are requesting information about. Received ID was: '{0}'"
)]
struct InvalidId(String);

/// `None` for a number that is no provider's because it is too large.
fn parse_id(typed: &str) -> Result<Option<ProviderId>, InvalidId> {
    let text = typed.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { Ok(text.parse().ok().map(ProviderId)) } else { Err(InvalidId(typed.to_owned())) }
}
