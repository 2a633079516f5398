//! The lookup-service over fakes: what is stored, what is announced, who waits for whom.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwap;
use futures_util::FutureExt;
use futures_util::future::join_all;
use greencheck_core::catalog::{Catalog, CatalogData, NetworkEntry};
use greencheck_core::ports::{Asker, Change, Follower, Lookup, LookupError, Mode};
use greencheck_core::{
    AddressRule, Asn, Finding, Generation, GreyReason, Host, LookupConfig, Match, MatchKind, Provider,
    ProviderId, Rules, Step, StoredVerdict, Trust, UnknownReason, Verdict, VerdictKind,
};
use greencheck_testkit::fakes::{FakeDns, FakeOrigins, FixedClock, MemoryVerdicts, NoWeb, RecordedChanges};
use lookup_service::{LookupService, Metrics, World};
use prometheus::Registry;
use tokio::sync::watch;

struct Bench {
    service: LookupService,
    catalog: Arc<ArcSwap<Catalog>>,
    verdicts: Arc<MemoryVerdicts>,
    changes: Arc<RecordedChanges>,
    dns: Arc<FakeDns>,
    clock: Arc<FixedClock>,
    metrics: Metrics,
}

fn provider(name: &str, archived: bool) -> Provider {
    Provider {
        id: ProviderId(1),
        name: name.to_owned(),
        website: "https://leaf.example".to_owned(),
        partner: String::new(),
        is_listed: true,
        archived,
        documents: Vec::new(),
    }
}

fn catalog(generation: u64, provider: Provider, range: &str) -> Catalog {
    let networks = vec![NetworkEntry {
        id: 10,
        provider: ProviderId(1),
        range: greencheck_core::IpRange::parse(range).unwrap(),
    }];
    Catalog::build(
        Generation(generation),
        CatalogData { providers: vec![provider], networks, ..CatalogData::default() },
    )
}

fn bench(dns: FakeDns, config: LookupConfig) -> Bench {
    let verdicts = Arc::new(MemoryVerdicts::default());
    let changes = Arc::new(RecordedChanges::default());
    let clock = Arc::new(FixedClock::at("2026-11-21T12:00:00Z"));
    let dns = Arc::new(dns);
    let catalog = Arc::new(ArcSwap::from_pointee(catalog(1, provider("Leaf", false), "192.0.2.0/24")));
    let metrics = Metrics::register(&Registry::new()).unwrap();
    let world = World {
        verdicts: verdicts.clone(),
        carbon_txt_results: verdicts.clone(),
        dns: dns.clone(),
        web: Arc::new(NoWeb),
        origins: Arc::new(FakeOrigins(BTreeMap::<_, Vec<Asn>>::new())),
        changes: changes.clone(),
        clock: clock.clone(),
    };
    let rules = Rules {
        addresses: AddressRule::Any,
        trust: Trust::Proof,
        carbon_txt: true,
        carbon_txt_ttl: Duration::from_secs(86_400),
    };
    let service = LookupService::new(world, catalog.clone(), rules, config, metrics.clone());
    Bench { service, catalog, verdicts, changes, dns, clock, metrics }
}

fn host(name: &str) -> Host {
    Host::parse(name).unwrap()
}

fn green() -> Verdict {
    Verdict::Green { provider: ProviderId(1), by: Match { kind: MatchKind::Range, id: Some(10) } }
}

#[tokio::test]
async fn a_green_name_is_stored_and_announced_once() {
    let bench = bench(FakeDns::with(&[("site.com", "192.0.2.7")]), LookupConfig::default());
    let first = bench.service.check(&host("site.com"), Mode::Fast).await.unwrap();
    assert_eq!(first.verdict, green());
    assert!(first.explanation.is_some());
    let stored = bench.verdicts.get(&host("site.com")).unwrap();
    assert_eq!(
        (stored.by, stored.address),
        (Match { kind: MatchKind::Range, id: Some(10) }, Some("192.0.2.7".parse().unwrap()))
    );
    let second = bench.service.check(&host("site.com"), Mode::Fast).await.unwrap();
    assert_eq!(second.verdict, green());
    assert_eq!(second.explanation, None, "the stored verdict answered");
    assert_eq!(bench.dns.asked(), 1);
    assert_eq!(bench.changes.all(), [Change::Host { host: host("site.com") }]);
}

