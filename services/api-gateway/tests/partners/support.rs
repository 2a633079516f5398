//! The partner API over partners in memory.

use std::sync::Arc;

use actix_web::App;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{ContentType, HeaderMap};
use actix_web::test::{TestRequest, init_service, read_body};
use actix_web::web::Data;
use api_gateway::{Gateway, PartnerApi, PartnersConfig, mount, partner_routes};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use greencheck_core::ProviderId;
use greencheck_core::partner::Scope;
use greencheck_runtime::config::Secret;
use greencheck_testkit::fakes::{FixedClock, MemoryPartners};

pub(crate) const NOW: &str = "2026-11-21T12:00:00Z";
pub(crate) const INTROSPECTION_SECRET: &str = "for other services";

/// A request: who asks, how, where, and with which JSON.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) who: &'a str,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) body: &'a str,
}

/// What came back.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// Nobody, a user by name, or an authorization as it is.
fn authorization(who: &str) -> Option<String> {
    match who {
        "" => None,
        who if who.contains(' ') => Some(who.to_owned()),
        name => Some(format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{name}'s password")))),
    }
}

pub(crate) struct Bench {
    pub(crate) partners: Arc<MemoryPartners>,
    api: Data<PartnerApi>,
}

impl Bench {
    /// ada manages provider 1, ben 2 and 3, eve none, root all.
    pub(crate) fn new() -> Self {
        Self::with(INTROSPECTION_SECRET)
    }

    pub(crate) fn with(introspection_secret: &str) -> Self {
        let partners = Arc::new(MemoryPartners::default());
        let scope = |ids: &[i64]| Scope::new([], ids.iter().copied().map(ProviderId));
        for (name, scope) in
            [("ada", scope(&[1])), ("ben", scope(&[3, 2])), ("eve", scope(&[])), ("root", Scope::Everything)]
        {
            partners.add_user(name, &format!("{name}'s password"), scope);
        }
        let config = PartnersConfig {
            introspection_secret: Secret::new(introspection_secret),
            ..PartnersConfig::default()
        };
        let clock = Arc::new(FixedClock::at(NOW));
        let api = Data::new(PartnerApi::new(partners.clone(), clock, &config));
        Self { partners, api }
    }

    /// For requests that are not sent.
    pub(crate) fn data(&self) -> Data<PartnerApi> {
        self.api.clone()
    }

    /// Asks with the public routes beside those of partners.
    pub(crate) async fn public(&self, ask: Ask<'_>) -> Got {
        self.public_on(super::public::gateway().await, ask).await
    }

    pub(crate) async fn public_on(&self, gateway: Data<Gateway>, ask: Ask<'_>) -> Got {
        let app = App::new().configure(partner_routes(self.api.clone())).configure(mount(gateway));
        let app = init_service(app).await;
        let request = request(ask).insert_header(ContentType::json()).set_payload(ask.body.to_owned());
        got(app.call(request.to_request()).await.unwrap()).await
    }

    pub(crate) async fn ask(&self, ask: Ask<'_>) -> Got {
        self.send(request(ask).insert_header(ContentType::json()).set_payload(ask.body.to_owned())).await
    }

    pub(crate) async fn send(&self, request: TestRequest) -> Got {
        let app = init_service(App::new().configure(partner_routes(self.api.clone()))).await;
        got(app.call(request.to_request()).await.unwrap()).await
    }

    /// One row of a table: what is asked, and what comes back.
    pub(crate) async fn row(&self, who: &str, line: &str, body: &str, status: u16, answer: &str) {
        let (method, path) = line.split_once(' ').unwrap();
        let got = self.ask(Ask { who, method, path, body }).await;
        assert_eq!((got.status, got.body.as_str()), (status, answer), "{who}: {line} {body}");
    }
}

async fn got(response: ServiceResponse<impl MessageBody>) -> Got {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = String::from_utf8(read_body(response).await.to_vec()).unwrap();
    Got { status, headers, body }
}

pub(crate) fn request(ask: Ask<'_>) -> TestRequest {
    let method: Method = ask.method.parse().unwrap();
    let request = TestRequest::default().method(method).uri(ask.path);
    match authorization(ask.who) {
        Some(authorization) => request.insert_header(("Authorization", authorization)),
        None => request,
    }
}
