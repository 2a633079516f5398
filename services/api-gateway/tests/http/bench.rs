//! A gateway over fakes, asked over HTTP.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_http::Request;
use actix_web::App;
use actix_web::dev::Service;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, init_service, read_body};
use actix_web::web::Data;
use api_gateway::{
    ApiConfig, BadgeMetrics, Badges, CacheTimes, ExtendedCheck, Gateway, GatewayShortcut, Limits,
    LimitsConfig, Metrics, PagePorts, Pages, PartnerApi, PartnersConfig, Ports, RefreshForwarder, Site,
    SiteConfig, extended_routes, mount, page_routes, partner_routes, site_routes,
};
use async_trait::async_trait;
use greencheck_core::badge::{Badge, BadgeConfig, Image};
use greencheck_core::directory::{Co2Table, Evidence, ProviderDetail, ProviderProfile, Registered};
use greencheck_core::ports::{
    AnswerCache, Asker, BadgeError, BadgeRenderer, Countries, FillToken, Follower, Lookup, LookupError, Mode,
    NetworkRegistry, QueueError, RefreshSink, RegisteredNetwork, RegistryError, Requested,
};
use greencheck_core::{
    Answer, Document, Explanation, Finding, Generation, GreyReason, Host, HostedBy, LookupConfig, Match,
    MatchKind, ProviderId, Step, UnknownReason, Verdict,
};
use greencheck_testkit::fakes::{
    DirectoryContent, FixedClock, MemoryDirectory, MemoryHistory, MemoryPartners, RecordedChecks,
};
use prometheus::Registry;
use tokio::sync::Notify;

use crate::at_hand;

const NOW: &str = "2026-11-21T12:00:00Z";

/// Knows green.com; everything else is grey. May be away, busy or late.
#[derive(Default)]
pub(crate) struct Oracle {
    pub(crate) asked: AtomicUsize,
    pub(crate) stored: AtomicUsize,
    pub(crate) away: AtomicBool,
    pub(crate) busy: AtomicBool,
    pub(crate) late: AtomicBool,
    /// What a look-up of its name finds.
    pub(crate) full: Mutex<Option<Answer>>,
}

#[async_trait]
impl Lookup for Oracle {
    async fn check(&self, host: &Host, mode: Mode) -> Result<Answer, LookupError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.away.load(Ordering::SeqCst) {
            return Err(LookupError::Unavailable("away".into()));
        }
        if self.busy.load(Ordering::SeqCst) {
            let reason = UnknownReason::Overload;
            return match mode {
                Mode::Full => Err(LookupError::Overloaded),
                Mode::Fast => Ok(answer(host, Verdict::Unknown { reason })),
            };
        }
        if self.late.load(Ordering::SeqCst) {
            return Ok(answer(host, Verdict::Unknown { reason: UnknownReason::Deadline }));
        }
        let full = self.full.lock().unwrap().clone();
        if let Some(full) = full.filter(|full| full.host == *host && mode == Mode::Full) {
            return Ok(full);
        }
        let mut answer = answer(host, verdict(host));
        if mode == Mode::Full {
            let because = "its address says so".to_owned();
            answer.explanation = Some(Arc::new(Explanation { because, steps: Vec::new(), took_us: 5 }));
        }
        Ok(answer)
    }

    async fn follow(&self, host: &Host, asker: Asker, follower: Follower) -> Result<Answer, LookupError> {
        let address = IpAddr::from([192, 0, 2, 7]);
        follower(&Step { finding: Finding::LinkedDomain { provider: None }, took_us: 1 });
        follower(&Step {
            finding: Finding::Addresses { addresses: vec![address], problem: None },
            took_us: 2,
        });
        tokio::task::yield_now().await;
        self.check_for(host, Mode::Full, asker).await
    }

    async fn stored(&self, hosts: &[Host]) -> Result<Vec<Option<Answer>>, LookupError> {
        self.stored.fetch_add(1, Ordering::SeqCst);
        if self.away.load(Ordering::SeqCst) {
            return Err(LookupError::Unavailable("away".into()));
        }
        Ok(hosts
            .iter()
            .map(|host| Some(verdict(host)).filter(Verdict::is_green).map(|v| answer(host, v)))
            .collect())
    }

    async fn generation(&self) -> Result<Generation, LookupError> {
        Ok(Generation(1))
    }
}

