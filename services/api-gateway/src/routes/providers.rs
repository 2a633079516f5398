//! Providers and their domains, page by page.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use greencheck_core::{Host, ProviderId};

use crate::conditional;
use crate::pages::Pages;
use crate::respond::{self, READ_ONLY, query_text};
use crate::v4::{self, DomainPage, Problem, ProviderPage};

/// Entries of a page unless the caller says.
const USUAL: u16 = 50;
const MOST: u16 = 200;

pub(super) fn routes(app: &mut ServiceConfig) {
    app.service(web::resource("/api/v4/providers").to(list_providers))
        .service(web::resource("/api/v4/providers/{id}").to(show_provider))
        .service(web::resource("/api/v4/providers/{id}/domains").to(list_domains));
}

async fn list_providers(request: HttpRequest, pages: Data<Pages>) -> HttpResponse {
    answer(&request, providers(&request, &pages).await)
}

async fn show_provider(request: HttpRequest, pages: Data<Pages>, id: web::Path<String>) -> HttpResponse {
    answer(&request, provider(&request, &pages, &id).await)
}

async fn list_domains(request: HttpRequest, pages: Data<Pages>, id: web::Path<String>) -> HttpResponse {
    answer(&request, domains(&request, &pages, &id).await)
}

async fn providers(request: &HttpRequest, pages: &Pages) -> Result<Vec<u8>, Problem> {
    admit(request, pages).await?;
    let limit = limit(request)?;
    let after = query_text(request, "cursor").map(|text| id(&text).ok_or_else(|| bad_cursor(&text)));
    let page = pages.providers(after.transpose()?, limit).await;
    let page = page.map_err(|error| Problem::unavailable(&error))?;
    Ok(v4::json(&ProviderPage::of(&page, limit, pages.now().date_naive())))
}

async fn provider(request: &HttpRequest, pages: &Pages, typed: &str) -> Result<Vec<u8>, Problem> {
    admit(request, pages).await?;
    let id = id(typed).ok_or_else(|| unknown(typed))?;
    let found = pages.provider(id).await.map_err(|error| Problem::unavailable(&*error))?;
    let detail = found.ok_or_else(|| unknown(typed))?;
    Ok(v4::json(&v4::detail(&detail, pages.now().date_naive())))
}

async fn domains(request: &HttpRequest, pages: &Pages, typed: &str) -> Result<Vec<u8>, Problem> {
    admit(request, pages).await?;
    let limit = limit(request)?;
    let id = id(typed).ok_or_else(|| unknown(typed))?;
    let after = query_text(request, "cursor").map(|text| Host::parse(&text).map_err(|_| bad_cursor(&text)));
    let page = pages.domains(id, after.transpose()?.as_ref(), limit).await;
    let page = page.map_err(|error| Problem::unavailable(&error))?.ok_or_else(|| unknown(typed))?;
    Ok(v4::json(&DomainPage::of(id, &page, limit)))
}

fn answer(request: &HttpRequest, body: Result<Vec<u8>, Problem>) -> HttpResponse {
    if request.method() == actix_web::http::Method::OPTIONS {
        return respond::options(request, READ_ONLY, "Providers");
    }
    match body {
        Ok(body) => {
            let mut response = respond::answer(request, StatusCode::OK, READ_ONLY);
            response
                .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/json")))
                .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-cache")));
            conditional::send(request, response, &conditional::tag(&body), body.into())
        }
        Err(problem) => problem.answer(request),
    }
}

async fn admit(request: &HttpRequest, pages: &Pages) -> Result<(), Problem> {
    if !respond::reads(request.method()) {
        return Err(Problem::method_not_allowed(request));
    }
    pages.admit(request).await?;
    v4::refuse_bad_key(request)
}

fn limit(request: &HttpRequest) -> Result<u16, Problem> {
    let Some(text) = query_text(request, "limit") else { return Ok(USUAL) };
    let limit = text.parse().ok().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or_else(|| Problem::bad_request(format!("limit is {text:?}: give a number from 1 to {MOST}")))
}

fn id(text: &str) -> Option<ProviderId> {
    text.parse().ok().map(ProviderId)
}

fn unknown(id: &str) -> Problem {
    Problem::not_found(format!("there is no provider {id:?}"))
}

fn bad_cursor(text: &str) -> Problem {
    Problem::bad_request(format!("cursor is {text:?}: give next_cursor of the page before, or none"))
}
