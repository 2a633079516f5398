//! The page on which a badge is chosen.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, Resource};
use greencheck_core::NamedHost;
use greencheck_core::badge::{ImageFormat, Scale, Style, Theme};

use crate::badges::{Badges, Chosen, page};
use crate::respond::{self, READ_ONLY, query_text};

/// Only our own style, script and pictures.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'",
);
/// More of what was typed is not repeated.
const LONGEST_DOMAIN: usize = 300;

pub(super) fn resource() -> Resource {
    web::resource("/badge").to(show_builder)
}

async fn show_builder(request: HttpRequest, badges: Data<Badges>) -> HttpResponse {
    if !respond::reads(request.method()) {
        return respond::method_not_allowed(&request, READ_ONLY);
    }
    let typed = query_text(&request, "domain").unwrap_or_default();
    let domain: String = typed.trim().chars().take(LONGEST_DOMAIN).collect();
    let chosen = chosen(&request);
    let body = match NamedHost::parse(&domain) {
        _ if domain.is_empty() => page::form("", None, chosen, badges.is_demo()),
        Err(error) => page::form(&domain, Some(error.to_string()), chosen, badges.is_demo()),
        Ok(named) => {
            badges.note(&request).await;
            let finding = badges.check(&named.host, false, || badges.admits(&request)).await;
            let (says, origin) = (finding.claim.alternative(), greencheck_runtime::origin(&request));
            page::with_badge(&domain, &named.host, chosen, says, &origin, badges.is_demo())
        }
    };
    respond::answer(&request, StatusCode::OK, READ_ONLY)
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        // It repeats the name by which this server was asked.
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")))
        .body(body)
}

/// What there is not counts as not chosen.
fn chosen(request: &HttpRequest) -> Chosen {
    let text = |name| query_text(request, name);
    let scale = text("scale").and_then(|scale| scale.parse::<u8>().ok());
    Chosen {
        style: text("style").and_then(|style| Style::from_name(&style)).unwrap_or(Style::Standard),
        theme: text("theme").and_then(|theme| Theme::from_name(&theme)).unwrap_or(Theme::Light),
        scale: scale.and_then(|scale| Scale::try_from(scale).ok()).unwrap_or(Scale::One),
        format: text("format")
            .and_then(|format| ImageFormat::from_extension(&format))
            .unwrap_or(ImageFormat::Svg),
    }
}
