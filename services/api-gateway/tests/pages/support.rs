//! The routes over a directory in memory.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use actix_web::App;
use actix_web::dev::Service;
use actix_web::test::{TestRequest, init_service, read_body};
use actix_web::web::Data;
use api_gateway::{Limits, LimitsConfig, PagePorts, Pages, page_routes};
use greencheck_core::CurrentGeneration;
use greencheck_core::ports::Countries;
use greencheck_testkit::fakes::{DirectoryContent, FixedClock, MemoryDirectory};

use crate::samples;

/// Knows two networks.
struct TwoCountries;

impl Countries for TwoCountries {
    fn country(&self, address: IpAddr) -> Option<String> {
        match address.to_string() {
            text if text.starts_with("192.0.2.") => Some("NL".to_owned()),
            text if text.starts_with("2001:db8:") => Some("DK".to_owned()),
            text if text.starts_with("203.0.113.") => Some("ZW".to_owned()),
            _ => None,
        }
    }
}

pub(crate) struct Bench {
    pub(crate) directory: Arc<MemoryDirectory>,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) generation: Arc<CurrentGeneration>,
    pages: Data<Pages>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// The sample directory.
pub(crate) fn bench() -> Bench {
    bench_of(samples::content())
}

pub(crate) fn bench_of(content: DirectoryContent) -> Bench {
    limited(content, LimitsConfig { enabled: false, ..LimitsConfig::default() })
}

/// The sample directory, for callers that may ask so often at once and hardly more.
pub(crate) fn bench_for(burst: u32) -> Bench {
    limited(samples::content(), LimitsConfig { burst, rate: 1, allow: Vec::new(), ..LimitsConfig::default() })
}

fn limited(content: DirectoryContent, config: LimitsConfig) -> Bench {
    let directory = Arc::new(MemoryDirectory::of(content));
    let clock = Arc::new(FixedClock::at("2026-11-21T12:00:00Z"));
    let generation = Arc::new(CurrentGeneration::default());
    let ports =
        PagePorts { directory: directory.clone(), countries: Arc::new(TwoCountries), clock: clock.clone() };
    let trusted = vec!["10.0.0.0/8".parse().expect("a network")];
    let limits = Arc::new(Limits::new(config, trusted.clone(), None));
    let pages = Data::new(Pages::new(ports, generation.clone(), trusted).with_limits(limits));
    Bench { directory, clock, generation, pages }
}

impl Bench {
    pub(crate) async fn send(&self, request: TestRequest) -> Answer {
        let app = init_service(App::new().configure(page_routes(self.pages.clone()))).await;
        let response = app.call(request.to_request()).await.expect("an answer");
        let status = response.status().as_u16();
        let header =
            |(name, value): (&actix_web::http::header::HeaderName, &actix_web::http::header::HeaderValue)| {
                (name.to_string(), value.to_str().expect("a text").to_owned())
            };
        let headers = response.headers().iter().map(header).collect();
        let body = String::from_utf8(read_body(response).await.to_vec()).expect("UTF-8");
        Answer { status, headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(TestRequest::get().uri(path)).await
    }

    pub(crate) async fn get_with(&self, path: &str, header: (&str, &str)) -> Answer {
        self.send(TestRequest::get().uri(path).insert_header(header)).await
    }

    /// A request over a connection from `peer`.
    pub(crate) async fn get_from(&self, peer: &str, path: &str, forwarded: &str) -> Answer {
        let peer = SocketAddr::new(peer.parse().expect("an address"), 4000);
        let request = TestRequest::get().uri(path).peer_addr(peer);
        self.send(request.insert_header(("X-Forwarded-For", forwarded))).await
    }
}
