//! What a badge costs that was drawn before, and a 304 for it, beside a handler of constant bytes in the same server: one
//! request after the other over one connection, to a server with one worker that is set up as the gateway's is.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data, ServiceConfig, get};
use api_gateway::{
    BadgeMetrics, Badges, CacheTimes, Gateway, GatewayShortcut, Metrics, Ports, RefreshForwarder,
    badge_routes,
};
use async_trait::async_trait;
use criterion::{Criterion, criterion_group, criterion_main};
use greencheck_cache::{CacheConfig, CachedBadges, MemoryCache};
use greencheck_core::badge::{Badge, BadgeConfig, Image};
use greencheck_core::ports::{
    BadgeError, BadgeRenderer, CheckRecorder, Lookup, LookupError, Mode, QueueError, RefreshSink, Requested,
};
use greencheck_core::{
    Answer, Check, Clock, Generation, Host, HostedBy, LookupConfig, Match, MatchKind, ProviderId,
    SystemClock, Verdict,
};
use greencheck_runtime::{HttpConfig, HttpMetrics, serve_public};
use prometheus::Registry;
use tokio_util::sync::CancellationToken;

/// About what a card takes.
const CARD: usize = 3_000;

/// Finds every name green, draws everything as the same bytes and keeps no log.
struct World;

#[async_trait]
impl Lookup for World {
    async fn check(&self, host: &Host, _: Mode) -> Result<Answer, LookupError> {
        let provider = HostedBy {
            id: ProviderId(1),
            name: "Acme Green Hosting".to_owned(),
            website: "https://acme.example".to_owned(),
            partner: String::new(),
            listed: true,
            documents: None,
        };
        let by = Match { kind: MatchKind::Range, id: Some(1) };
        Ok(Answer {
            host: host.clone(),
            verdict: Verdict::Green { provider: ProviderId(1), by },
            hosted_by: Some(Arc::new(provider)),
            modified: SystemClock.now(),
            address: None,
            generation: Generation(1),
            explanation: None,
        })
    }

    async fn stored(&self, hosts: &[Host]) -> Result<Vec<Option<Answer>>, LookupError> {
        Ok(vec![None; hosts.len()])
    }

    async fn generation(&self) -> Result<Generation, LookupError> {
        Ok(Generation(1))
    }
}

#[async_trait]
impl BadgeRenderer for World {
    async fn render(&self, badge: &Badge) -> Result<Image, BadgeError> {
        Ok(Image::new(badge.format, vec![7; CARD].into()))
    }
}

#[async_trait]
impl RefreshSink for World {
    async fn request(&self, _: &Host) -> Result<Requested, QueueError> {
        Ok(Requested::Queued)
    }
}

impl CheckRecorder for World {
    fn record(&self, _: Check) {}

    fn count(&self, _: greencheck_core::Usage) {}
}

fn badges() -> (Data<Badges>, GatewayShortcut) {
    let (world, registry) = (Arc::new(World), Registry::new());
    let metrics = greencheck_cache::Metrics::register(&registry).expect("a new registry");
    let cache = Arc::new(MemoryCache::new(&CacheConfig::default(), &metrics));
    let metrics = Metrics::register(&registry).expect("a new registry");
    let (refreshes, _) = RefreshForwarder::new(world.clone(), metrics.clone());
    let ports = Ports { lookup: world.clone(), cache, checks: world.clone(), clock: Arc::new(SystemClock) };
    let gateway = Gateway::new(ports, CacheTimes::default(), LookupConfig::default(), refreshes, metrics);
    let gateway = Arc::new(gateway);
    let drawn = CachedBadges::new(world, 64 << 20, &registry).expect("a new registry");
    let metrics = BadgeMetrics::register(&registry).expect("a new registry");
    let (badges, _) = Badges::new(Arc::clone(&gateway), Arc::new(drawn), BadgeConfig::default(), metrics);
    let badges = Data::new(badges);
    let shortcut = GatewayShortcut::new(gateway, badges.clone().into_inner());
    (badges, shortcut)
}

fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async {
            let (badges, shortcut) = badges();
            let constant = || async { HttpResponse::Ok().body(Bytes::from_static(&[7; CARD])) };
            let badges = badge_routes(badges);
            let mount = move |app: &mut ServiceConfig| {
                app.route("/constant", get().to(constant));
                badges(app);
            };
            let config = HttpConfig { workers: 1, ..HttpConfig::default() };
            let metrics = HttpMetrics::register(&Registry::new()).expect("a new registry");
            let stop = CancellationToken::new();
            let serving = serve_public(listener, &config, metrics, (shortcut, mount), stop);
            serving.expect("no certificates to read").await
        })
    });
    address
}

/// Sends `request` and reads the answer; `body` is its length. Gives the answer's head.
fn ask(stream: &mut TcpStream, buffer: &mut [u8], request: &str, body: usize) -> String {
    stream.write_all(request.as_bytes()).expect("a connection");
    let mut held = 0;
    loop {
        held += stream.read(&mut buffer[held..]).expect("an answer");
        let end = buffer[..held].windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end.filter(|end| held >= end + 4 + body) {
            return String::from_utf8_lossy(&buffer[..end]).into_owned();
        }
    }
}

fn cached_badge(criterion: &mut Criterion) {
    let mut stream = TcpStream::connect(serve()).expect("the server");
    stream.set_nodelay(true).expect("an option");
    let mut buffer = vec![0; 64 << 10];
    let path = "/api/v3/greencheckimage/www.example.com";
    let plain = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    let head = ask(&mut stream, &mut buffer, &plain, CARD);
    let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).expect("a tag");
    let conditional = format!("GET {path} HTTP/1.1\r\nHost: x\r\nIf-None-Match: {tag}\r\n\r\n");
    assert!(ask(&mut stream, &mut buffer, &conditional, 0).starts_with("HTTP/1.1 304"));
    let constant = "GET /constant HTTP/1.1\r\nHost: x\r\n\r\n".to_owned();
    for (name, request, body) in
        [("constant bytes", constant, CARD), ("cached badge", plain, CARD), ("badge, 304", conditional, 0)]
    {
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| ask(&mut stream, &mut buffer, &request, body));
        });
    }
}

criterion_group!(benches, cached_badge);
criterion_main!(benches);