fn verdict(host: &Host) -> Verdict {
    let by = Match { kind: MatchKind::Range, id: Some(4) };
    match host.as_str() {
        "imported.com" => {
            let by = Match { kind: MatchKind::Snapshot, id: None };
            Verdict::Green { provider: ProviderId(1), by }
        }
        "green.com" | "leaf.com" | "xn--grn-ioa.com" => Verdict::Green { provider: ProviderId(1), by },
        _ => Verdict::Grey { reason: GreyReason::NoMatch },
    }
}

fn answer(host: &Host, verdict: Verdict) -> Answer {
    let hosted_by = HostedBy {
        id: ProviderId(1),
        name: "Leaf".to_owned(),
        website: "https://leaf.example".to_owned(),
        partner: String::new(),
        listed: true,
        documents: Some(vec![Document {
            id: 2,
            title: "Report".to_owned(),
            link: "https://leaf.example/r".to_owned(),
        }]),
    };
    Answer {
        host: host.clone(),
        verdict,
        hosted_by: verdict.is_green().then(|| Arc::new(hosted_by)),
        modified: "2026-11-21T11:59:00.5Z".parse().unwrap(),
        address: None,
        generation: Generation(1),
        explanation: None,
    }
}

/// Keeps everything for ever, and says that some of it ends when it is told so.
#[derive(Default)]
pub(crate) struct MapCache {
    answers: Mutex<BTreeMap<Host, Arc<Answer>>>,
    due: Mutex<Vec<Host>>,
    told_due: Notify,
}

impl MapCache {
    pub(crate) fn let_be_due(&self, hosts: &[Host]) {
        *self.due.lock().unwrap() = hosts.to_vec();
        self.told_due.notify_one();
    }
}

#[async_trait]
impl AnswerCache for MapCache {
    fn peek(&self, canonical: &str) -> Option<Arc<Answer>> {
        self.answers.lock().unwrap().get(canonical).cloned()
    }

    async fn fetch(&self, hosts: &[Host]) -> Vec<Option<Arc<Answer>>> {
        hosts.iter().map(|host| self.peek(host.as_str())).collect()
    }

    fn begin_fill(&self) -> FillToken {
        FillToken { generation: Generation(1), started: std::time::Instant::now() }
    }

    async fn keep(&self, answer: Arc<Answer>, _: FillToken, _: Duration) {
        let momentary = matches!(answer.verdict, Verdict::Unknown { reason } if reason.is_momentary());
        if !momentary {
            self.answers.lock().unwrap().insert(answer.host.clone(), answer);
        }
    }

    async fn replace(&self, answer: Arc<Answer>, _: Duration) {
        self.answers.lock().unwrap().insert(answer.host.clone(), answer);
    }

    async fn forget(&self, host: &Host) {
        self.answers.lock().unwrap().remove(host);
    }

    async fn due(&self) -> Vec<Host> {
        self.told_due.notified().await;
        std::mem::take(&mut *self.due.lock().unwrap())
    }

    fn advance(&self, _: Generation) {}
}

#[derive(Default)]
pub(crate) struct Refreshes(pub(crate) Mutex<Vec<Host>>);

#[async_trait]
impl RefreshSink for Refreshes {
    async fn request(&self, host: &Host) -> Result<Requested, QueueError> {
        self.0.lock().unwrap().push(host.clone());
        Ok(Requested::Queued)
    }
}

/// A registry that knows one network. Is not asked until it is switched on.
#[derive(Default)]
pub(crate) struct OneNetwork(pub(crate) AtomicBool);

