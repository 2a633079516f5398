//! A gateway whose look-ups, drawings and time do what the test says.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_http::Request;
use actix_web::App;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::{Bytes, Data};
use api_gateway::{
    BadgeMetrics, Badges, CacheTimes, Gateway, GatewayShortcut, LateChecks, Metrics, Ports, RefreshForwarder,
    badge_routes,
};
use async_trait::async_trait;
use greencheck_core::badge::{Badge, BadgeConfig, Image};
use greencheck_core::ports::{
    AnswerCache, BadgeError, BadgeRenderer, FillToken, Lookup, LookupError, Mode, QueueError, RefreshSink,
    Requested,
};
use greencheck_core::{Answer, Clock, Generation, Host, LookupConfig, UnknownReason};
use greencheck_testkit::contract::cache::samples::{explained, green, grey, unknown};
use greencheck_testkit::fakes::{FixedClock, RecordedChecks};
use prometheus::Registry;
use tokio::sync::Semaphore;

use crate::at_hand;

/// What a full look-up of any name finds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Says {
    Green,
    Grey,
    Unknown(UnknownReason),
    Away,
    Busy,
    /// Green, once [`World::release`] is called.
    GreenWhenReleased,
}

/// The lookup-service, the badge-renderer and the cache of a test.
pub(crate) struct World {
    says: Mutex<Says>,
    gate: Semaphore,
    pub(crate) lookups: AtomicUsize,
    pub(crate) renderer_away: AtomicBool,
    drawn: Mutex<Vec<Badge>>,
    cache: Mutex<BTreeMap<Host, Arc<Answer>>>,
    pub(crate) clock: FixedClock,
}

impl World {
    pub(crate) fn say(&self, says: Says) {
        *self.says.lock().unwrap() = says;
    }

    pub(crate) fn release(&self) {
        self.gate.add_permits(1);
    }

    pub(crate) fn lookups(&self) -> usize {
        self.lookups.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Lookup for World {
    async fn check(&self, host: &Host, mode: Mode) -> Result<Answer, LookupError> {
        assert_eq!(mode, Mode::Full, "a badge never asks for the fast check");
        self.lookups.fetch_add(1, Ordering::SeqCst);
        let says = *self.says.lock().unwrap();
        let answer = match says {
            Says::Green => green(host.as_str()),
            Says::Grey => grey(host.as_str()),
            Says::Unknown(reason) => unknown(host.as_str(), reason),
            Says::Away => return Err(LookupError::Unavailable("away".into())),
            Says::Busy => return Err(LookupError::Overloaded),
            Says::GreenWhenReleased => {
                self.gate.acquire().await.unwrap().forget();
                green(host.as_str())
            }
        };
        Ok(explained(Answer { modified: self.clock.now(), ..answer }))
    }

    async fn stored(&self, hosts: &[Host]) -> Result<Vec<Option<Answer>>, LookupError> {
        Ok(vec![None; hosts.len()])
    }

    async fn generation(&self) -> Result<Generation, LookupError> {
        Ok(Generation(7))
    }
}

#[async_trait]
impl AnswerCache for World {
    fn peek(&self, canonical: &str) -> Option<Arc<Answer>> {
        self.cache.lock().unwrap().get(canonical).cloned()
    }

    async fn fetch(&self, hosts: &[Host]) -> Vec<Option<Arc<Answer>>> {
        hosts.iter().map(|host| self.cache.lock().unwrap().get(host).cloned()).collect()
    }

    fn begin_fill(&self) -> FillToken {
        FillToken { generation: Generation(7), started: std::time::Instant::now() }
    }

    async fn keep(&self, answer: Arc<Answer>, _: FillToken, _: Duration) {
        self.replace(answer, Duration::ZERO).await;
    }

    async fn replace(&self, answer: Arc<Answer>, _: Duration) {
        self.cache.lock().unwrap().insert(answer.host.clone(), answer);
    }

    async fn forget(&self, host: &Host) {
        self.cache.lock().unwrap().remove(host);
    }

    fn advance(&self, _: Generation) {
        self.cache.lock().unwrap().clear();
    }
}

/// "Draws" a badge as the JSON of what is asked for.
#[async_trait]
impl BadgeRenderer for World {
    async fn render(&self, badge: &Badge) -> Result<Image, BadgeError> {
        if self.renderer_away.load(Ordering::SeqCst) {
            return Err(BadgeError::Unavailable("away".into()));
        }
        self.drawn.lock().unwrap().push(badge.clone());
        Ok(Image::new(badge.format, serde_json::to_vec(badge).unwrap().into()))
    }

    fn peek(&self, badge: &Badge) -> Option<Image> {
        let is_there =
            self.drawn.lock().unwrap().contains(badge) && !self.renderer_away.load(Ordering::SeqCst);
        is_there.then(|| Image::new(badge.format, serde_json::to_vec(badge).unwrap().into()))
    }
}

#[async_trait]
impl RefreshSink for World {
    async fn request(&self, _: &Host) -> Result<Requested, QueueError> {
        Ok(Requested::Queued)
    }
}

impl Clock for World {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.clock.now()
    }
}

pub(crate) struct Stand {
    pub(crate) world: Arc<World>,
    pub(crate) checks: Arc<RecordedChecks>,
    pub(crate) registry: Registry,
    shortcut: GatewayShortcut,
    badges: Data<Badges>,
    late: Option<LateChecks>,
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Bytes,
}

impl Reply {
    /// What was to be drawn.
    pub(crate) fn badge(&self) -> Badge {
        assert_eq!(self.status, StatusCode::OK);
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn message(&self) -> &'static str {
        self.badge().claim.message()
    }