#[tokio::test]
async fn who_waits_for_a_generation_hears_of_the_next_and_of_the_end() {
    let bench = bench(FakeDns::with(&[]), LookupConfig::default());
    let (tell, generations) = watch::channel(Generation(1));
    let service = bench.service.with_generations(generations);
    let long = Duration::from_secs(3600);
    let after = |known| service.generation_after(Generation(known), long);
    assert_eq!(after(0).await.unwrap(), Generation(1), "it is newer already");

    let mut waiting = std::pin::pin!(after(1));
    assert!((&mut waiting).now_or_never().is_none());
    bench.catalog.store(Arc::new(catalog(2, provider("Leaf", false), "192.0.2.0/24")));
    tell.send_replace(Generation(2));
    assert_eq!(waiting.await.unwrap(), Generation(2));

    assert_eq!(service.generation_after(Generation(2), Duration::ZERO).await.unwrap(), Generation(2));
    let mut waiting = std::pin::pin!(after(2));
    assert!((&mut waiting).now_or_never().is_none());
    drop(tell);
    assert_eq!(waiting.await.unwrap(), Generation(2), "nobody follows the catalog any more");
}

#[tokio::test]
async fn a_thousand_callers_of_one_name_cause_one_look_up() {
    let bench = bench(FakeDns::with(&[("site.com", "192.0.2.7")]).held(), LookupConfig::default());
    let name = host("site.com");
    let callers = join_all((0..1000).map(|_| bench.service.check(&name, Mode::Fast)));
    let release = async {
        while bench.dns.asked() == 0 {
            tokio::task::yield_now().await;
        }
        bench.dns.release();
    };
    let (answers, ()) = tokio::join!(callers, release);
    assert!(answers.iter().all(|answer| answer.as_ref().unwrap().verdict == green()));
    assert_eq!(bench.dns.asked(), 1);
    assert_eq!(bench.metrics.lookups_ended(VerdictKind::Green), 1);
}

