//! `/api/v3/`: where the partner API begins.

use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, Resource};
use serde::Serialize;

use super::{NOT_PROVIDED, challenged, private, refused};
use crate::partner_api::{LoginError, PartnerApi};
use crate::respond::{self, READ_ONLY};
use crate::wire;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Body {
    ip_ranges: String,
    asns: String,
}

pub(super) fn resource() -> Resource {
    web::resource("/api/v3/").to(root)
}

async fn root(request: HttpRequest, api: Data<PartnerApi>) -> HttpResponse {
    if request.method() == Method::OPTIONS {
        return respond::options(&request, READ_ONLY, "Api Root");
    }
    match api.login(&request).await {
        Ok(Some(_)) => {}
        Ok(None) => return challenged(&request, READ_ONLY, NOT_PROVIDED),
        Err(LoginError::Refused(detail)) => return challenged(&request, READ_ONLY, detail),
        Err(error) => return refused(&request, READ_ONLY, &error),
    }
    if !respond::reads(request.method()) {
        return respond::method_not_allowed(&request, READ_ONLY);
    }
    if let Some(refusal) = respond::not_acceptable(&request, READ_ONLY) {
        return refusal;
    }
    let here = request.connection_info();
    let at = |path: &str| format!("{}://{}/api/v3/{path}/", here.scheme(), here.host());
    let body = Body { ip_ranges: at("ip-ranges"), asns: at("asns") };
    private(&request, StatusCode::OK, READ_ONLY, wire::json(&body))
}
