use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use actix_web::rt;
use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::stand::{Reply, Says, Stand};

const PATH: &str = "/api/v3/greencheckimage/example.com";

async fn until(stand: &Stand, path: &str, wanted: impl Fn(&Reply) -> bool) -> Reply {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let reply = stand.get(path).await;
        if wanted(&reply) {
            return reply;
        }
        assert!(Instant::now() < deadline, "it is still {:?}", reply.body);
    }
}

#[actix_web::test]
async fn a_slow_check_goes_on_behind_a_neutral_card() {
    let mut stand = Stand::new(Says::GreenWhenReleased);
    let stop = CancellationToken::new();
    let late = rt::spawn(stand.late_checks().run(stop.clone()));
    let early = stand.get(PATH).await;
    assert_eq!((early.message(), early.cache_control()), ("no result yet", "public, max-age=5"));
    assert!(stand.counted("greencheck_badge_late_checks_total") > 0.0);
    stand.world.release();
    let done = until(&stand, PATH, |reply| reply.message() == "hosted green").await;
    assert_eq!(done.cache_control(), "public, max-age=3600, stale-while-revalidate=300");
    assert_eq!(stand.world.lookups(), 1, "the first look-up answered");
    stop.cancel();
    late.await.unwrap().unwrap();
}

#[actix_web::test]
async fn while_a_name_is_checked_again_its_old_verdict_stands() {
    let mut stand = Stand::new(Says::Grey);
    let late = stand.late_checks();
    stand.get(PATH).await;
    stand.world.clock.advance(TimeDelta::hours(1));
    stand.world.say(Says::GreenWhenReleased);
    let old = stand.get(PATH).await;
    assert_eq!((old.message(), old.cache_control()), ("no evidence found", "public, max-age=5"));
    drop(late);
}

#[actix_web::test]
async fn without_a_lookup_service_a_new_name_has_no_result_yet() {
    for says in [Says::Away, Says::Busy] {
        let stand = Stand::new(says);
        let reply = stand.get(PATH).await;
        assert_eq!((reply.message(), reply.cache_control()), ("no result yet", "public, max-age=5"));
        stand.world.say(Says::Green);
        assert_eq!(stand.get(PATH).await.message(), "hosted green");
    }
}

#[actix_web::test]
async fn without_a_renderer_a_card_drawn_beforehand_stands_in() {
    let stand = Stand::new(Says::Green);
    stand.world.renderer_away.store(true, Ordering::SeqCst);
    let png = stand.get(PATH).await;
    assert_eq!((png.status.as_u16(), png.cache_control()), (200, "public, max-age=30"));
    assert_eq!(png.headers["content-type"], "image/png");
    assert!(png.body.starts_with(b"\x89PNG"));
    let svg = stand.get("/api/v4/badge/example.com.svg?theme=dark").await;
    assert_eq!(svg.headers["content-type"], "image/svg+xml");
    assert!(svg.body.starts_with(b"<svg "));
    assert!((stand.counted("greencheck_badge_fallbacks_total") - 2.0).abs() < f64::EPSILON);
    stand.world.renderer_away.store(false, Ordering::SeqCst);
    assert_eq!(stand.get(PATH).await.message(), "hosted green");
}
