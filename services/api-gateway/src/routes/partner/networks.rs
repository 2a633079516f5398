//! `/api/v3/ip-ranges/` and `/api/v3/asns/`.

use std::net::IpAddr;

use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use greencheck_core::partner::{Network, NetworkKind, PartnerNetwork, User};
use greencheck_core::ports::{PartnersError, Refusal};
use greencheck_core::{Asn, InvalidRange, IpRange, ProviderId};
use serde::Serialize;

use super::{NOT_FOUND, NOT_PROVIDED, private, refused, unavailable};
use crate::fields::{FieldErrors, Fields};
use crate::partner_api::PartnerApi;
use crate::routes::slash_is_missing;
use crate::{respond, wire};

const LIST: &str = "GET, POST, HEAD, OPTIONS";
const ENTRY: &str = "GET, DELETE, HEAD, OPTIONS";

/// A network in the platform's keys and their order.
#[derive(Serialize)]
#[serde(untagged)]
enum Body {
    Range { ip_start: IpAddr, ip_end: IpAddr, hostingprovider: ProviderId, id: i64 },
    Asn { asn: Asn, hostingprovider: ProviderId, id: i64 },
}

impl From<PartnerNetwork> for Body {
    fn from(entry: PartnerNetwork) -> Self {
        let PartnerNetwork { id, provider: hostingprovider, network } = entry;
        match network {
            Network::Range(range) => {
                Self::Range { ip_start: range.start(), ip_end: range.end(), hostingprovider, id }
            }
            Network::Asn(asn) => Self::Asn { asn, hostingprovider, id },
        }
    }
}

pub(super) fn mount(app: &mut ServiceConfig, kind: NetworkKind) {
    let path = match kind {
        NetworkKind::Range => "/api/v3/ip-ranges",
        NetworkKind::Asn => "/api/v3/asns",
    };
    let at = |tails: &[&str]| tails.iter().map(|tail| format!("{path}{tail}")).collect::<Vec<_>>();
    let lists = at(&["/", ".{format:[a-z0-9]+}", ".{format:[a-z0-9]+}/"]);
    let entries =
        at(&["/{id:[^/.]+}/", "/{id:[^/.]+}.{format:[a-z0-9]+}", "/{id:[^/.]+}.{format:[a-z0-9]+}/"]);
    app.service(web::resource(lists).to(
        move |request: HttpRequest, api: Data<PartnerApi>, payload: Payload| {
            list(kind, request, api, payload)
        },
    ))
    .service(
        web::resource(entries)
            .to(move |request: HttpRequest, api: Data<PartnerApi>| entry(kind, request, api)),
    )
    .service(web::resource(at(&["", "/{id:[^/.]+}"])).to(slash_is_missing));
}

async fn list(
    kind: NetworkKind,
    request: HttpRequest,
    api: Data<PartnerApi>,
    payload: Payload,
) -> HttpResponse {
    if let Some(refusal) = preliminaries(&request, LIST, kind, "List") {
        return refusal;
    }
    let user = match api.login(&request).await {
        Ok(user) => user,
        Err(error) => return refused(&request, LIST, &error),
    };
    match (request.method(), user) {
        (&Method::POST, None) => respond::error(&request, StatusCode::FORBIDDEN, LIST, NOT_PROVIDED),
        (&Method::POST, Some(user)) => create(kind, &request, &api, &user, payload).await,
        (method, None) if respond::reads(method) => private(&request, StatusCode::OK, LIST, b"[]".to_vec()),
        (method, Some(user)) if respond::reads(method) => {
            match api.partners().networks(&user.scope, kind).await {
                Ok(entries) => {
                    let bodies: Vec<_> = entries.into_iter().map(Body::from).collect();
                    private(&request, StatusCode::OK, LIST, wire::json(&bodies))
                }
                Err(error) => unavailable(&request, LIST, &error),
            }
        }
        _ => respond::method_not_allowed(&request, LIST),
    }
}