#[tokio::test]
async fn whoever_follows_a_look_up_hears_of_steps_that_ended_before() {
    let bench = bench(FakeDns::with(&[("site.com", "192.0.2.7")]).held(), LookupConfig::default());
    let name = host("site.com");
    let heard = [Arc::default(), Arc::default()].map(|heard: Arc<Mutex<Vec<Step>>>| {
        let told = Arc::clone(&heard);
        let follower: Follower = Arc::new(move |step: &Step| told.lock().unwrap().push(step.clone()));
        (heard, follower)
    });
    let [(first, early), (second, late)] = heard;
    let begun =
        || matches!(first.lock().unwrap()[..], [Step { finding: Finding::LinkedDomain { .. }, .. }, ..]);
    let joined = async {
        while bench.dns.asked() == 0 || !begun() {
            tokio::task::yield_now().await;
        }
        let mut answered = Box::pin(bench.service.follow(&name, Asker(2), late));
        assert!(futures_util::poll!(&mut answered).is_pending(), "the addresses are not known yet");
        bench.dns.release();
        answered.await
    };
    let (answer, other) = tokio::join!(bench.service.follow(&name, Asker(1), early), joined);
    let steps = answer.unwrap().explanation.unwrap().steps.clone();
    assert_eq!(steps.len(), 3, "{steps:?}");
    assert_eq!(other.unwrap().explanation.unwrap().steps, steps);
    assert_eq!((&*first.lock().unwrap(), &*second.lock().unwrap()), (&steps, &steps));
    assert_eq!(bench.dns.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_fast_check_answers_at_its_deadline_and_the_look_up_goes_on() {
    let config = LookupConfig {
        fast_deadline: Duration::from_millis(100),
        timeout: Duration::from_secs(60),
        ..LookupConfig::default()
    };
    let bench = bench(FakeDns::with(&[("site.com", "192.0.2.7")]).held(), config);
    let answer = bench.service.check(&host("site.com"), Mode::Fast).await.unwrap();
    assert_eq!(answer.verdict, Verdict::Unknown { reason: UnknownReason::Deadline });
    bench.dns.release();
    bench.service.drain().await;
    assert_eq!(bench.verdicts.get(&host("site.com")).unwrap().provider, ProviderId(1));
}

#[tokio::test(start_paused = true)]
async fn a_silent_name_server_leaves_a_stored_verdict_alone() {
    let bench = bench(FakeDns::silent(), LookupConfig::default());
    let row = StoredVerdict {
        host: host("site.com"),
        green: true,
        provider: ProviderId(1),
        hosted_by: "Leaf".to_owned(),
        hosted_by_website: String::new(),
        partner: String::new(),
        listed: true,
        by: Match { kind: MatchKind::Range, id: Some(10) },
        address: Some("192.0.2.7".parse().unwrap()),
        created: "2026-11-01T00:00:00Z".parse().unwrap(),
        modified: "2026-11-01T00:00:00Z".parse().unwrap(),
    };
    greencheck_core::ports::Verdicts::put(&*bench.verdicts, &row).await.unwrap();
    let answer = bench.service.check(&host("site.com"), Mode::Full).await.unwrap();
    assert_eq!(answer.verdict, Verdict::Unknown { reason: UnknownReason::Timeout });
    assert_eq!(bench.verdicts.get(&host("site.com")), Some(row));
    assert_eq!(bench.service.check(&host("site.com"), Mode::Fast).await.unwrap().verdict, green());
    assert_eq!(bench.changes.all(), []);
}

#[tokio::test(start_paused = true)]
async fn beyond_the_queue_fast_checks_say_overload_and_full_ones_are_turned_away() {
    let config = LookupConfig { max_in_flight: 1, max_waiting: 0, ..LookupConfig::default() };
    let bench = bench(FakeDns::silent(), config);
    let service = bench.service.clone();
    let busy =
        tokio::task::JoinSet::from_iter([async move { service.check(&host("busy.com"), Mode::Fast).await }]);
    while bench.dns.asked() == 0 {
        tokio::task::yield_now().await;
    }
    let answer = bench.service.check(&host("other.com"), Mode::Fast).await.unwrap();
    assert_eq!(answer.verdict, Verdict::Unknown { reason: UnknownReason::Overload });
    let refused = bench.service.check(&host("third.com"), Mode::Full).await;
    assert!(matches!(refused, Err(LookupError::Overloaded)));
    busy.join_all().await;
    bench.service.drain().await;
    assert_eq!(bench.dns.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn in_the_queue_fast_checks_wait_to_their_deadline_and_full_ones_for_their_turn() {
    let config = LookupConfig { max_in_flight: 1, max_waiting: 10, ..LookupConfig::default() };
    let bench = bench(FakeDns::silent(), config);
    let [first, fast, full, later] = ["first.com", "fast.com", "full.com", "later.com"].map(host);
    let (first, fast, full, later) = tokio::join!(
        bench.service.check(&first, Mode::Full),
        bench.service.check(&fast, Mode::Fast),
        bench.service.check(&full, Mode::Full),
        bench.service.check(&later, Mode::Full),
    );
    assert!(first.is_ok());
    assert_eq!(fast.unwrap().verdict, Verdict::Unknown { reason: UnknownReason::Deadline });
    assert!(full.is_err_and(|error| matches!(error, LookupError::Overloaded)), "its turn came too late");
    assert!(later.is_err_and(|error| matches!(error, LookupError::Overloaded)));
    bench.service.drain().await;
    assert_eq!(bench.dns.asked(), 4, "all were looked up in the end");
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_names_of_one_caller_do_not_hold_up_another() {
    let max_wait = Duration::from_secs(10);
    let config = LookupConfig { max_in_flight: 10, max_waiting: 20_000, max_wait, ..LookupConfig::default() };
    let bench = bench(FakeDns::silent(), config);
    let service = bench.service.clone();
    let many = (0..10_000).map(|number| {
        let service = service.clone();
        async move { service.check_for(&host(&format!("n{number}.com")), Mode::Fast, Asker(1)).await }
    });
    let many: tokio::task::JoinSet<_> = many.collect();
    while bench.dns.asked() < 10 {
        tokio::task::yield_now().await;
    }
    // Each look-up takes two seconds: in the order of their coming this one would wait for half an hour.
    let other = bench.service.check_for(&host("other.com"), Mode::Full, Asker(2)).await;
    assert!(other.is_ok(), "{other:?}");
    drop(many);
}

#[tokio::test]
async fn a_provider_that_loses_its_range_loses_its_names_at_once() {
    let bench = bench(FakeDns::with(&[("site.com", "192.0.2.7")]), LookupConfig::default());
    assert_eq!(bench.service.check(&host("site.com"), Mode::Fast).await.unwrap().verdict, green());
    bench.catalog.store(Arc::new(catalog(2, provider("Leaf", false), "198.51.100.0/24")));
    let answer = bench.service.check(&host("site.com"), Mode::Fast).await.unwrap();
    assert_eq!(answer.verdict, Verdict::Grey { reason: GreyReason::NoMatch });
    assert_eq!(answer.generation, Generation(2));
    assert_eq!(bench.verdicts.get(&host("site.com")), None);
}

#[tokio::test]
async fn a_renamed_provider_shows_its_new_name_without_a_look_up() {
    let bench = bench(FakeDns::with(&[("site.com", "192.0.2.7")]), LookupConfig::default());
    bench.service.check(&host("site.com"), Mode::Fast).await.unwrap();
    bench.catalog.store(Arc::new(catalog(2, provider("Branch", false), "192.0.2.0/24")));
    let answer = bench.service.check(&host("site.com"), Mode::Fast).await.unwrap();
    assert_eq!(answer.hosted_by.unwrap().name, "Branch");
    assert_eq!(bench.dns.asked(), 1);
}

#[tokio::test]
async fn an_archived_provider_is_grey_at_once() {
    let bench = bench(FakeDns::with(&[("site.com", "192.0.2.7")]), LookupConfig::default());
    bench.service.check(&host("site.com"), Mode::Fast).await.unwrap();
    bench.catalog.store(Arc::new(catalog(2, provider("Leaf", true), "192.0.2.0/24")));
    let answer = bench.service.check(&host("site.com"), Mode::Fast).await.unwrap();
    assert_eq!(answer.verdict, Verdict::Grey { reason: GreyReason::ProviderArchived });
}

#[tokio::test]
async fn without_a_database_the_catalog_in_memory_still_decides() {
    let bench = bench(FakeDns::with(&[("site.com", "192.0.2.7")]), LookupConfig::default());
    bench.verdicts.set_away(true);
    let answer = bench.service.check(&host("site.com"), Mode::Fast).await.unwrap();
    assert_eq!(answer.verdict, green());
    assert!(matches!(bench.service.stored(&[host("site.com")]).await, Err(LookupError::Unavailable(_))));
}

#[tokio::test]
async fn a_full_check_replaces_what_is_stored_and_says_so() {
    let bench = bench(FakeDns::with(&[("site.com", "192.0.2.7")]), LookupConfig::default());
    bench.service.check(&host("site.com"), Mode::Fast).await.unwrap();
    bench.clock.advance(chrono::TimeDelta::hours(5));
    let answer = bench.service.check(&host("site.com"), Mode::Full).await.unwrap();
    assert_eq!(answer.modified.to_rfc3339(), "2026-11-21T17:00:00+00:00");
    assert_eq!(bench.verdicts.get(&host("site.com")).unwrap().modified, answer.modified);
    assert_eq!(bench.changes.all().len(), 2);
}

#[tokio::test]
async fn stored_verdicts_come_in_the_order_of_the_question_and_cause_no_look_up() {
    let bench = bench(FakeDns::with(&[("site.com", "192.0.2.7")]), LookupConfig::default());
    bench.service.check(&host("site.com"), Mode::Fast).await.unwrap();
    let hosts = ["new.com", "site.com", "other.com", "site.com"].map(host);
    let answers = bench.service.stored(&hosts).await.unwrap();
    let found: Vec<_> =
        answers.iter().map(|answer| answer.as_ref().map(|answer| answer.host.to_string())).collect();
    assert_eq!(found, [None, Some("site.com".to_owned()), None, Some("site.com".to_owned())]);
    assert_eq!(bench.dns.asked(), 1);
}
