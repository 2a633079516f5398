//! When the directory is read again, and when not.

use chrono::TimeDelta;
use greencheck_core::ProviderId;

use crate::support::{Bench, bench};

/// Everything that is kept for each generation.
const PATHS: [&str; 8] = [
    "/data/directory/",
    "/data/directory/?callback=f",
    "/directory/",
    "/directory/?country=DK",
    "/data/hostingprovider/1",
    "/api/v4/providers/1",
    "/data/hostingprovider/99",
    "/api/v3/ip-to-co2intensity/192.0.2.7",
];

async fn get_all(bench: &Bench) {
    for path in PATHS {
        bench.get(path).await;
    }
}

fn rename(bench: &Bench, name: &str) {
    let name = name.to_owned();
    bench.generation.advance(bench.directory.change(|content| content.providers[0].profile.name = name));
}

async fn shows(bench: &Bench, path: &str, name: &str) -> bool {
    bench.get(path).await.body.contains(name)
}

#[actix_web::test]
async fn a_generation_is_read_once() {
    let bench = bench();
    get_all(&bench).await;
    // The listing, the CO2 rows, and two providers of which one does not exist.
    assert_eq!(bench.directory.asked(), 4);
    for _ in 0..3 {
        get_all(&bench).await;
    }
    assert_eq!(bench.directory.asked(), 4);
}

#[actix_web::test]
async fn a_change_shows_as_soon_as_its_generation_is_known() {
    let bench = bench();
    get_all(&bench).await;
    rename(&bench, "Renamed");
    for path in ["/data/directory/", "/directory/", "/data/hostingprovider/1", "/api/v4/providers/1"] {
        assert!(shows(&bench, path, "Renamed").await, "{path}");
    }
    assert_eq!(bench.directory.asked(), 6);
}

#[actix_web::test]
async fn many_at_once_cause_one_reading() {
    let bench = bench();
    let gets = (0..50).map(|_| bench.get("/directory/"));
    let answers = futures_util::future::join_all(gets).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(bench.directory.asked(), 1);
}

#[actix_web::test]
async fn what_was_read_before_is_shown_while_nothing_can_be_read() {
    let bench = bench();
    get_all(&bench).await;
    bench.directory.set_away(true);
    rename(&bench, "Renamed");
    let asked = bench.directory.asked();
    for _ in 0..5 {
        assert!(shows(&bench, "/directory/", "Green Host").await);
        assert!(shows(&bench, "/data/directory/", "Green Host").await);
    }
    assert_eq!(bench.directory.asked(), asked + 1, "nobody hammers at a service that is away");
    bench.directory.set_away(false);
    bench.clock.advance(TimeDelta::seconds(1));
    assert!(shows(&bench, "/directory/", "Renamed").await);
}

#[actix_web::test]
async fn a_database_that_is_behind_is_asked_again_a_moment_later() {
    let bench = bench();
    let next = bench.directory.change(|_| ());
    bench.generation.advance(greencheck_core::Generation(next.0 + 1));
    assert!(shows(&bench, "/directory/", "Green Host").await);
    assert!(shows(&bench, "/directory/", "Green Host").await);
    assert_eq!(bench.directory.asked(), 1);
    rename(&bench, "Renamed");
    bench.clock.advance(TimeDelta::seconds(1));
    assert!(shows(&bench, "/directory/", "Renamed").await);
    assert_eq!(bench.directory.asked(), 2);
}

#[actix_web::test]
async fn evidence_expires_at_midnight_without_a_change_of_the_catalog() {
    let bench = bench();
    assert!(shows(&bench, "/directory/", "valid until <time datetime=\"2027-12-31\">").await);
    bench.clock.advance(TimeDelta::days(500));
    assert!(shows(&bench, "/directory/", "expired on <time datetime=\"2027-12-31\">").await);
    assert_eq!(bench.directory.asked(), 1);
}

#[actix_web::test]
async fn pages_of_providers_are_always_as_the_catalog_is() {
    let bench = bench();
    bench.get("/api/v4/providers?limit=1").await;
    bench.directory.change(|content| content.providers[0].profile.id = ProviderId(11));
    assert!(!shows(&bench, "/api/v4/providers?limit=1", "Green Host").await);
}
