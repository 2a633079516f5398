//! The list: which of these names are known to be green?

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse, Resource};

use crate::partner_api::bad_basic;
use crate::respond::{self, READ_ONLY};
use crate::{Gateway, wire};

pub(super) fn resource() -> Resource {
    web::resource("/api/v3/greencheck/").to(list)
}

/// Bytes of a form at most.
const BODY_MAX: usize = 256 << 10;

async fn list(request: HttpRequest, gateway: Data<Gateway>, payload: Payload) -> HttpResponse {
    if let Some(answer) = respond::unless_read(&request, "Greencheck List") {
        return answer;
    }
    let body = match body(&request, payload).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let names: Vec<Option<String>> = names(&request, &body).into_iter().map(Some).collect();
    if let Err(exceeded) = gateway.admit_many(&request, names.len()).await {
        return respond::too_many(&request, READ_ONLY, &exceeded);
    }
    if let Some(detail) = bad_basic(&request).await {
        return respond::error(&request, StatusCode::FORBIDDEN, READ_ONLY, detail);
    }
    let known = gateway.known_texts(names).await;
    respond::known(&request, &gateway, known.complete, wire::list(&known))
}

async fn body(request: &HttpRequest, payload: Payload) -> Result<Bytes, HttpResponse> {
    let refused = |status, detail: &str| respond::error(request, status, READ_ONLY, detail);
    match payload.to_bytes_limited(BODY_MAX).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) if respond::is_too_slow(&error) => {
            Err(refused(StatusCode::REQUEST_TIMEOUT, respond::TOO_SLOW))
        }
        Ok(Err(_)) => Err(refused(StatusCode::BAD_REQUEST, "The body did not arrive as a whole.")),
        Err(_) => {
            let detail = format!("The body is larger than {BODY_MAX} bytes.");
            Err(refused(StatusCode::PAYLOAD_TOO_LARGE, &detail))
        }
    }
}

/// `urls` of the query; several `urls` of a form, which older clients send as the body of a GET, come before it.
fn names(request: &HttpRequest, body: &[u8]) -> Vec<String> {
    let is_form = respond::media_type(request).eq_ignore_ascii_case("application/x-www-form-urlencoded");
    let mut lists: Vec<String> = if is_form { values(body).collect() } else { Vec::new() };
    if lists.is_empty() {
        lists.extend(values(request.query_string().as_bytes()).next());
    }
    let names = lists.iter().flat_map(|list| list.split(','));
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn values(pairs: &[u8]) -> impl Iterator<Item = String> {
    url::form_urlencoded::parse(pairs).filter(|(key, _)| key == "urls").map(|(_, value)| value.into_owned())
}