    pub(crate) fn cache_control(&self) -> &str {
        &self.headers["cache-control"]
    }
}

fn texts(headers: &HeaderMap) -> BTreeMap<String, String> {
    let headers = headers.iter();
    headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
}

impl Stand {
    pub(crate) fn new(says: Says) -> Self {
        let world = Arc::new(World {
            says: Mutex::new(says),
            gate: Semaphore::new(0),
            lookups: AtomicUsize::new(0),
            renderer_away: AtomicBool::new(false),
            drawn: Mutex::default(),
            cache: Mutex::default(),
            clock: FixedClock::at("2026-11-21T12:00:00Z"),
        });
        let (checks, registry) = (Arc::new(RecordedChecks::default()), Registry::new());
        let metrics = Metrics::register(&registry).unwrap();
        let (refreshes, _) = RefreshForwarder::new(world.clone(), metrics.clone());
        let ports = Ports {
            lookup: world.clone(),
            cache: world.clone(),
            checks: checks.clone(),
            clock: world.clone(),
        };
        let gateway = Gateway::new(ports, CacheTimes::default(), LookupConfig::default(), refreshes, metrics);
        // Long for a look-up that is not held up, short for one that is.
        let config = BadgeConfig { check_timeout: Duration::from_millis(200), ..BadgeConfig::default() };
        let metrics = BadgeMetrics::register(&registry).unwrap();
        let gateway = Arc::new(gateway);
        let (badges, late) = Badges::new(Arc::clone(&gateway), world.clone(), config, metrics);
        let badges = Data::new(badges);
        let shortcut = GatewayShortcut::new(gateway, badges.clone().into_inner());
        Self { world, checks, registry, shortcut, badges, late: Some(late) }
    }

    /// What carries late checks on; to be run by the test.
    pub(crate) fn late_checks(&mut self) -> LateChecks {
        self.late.take().unwrap()
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
        Some(Reply { status, headers, body: body.into() })
    }

    pub(crate) async fn routed(&self, request: Request) -> Reply {
        let app = init_service(App::new().configure(badge_routes(self.badges.clone()))).await;
        let response = call_service(&app, request).await;
        let (status, headers) = (response.status(), texts(response.headers()));
        Reply { status, headers, body: read_body(response).await }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(TestRequest::get().uri(path)).await
    }

    /// The value of a counter, summed over its labels.
    pub(crate) fn counted(&self, name: &str) -> f64 {
        let families = self.registry.gather();
        let family = families.iter().find(|family| family.name() == name);
        family.map_or(0.0, |family| family.get_metric().iter().map(|one| one.get_counter().get_value()).sum())
    }
}
