//! The single check over fakes: paths, bodies, headers, log.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::App;
use actix_web::dev::Service;
use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, init_service, read_body};
use actix_web::web::Data;
use api_gateway::{CacheTimes, Gateway, Metrics, Ports, RefreshForwarder, mount};
use async_trait::async_trait;
use greencheck_core::ports::{
    AnswerCache, FillToken, Lookup, LookupError, Mode, QueueError, RefreshSink, Requested,
};
use greencheck_core::{
    Answer, Document, Generation, GreyReason, Host, HostedBy, LookupConfig, Match, MatchKind, ProviderId,
    Source, UnknownReason, Verdict, VerdictKind,
};
use greencheck_testkit::fakes::{FixedClock, RecordedChecks};
use prometheus::Registry;

const NOW: &str = "2026-11-21T12:00:00Z";

/// Knows green.com; everything else is grey. May be away, busy or late.
#[derive(Default)]
struct Oracle {
    asked: AtomicUsize,
    away: AtomicBool,
    busy: AtomicBool,
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
        let by = Match { kind: MatchKind::Range, id: Some(4) };
        let verdict = match host.as_str() {
            "green.com" | "xn--grn-ioa.com" => Verdict::Green { provider: ProviderId(1), by },
            _ => Verdict::Grey { reason: GreyReason::NoMatch },
        };
        Ok(answer(host, verdict))
    }

    async fn stored(&self, hosts: &[Host]) -> Result<Vec<Option<Answer>>, LookupError> {
        Ok(vec![None; hosts.len()])
    }

    async fn generation(&self) -> Result<Generation, LookupError> {
        Ok(Generation(1))
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

/// Keeps everything for ever.
#[derive(Default)]
struct MapCache(Mutex<BTreeMap<Host, Arc<Answer>>>);

#[async_trait]
impl AnswerCache for MapCache {
    fn peek(&self, host: &Host) -> Option<Arc<Answer>> {
        self.0.lock().unwrap().get(host).cloned()
    }

    async fn fetch(&self, hosts: &[Host]) -> Vec<Option<Arc<Answer>>> {
        hosts.iter().map(|host| self.peek(host)).collect()
    }

    fn begin_fill(&self) -> FillToken {
        FillToken { generation: Generation(1), started: std::time::Instant::now() }
    }

    async fn keep(&self, answer: Arc<Answer>, _: FillToken, _: Duration) {
        let momentary = matches!(answer.verdict, Verdict::Unknown { reason } if reason.is_momentary());
        if !momentary {
            self.0.lock().unwrap().insert(answer.host.clone(), answer);
        }
    }

    async fn replace(&self, answer: Arc<Answer>, _: Duration) {
        self.0.lock().unwrap().insert(answer.host.clone(), answer);
    }

    async fn forget(&self, host: &Host) {
        self.0.lock().unwrap().remove(host);
    }

    fn advance(&self, _: Generation) {}
}

#[derive(Default)]
struct Refreshes(Mutex<Vec<Host>>);

#[async_trait]
impl RefreshSink for Refreshes {
    async fn request(&self, host: &Host) -> Result<Requested, QueueError> {
        self.0.lock().unwrap().push(host.clone());
        Ok(Requested::Queued)
    }
}

struct Bench {
    oracle: Arc<Oracle>,
    checks: Arc<RecordedChecks>,
    clock: Arc<FixedClock>,
    refreshes: Arc<Refreshes>,
    forwarder: RefreshForwarder,
    gateway: Data<Gateway>,
}

fn bench() -> Bench {
    let (oracle, checks) = (Arc::new(Oracle::default()), Arc::new(RecordedChecks::default()));
    let clock = Arc::new(FixedClock::at(NOW));
    let metrics = Metrics::register(&Registry::new()).unwrap();
    let refreshes = Arc::new(Refreshes::default());
    let (requests, forwarder) = RefreshForwarder::new(refreshes.clone(), metrics.clone());
    let ports = Ports {
        lookup: oracle.clone(),
        cache: Arc::new(MapCache::default()),
        checks: checks.clone(),
        clock: clock.clone(),
    };
    let gateway = Gateway::new(ports, CacheTimes::default(), LookupConfig::default(), requests, metrics);
    Bench { oracle, checks, clock, refreshes, forwarder, gateway: Data::new(gateway) }
}

impl Bench {
    async fn send(&self, request: TestRequest) -> (StatusCode, BTreeMap<String, String>, String) {
        let app = init_service(App::new().configure(mount(self.gateway.clone()))).await;
        let response = app.call(request.to_request()).await.unwrap();
        let status = response.status();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        (status, headers, String::from_utf8(read_body(response).await.to_vec()).unwrap())
    }

    async fn get(&self, path: &str) -> (StatusCode, BTreeMap<String, String>, String) {
        self.send(TestRequest::get().uri(path)).await
    }
}

const GREEN: &str = r#"{"url":"green.com","hosted_by":"Leaf","hosted_by_website":"https://leaf.example","listed_provider":true,"partner":"","green":true,"hosted_by_id":1,"modified":"2026-11-21T11:59:00.500000","supporting_documents":[{"id":2,"title":"Report","link":"https://leaf.example/r"}]}"#;

#[actix_web::test]
async fn both_paths_answer_alike() {
    let bench = bench();
    for path in ["/greencheck/green.com", "/api/v3/greencheck/green.com"] {
        let (status, headers, body) = bench.get(path).await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, GREEN));
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(headers["x-greencheck-match"], "range");
        assert_eq!(headers["x-greencheck-reason"], "range");
        assert_eq!(headers["x-greencheck-age"], "59");
        assert_eq!(headers["x-frame-options"], "DENY");
        assert_eq!(headers["allow"], "GET, HEAD, OPTIONS");
        assert!(!headers.contains_key("access-control-allow-origin"));
        assert!(!headers.contains_key("cache-control"));
    }
}