#[async_trait]
impl NetworkRegistry for OneNetwork {
    async fn network_of(&self, address: IpAddr) -> Result<Option<RegisteredNetwork>, RegistryError> {
        if !self.0.load(Ordering::SeqCst) {
            return Err(RegistryError::Off);
        }
        let (first, last) = ("192.0.2.0".parse().unwrap(), "192.0.2.255".parse().unwrap());
        Ok((first..=last).contains(&address).then(|| RegisteredNetwork {
            name: Some("LEAF-<NET>".to_owned()),
            handle: Some("NET-192-0-2-0-1".to_owned()),
            country: Some("NL".to_owned()),
            first,
            last,
            origins: Vec::new(),
            registry: "rdap.example".to_owned(),
        }))
    }
}

pub(crate) struct Bench {
    pub(crate) oracle: Arc<Oracle>,
    pub(crate) checks: Arc<RecordedChecks>,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) refreshes: Arc<Refreshes>,
    pub(crate) forwarder: RefreshForwarder,
    pub(crate) gateway: Data<Gateway>,
    pub(crate) shortcut: GatewayShortcut,
    pub(crate) history: Arc<MemoryHistory>,
    pub(crate) networks: Arc<OneNetwork>,
    pub(crate) cache: Arc<MapCache>,
    pub(crate) partners: Arc<MemoryPartners>,
    api: Data<PartnerApi>,
    pages: Data<Pages>,
    pub(crate) site: Data<Site>,
    pub(crate) directory: Arc<MemoryDirectory>,
}

/// The country of no address is known.
struct NoCountries;

impl Countries for NoCountries {
    fn country(&self, _: IpAddr) -> Option<String> {
        None
    }
}

/// A directory of the one provider.
fn pages(clock: Arc<FixedClock>, limits: Arc<Limits>) -> (Data<Pages>, Arc<MemoryDirectory>) {
    let evidence = |id: i64, valid_to: &str| Evidence {
        id,
        title: format!("Report {id}"),
        link: format!("https://leaf.example/{id}"),
        kind: Some("Annual report".to_owned()),
        description: None,
        valid_from: None,
        valid_to: Some(valid_to.parse().unwrap()),
    };
    let profile = ProviderProfile {
        id: ProviderId(1),
        name: "Leaf".to_owned(),
        website: "https://leaf.example".to_owned(),
        country: "NL".to_owned(),
        city: String::new(),
        model: String::new(),
        partner: None,
        description: None,
        is_listed: true,
        archived: false,
        services: Vec::new(),
        evidence: vec![evidence(2, "2027-12-31"), evidence(1, "2026-11-20")],
        carbon_txt: None,
    };
    let content = DirectoryContent {
        generation: Generation(1),
        providers: vec![ProviderDetail {
            profile,
            datacenters: Vec::new(),
            registered: Registered::default(),
        }],
        domains: Vec::new(),
        co2: Co2Table::default(),
    };
    let directory = Arc::new(MemoryDirectory::of(content));
    let ports = PagePorts { directory: directory.clone(), countries: Arc::new(NoCountries), clock };
    (Data::new(Pages::new(ports, Arc::default(), Vec::new()).with_limits(limits)), directory)
}

/// Status, headers, body.
pub(crate) type Reply = (StatusCode, BTreeMap<String, String>, String);

fn texts(headers: &HeaderMap) -> BTreeMap<String, String> {
    let headers = headers.iter();
    headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
}

pub(crate) fn bench() -> Bench {
    bench_with(ApiConfig::default(), false)
}

pub(crate) fn bench_with(api: ApiConfig, log_bulk: bool) -> Bench {
    // A request without a connection has the address 0.0.0.0.
    let limits = LimitsConfig { enabled: false, ..LimitsConfig::default() };
    bench_of(api, log_bulk, limits)
}

pub(crate) fn bench_with_limits(limits: LimitsConfig) -> Bench {
    bench_of(ApiConfig::default(), false, limits)
}

/// The short way, past badges that nobody draws.
fn shortcut(gateway: Arc<Gateway>) -> GatewayShortcut {
    let metrics = BadgeMetrics::register(&Registry::new()).unwrap();
    let (badges, _) = Badges::new(gateway.clone(), Arc::new(Undrawn), BadgeConfig::default(), metrics);
    GatewayShortcut::new(gateway, Arc::new(badges))
}