async fn entry(kind: NetworkKind, request: HttpRequest, api: Data<PartnerApi>) -> HttpResponse {
    if let Some(refusal) = preliminaries(&request, ENTRY, kind, "Instance") {
        return refusal;
    }
    let user = match api.login(&request).await {
        Ok(user) => user,
        Err(error) => return refused(&request, ENTRY, &error),
    };
    let deletes = request.method() == Method::DELETE;
    if !deletes && !respond::reads(request.method()) {
        return respond::method_not_allowed(&request, ENTRY);
    }
    let not_found = |detail: &str| respond::error(&request, StatusCode::NOT_FOUND, ENTRY, detail);
    let id = request.match_info().get("id").and_then(|id| id.parse::<i64>().ok());
    let (Some(user), Some(id)) = (user, id) else { return not_found(NOT_FOUND) };
    let nobodys = match kind {
        NetworkKind::Range => "No GreencheckIp matches the given query.",
        NetworkKind::Asn => "No GreencheckASN matches the given query.",
    };
    if deletes {
        return match api.partners().remove_network(&user.scope, kind, id).await {
            Ok(true) => respond::answer(&request, StatusCode::NO_CONTENT, ENTRY).finish(),
            Ok(false) => not_found(nobodys),
            Err(error) => unavailable(&request, ENTRY, &error),
        };
    }
    match api.partners().network(&user.scope, kind, id).await {
        Ok(Some(entry)) => private(&request, StatusCode::OK, ENTRY, wire::json(&Body::from(entry))),
        Ok(None) => not_found(nobodys),
        Err(error) => unavailable(&request, ENTRY, &error),
    }
}

/// OPTIONS, and formats that nobody writes.
fn preliminaries(
    request: &HttpRequest,
    allow: &'static str,
    kind: NetworkKind,
    view: &str,
) -> Option<HttpResponse> {
    if request.method() == Method::OPTIONS {
        let name = match kind {
            NetworkKind::Range => "IP Range",
            NetworkKind::Asn => "ASN",
        };
        return Some(respond::options(request, allow, &format!("{name} {view}")));
    }
    if request.match_info().get("format").is_some_and(|format| format != "json") {
        return Some(respond::error(request, StatusCode::NOT_FOUND, allow, NOT_FOUND));
    }
    respond::not_acceptable(request, allow)
}

async fn create(
    kind: NetworkKind,
    request: &HttpRequest,
    api: &PartnerApi,
    user: &User,
    payload: Payload,
) -> HttpResponse {
    let fields = match Fields::read(request, payload, LIST).await {
        Ok(fields) => fields,
        Err(refusal) => return refusal,
    };
    let provider = fields.provider("hostingprovider");
    let forbidden = || {
        let detail = "You do not have permission to perform this action.";
        respond::error(request, StatusCode::FORBIDDEN, LIST, detail)
    };
    // Before anything else is looked at, as the platform does.
    if provider.as_ref().is_ok_and(|&provider| !user.scope.includes(provider)) {
        return forbidden();
    }
    let wrong = |errors: &FieldErrors| private(request, StatusCode::BAD_REQUEST, LIST, wire::json(errors));
    let (provider, network) = match network(kind, &fields, provider) {
        Ok(read) => read,
        Err(errors) => return wrong(&errors),
    };
    match api.partners().add_network(&user.scope, provider, network).await {
        Ok(entry) => private(request, StatusCode::CREATED, LIST, wire::json(&Body::from(entry))),
        Err(PartnersError::Refused(Refusal::AsnTaken)) => {
            wrong(&FieldErrors::one("asn", "This field must be unique."))
        }
        Err(PartnersError::Refused(_)) => forbidden(),
        Err(error) => unavailable(request, LIST, &error),
    }
}

fn network(
    kind: NetworkKind,
    fields: &Fields,
    provider: Result<ProviderId, String>,
) -> Result<(ProviderId, Network), FieldErrors> {
    let mut errors = FieldErrors::default();
    let (network, provider) = match kind {
        NetworkKind::Range => {
            let start = errors.take("ip_start", fields.address("ip_start"));
            let end = errors.take("ip_end", fields.address("ip_end"));
            let provider = errors.take("hostingprovider", provider);
            (start.zip(end).map(|(start, end)| range(start, end)), provider)
        }
        NetworkKind::Asn => {
            let asn = errors.take("asn", fields.asn("asn"));
            (asn.map(|asn| Ok(Network::Asn(asn))), errors.take("hostingprovider", provider))
        }
    };
    match network.zip(provider) {
        Some((network, provider)) => Ok((provider, network?)),
        None => Err(errors),
    }
}

fn range(start: IpAddr, end: IpAddr) -> Result<Network, FieldErrors> {
    IpRange::new(start, end).map(Network::Range).map_err(|error| match error {
        InvalidRange::Families { .. } => {
            FieldErrors::one("ip_end", "Enter an address of the same family as ip_start: IPv4 or IPv6.")
        }
        _ => FieldErrors::one(
            FieldErrors::NON_FIELD,
            "The IP range must start with a lower IP than the end IP",
        ),
    })
}