#[actix_web::test]
async fn grey_and_invalid_names_are_200() {
    let bench = bench();
    let (status, headers, body) = bench.get("/greencheck/grey.com").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        body,
        r#"{"green":false,"url":"grey.com","data":false,"modified":"2026-11-21T11:59:00.500000"}"#
    );
    assert_eq!(headers["x-greencheck-reason"], "no_match");
    for name in ["localhost", "a..com", "%FF.com", "foo.test", "%00"] {
        let (status, headers, body) = bench.get(&format!("/greencheck/{name}")).await;
        assert_eq!(status, StatusCode::OK, "{name}");
        assert_eq!(body, r#"{"green":false,"url":null,"data":false,"modified":"2026-11-21T12:00:00"}"#);
        assert_eq!(headers["x-greencheck-reason"], "invalid_name");
    }
    assert_eq!(bench.checks.all().len(), 1, "what is no name is not logged");
}

#[actix_web::test]
async fn the_name_is_shown_in_the_form_of_the_caller() {
    let bench = bench();
    for (path, shown) in [
        ("/greencheck/GREEN.com.:443", "green.com"),
        ("/greencheck/gr%C3%BCn.com", "grün.com"),
        ("/greencheck/xn--grn-ioa.com", "xn--grn-ioa.com"),
        ("/greencheck/user:pw@green.com", "green.com"),
    ] {
        let (_, _, body) = bench.get(path).await;
        assert!(body.starts_with(&format!(r#"{{"url":"{shown}","hosted_by":"Leaf""#)), "{path}: {body}");
    }
}

#[actix_web::test]
async fn a_path_in_the_name_is_another_path() {
    let bench = bench();
    for path in
        ["/greencheck/green.com/path", "/greencheck/https:%2F%2Fgreen.com", "/greencheck/", "/nowhere"]
    {
        let (status, headers, _) = bench.get(path).await;
        assert_eq!(
            (status, headers["content-type"].as_str()),
            (StatusCode::NOT_FOUND, "text/html; charset=utf-8")
        );
    }
}

#[actix_web::test]
async fn a_second_check_comes_from_the_cache_and_is_logged_so() {
    let bench = bench();
    bench.get("/greencheck/grey.com").await;
    bench.get("/greencheck/grey.com").await;
    assert_eq!(bench.oracle.asked.load(Ordering::SeqCst), 1);
    let checks = bench.checks.all();
    assert_eq!(checks.len(), 2);
    assert!(checks[1].cached);
    assert_eq!(
        (checks[1].verdict, checks[1].source, checks[1].checked_at.to_rfc3339()),
        (VerdictKind::Grey, Source::Api, "2026-11-21T12:00:00+00:00".to_owned())
    );
}

#[actix_web::test]
async fn only_the_word_true_skips_the_caches() {
    let bench = bench();
    for query in ["", "?nocache=1", "?nocache=True", "?nocache=yes", "?nocache"] {
        bench.get(&format!("/greencheck/green.com{query}")).await;
    }
    assert_eq!(bench.oracle.asked.load(Ordering::SeqCst), 1);
    let (_, headers, body) = bench.get("/greencheck/green.com?callback=x&nocache=true").await;
    assert_eq!(bench.oracle.asked.load(Ordering::SeqCst), 2);
    assert_eq!((body.as_str(), headers["cache-control"].as_str()), (GREEN, "no-store"));
}

#[actix_web::test]
async fn a_lookup_service_that_is_away_makes_names_grey_and_cached_ones_go_on() {
    let bench = bench();
    bench.get("/greencheck/green.com").await;
    bench.oracle.away.store(true, Ordering::SeqCst);
    let (_, _, body) = bench.get("/greencheck/green.com").await;
    assert_eq!(body, GREEN);
    let (status, headers, body) = bench.get("/greencheck/new.com").await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.starts_with(r#"{"green":false,"url":"new.com","data":false"#));
    assert_eq!(headers["x-greencheck-reason"], "unavailable");
    assert_eq!(headers["cache-control"], "no-store");
    let logged = bench.checks.all().pop().unwrap();
    assert_eq!((logged.verdict, logged.host.as_str()), (VerdictKind::Unknown, "new.com"));
}

#[actix_web::test]
async fn overload_is_grey_for_fast_checks_and_503_for_slow_ones() {
    let bench = bench();
    bench.oracle.busy.store(true, Ordering::SeqCst);
    let (status, headers, _) = bench.get("/greencheck/new.com").await;
    assert_eq!((status, headers["x-greencheck-reason"].as_str()), (StatusCode::OK, "overload"));
    assert_eq!(headers["cache-control"], "no-store");
    let (status, headers, body) = bench.get("/greencheck/new.com?nocache=true").await;
    assert_eq!((status, headers["retry-after"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    assert_eq!(body, r#"{"detail":"too many look-ups are under way, try again in a moment"}"#);
    bench.oracle.busy.store(false, Ordering::SeqCst);
    let (_, headers, _) = bench.get("/greencheck/new.com").await;
    assert_eq!(headers["x-greencheck-reason"], "no_match", "the overload was not cached");
}

#[actix_web::test]
async fn browsers_may_ask_from_anywhere() {
    let bench = bench();
    let get =
        TestRequest::get().uri("/greencheck/green.com").insert_header(("Origin", "https://example.org"));
    let (_, headers, _) = bench.send(get).await;
    assert_eq!(headers["access-control-allow-origin"], "*");
    let preflight = TestRequest::default()
        .method(actix_web::http::Method::OPTIONS)
        .uri("/greencheck/green.com")
        .insert_header(("Origin", "https://example.org"))
        .insert_header(("Access-Control-Request-Method", "GET"));
    let (status, headers, body) = bench.send(preflight).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, ""));
    assert_eq!(
        headers["access-control-allow-headers"],
        "accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with"
    );
    assert_eq!(headers["access-control-allow-methods"], "DELETE, GET, OPTIONS, PATCH, POST, PUT");
    assert_eq!(headers["access-control-max-age"], "86400");
}

#[actix_web::test]
async fn other_methods_and_formats_are_refused_as_the_platform_does() {
    let bench = bench();
    let (status, headers, body) = bench.send(TestRequest::post().uri("/greencheck/green.com")).await;
    assert_eq!(
        (status, body.as_str()),
        (StatusCode::METHOD_NOT_ALLOWED, r#"{"detail":"Method \"POST\" not allowed."}"#)
    );
    assert_eq!(headers["allow"], "GET, HEAD, OPTIONS");
    let html = TestRequest::get().uri("/greencheck/green.com").insert_header(("Accept", "text/html"));
    let (status, _, body) = bench.send(html).await;
    let refusal = r#"{"detail":"Could not satisfy the request Accept header."}"#;
    assert_eq!((status, body.as_str()), (StatusCode::NOT_ACCEPTABLE, refusal));
    let browser = TestRequest::get()
        .uri("/greencheck/green.com")
        .insert_header(("Accept", "text/html,application/xml;q=0.9,*/*;q=0.8"));
    assert_eq!(bench.send(browser).await.0, StatusCode::OK);
    let (status, _, body) = bench.get("/greencheck/green.com?format=xml").await;
    assert_eq!((status, body.as_str()), (StatusCode::NOT_FOUND, r#"{"detail":"Not found."}"#));
    assert_eq!(bench.get("/greencheck/green.com?format=json").await.2, GREEN);
}

#[actix_web::test]
async fn an_old_green_answer_is_refreshed_once() {
    let bench = bench();
    bench.get("/greencheck/green.com").await;
    bench.clock.advance(chrono::TimeDelta::hours(21));
    bench.get("/greencheck/green.com").await;
    assert_eq!(*bench.refreshes.0.lock().unwrap(), []);
    bench.clock.advance(chrono::TimeDelta::hours(6));
    for _ in 0..3 {
        bench.get("/greencheck/green.com").await;
        bench.get("/greencheck/grey.com").await;
    }
    let Bench { forwarder, gateway, refreshes, .. } = bench;
    drop(gateway);
    forwarder.run().await.unwrap();
    assert_eq!(*refreshes.0.lock().unwrap(), [Host::parse("green.com").unwrap()]);
}