struct Undrawn;

#[async_trait]
impl BadgeRenderer for Undrawn {
    async fn render(&self, _: &Badge) -> Result<Image, BadgeError> {
        Err(BadgeError::Overloaded)
    }
}

fn bench_of(api: ApiConfig, log_bulk: bool, limits: LimitsConfig) -> Bench {
    let (oracle, checks) = (Arc::new(Oracle::default()), Arc::new(RecordedChecks::default()));
    let clock = Arc::new(FixedClock::at(NOW));
    let metrics = Metrics::register(&Registry::new()).unwrap();
    let refreshes = Arc::new(Refreshes::default());
    let (requests, forwarder) = RefreshForwarder::new(refreshes.clone(), metrics.clone());
    let cache = Arc::new(MapCache::default());
    let ports =
        Ports { lookup: oracle.clone(), cache: cache.clone(), checks: checks.clone(), clock: clock.clone() };
    let limits = Limits::new(limits, Vec::new(), None).with_usage(checks.clone(), clock.clone());
    let limits = Arc::new(limits);
    let gateway = Gateway::new(ports, CacheTimes::default(), LookupConfig::default(), requests, metrics)
        .with_api(api, log_bulk)
        .with_limits(limits.clone());
    let partners = Arc::new(MemoryPartners::default());
    let config = PartnersConfig::default();
    let api = Data::new(PartnerApi::new(partners.clone(), clock.clone(), &config));
    let (gateway, (pages, directory)) = (Data::new(gateway), pages(clock.clone(), limits));
    let site = Data::new(site_of(&gateway, &pages, &SiteConfig::default()));
    let (history, networks) = (Arc::default(), Arc::default());
    let shortcut = shortcut(gateway.clone().into_inner());
    Bench {
        oracle,
        checks,
        clock,
        refreshes,
        forwarder,
        gateway,
        shortcut,
        history,
        networks,
        cache,
        partners,
        api,
        pages,
        site,
        directory,
    }
}

fn site_of(gateway: &Data<Gateway>, pages: &Data<Pages>, config: &SiteConfig) -> Site {
    Site::new(gateway.clone().into_inner(), pages.clone().into_inner(), config).unwrap()
}

impl Bench {
    /// With pages for people that are set up so.
    pub(crate) fn with_site(self, config: &SiteConfig, change: impl FnOnce(Site) -> Site) -> Self {
        let site = Data::new(change(site_of(&self.gateway, &self.pages, config)));
        Self { site, ..self }
    }

    /// As a server answers: what is at hand, or else what the routes say.
    pub(crate) async fn send(&self, request: TestRequest) -> Reply {
        let request = request.to_request();
        match self.at_hand(&request) {
            Some(reply) => reply,
            None => self.routed(request).await,
        }
    }

    pub(crate) fn at_hand(&self, request: &Request) -> Option<Reply> {
        let (status, headers, body) = at_hand::answer(&self.shortcut, request)?;
        Some((status, headers, String::from_utf8(body).unwrap()))
    }

    pub(crate) async fn routed(&self, request: Request) -> Reply {
        let extended = Data::new(ExtendedCheck::new(self.history.clone(), self.networks.clone()));
        let app = App::new()
            .configure(extended_routes(extended))
            .configure(page_routes(self.pages.clone()))
            .configure(partner_routes(self.api.clone()))
            .configure(site_routes(self.site.clone()))
            .configure(mount(self.gateway.clone()));
        let app = init_service(app).await;
        let response = app.call(request).await.unwrap();
        let (status, headers) = (response.status(), texts(response.headers()));
        (status, headers, String::from_utf8(read_body(response).await.to_vec()).unwrap())
    }

    /// Puts an answer into the cache.
    pub(crate) async fn keep(&self, answer: Answer) {
        self.cache.replace(Arc::new(answer), Duration::ZERO).await;
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(TestRequest::get().uri(path)).await
    }
}
