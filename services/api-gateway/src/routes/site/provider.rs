//! The page of a provider.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use greencheck_core::ProviderId;
use greencheck_core::ports::DirectoryError;

use super::reply;
use crate::respond::{self, READ_ONLY};
use crate::site::{self, PROVIDER_DOMAINS};
use crate::{Site, conditional};

pub(super) async fn show(request: HttpRequest, site: Data<Site>, id: Path<String>) -> HttpResponse {
    if !respond::reads(request.method()) {
        return respond::method_not_allowed(&request, READ_ONLY);
    }
    if let Err(exceeded) = site.admit(&request).await {
        return reply::too_many(&request, &exceeded, "", site.is_demo());
    }
    let Ok(number) = id.parse() else { return missing(&request, &site, &id) };
    match body(&site, ProviderId(number)).await {
        Ok(Some(body)) => {
            let mut response = reply::page(&request, StatusCode::OK);
            response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-cache")));
            conditional::send(&request, response, &conditional::tag(body.as_bytes()), body.into())
        }
        Ok(None) => missing(&request, &site, &id),
        Err(error) => {
            tracing::warn!(error, "the page of a provider cannot be shown");
            let text = "The directory cannot be read now. Try again in a moment.";
            let mut response = reply::page(&request, StatusCode::SERVICE_UNAVAILABLE);
            respond::try_again(&mut response);
            response.body(site::notice("Not now", text, "", false, site.is_demo()))
        }
    }
}

async fn body(site: &Site, id: ProviderId) -> Result<Option<String>, String> {
    let Some(detail) = site.pages.provider(id).await.map_err(|error| error.to_string())? else {
        return Ok(None);
    };
    let words = |error: DirectoryError| error.to_string();
    let domains =
        site.pages.domains(id, None, PROVIDER_DOMAINS + 1).await.map_err(words)?.unwrap_or_default();
    let today = site.pages.now().date_naive();
    Ok(Some(site::provider(&detail, &domains, today, site.is_demo())))
}

fn missing(request: &HttpRequest, site: &Site, id: &str) -> HttpResponse {
    let shown: String = id.chars().take(100).collect();
    let text = format!("There is no provider {shown}. The directory has those that there are.");
    let body = site::notice("Not found", &text, "", true, site.is_demo());
    reply::page(request, StatusCode::NOT_FOUND).body(body)
}
