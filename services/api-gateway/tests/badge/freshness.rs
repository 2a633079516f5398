use chrono::TimeDelta;
use greencheck_core::{Source, UnknownReason, VerdictKind};

use crate::stand::{Says, Stand};

const PATH: &str = "/api/v3/greencheckimage/example.com";

#[actix_web::test]
async fn a_green_badge_is_checked_again_after_an_hour() {
    let stand = Stand::new(Says::Green);
    let first = stand.get(PATH).await;
    assert_eq!(first.message(), "hosted green");
    assert_eq!(first.cache_control(), "public, max-age=3600, stale-while-revalidate=300");
    stand.world.say(Says::Grey);
    stand.world.clock.advance(TimeDelta::minutes(60));
    assert_eq!(stand.get(PATH).await.message(), "hosted green");
    assert_eq!(stand.world.lookups(), 1);
    stand.world.clock.advance(TimeDelta::seconds(1));
    let later = stand.get(PATH).await;
    assert_eq!((later.message(), later.cache_control()), ("no evidence found", "public, max-age=60"));
    assert_eq!(stand.world.lookups(), 2);
}

#[actix_web::test]
async fn a_grey_badge_is_checked_again_after_five_minutes() {
    let stand = Stand::new(Says::Grey);
    assert_eq!(stand.get(PATH).await.message(), "no evidence found");
    stand.world.say(Says::Green);
    stand.world.clock.advance(TimeDelta::seconds(299));
    assert_eq!(stand.get(PATH).await.message(), "no evidence found");
    stand.world.clock.advance(TimeDelta::seconds(2));
    assert_eq!(stand.get(PATH).await.message(), "hosted green");
}

#[actix_web::test]
async fn nocache_forces_a_check() {
    let stand = Stand::new(Says::Grey);
    stand.get(PATH).await;
    stand.world.say(Says::Green);
    stand.get(&format!("{PATH}?nocache=true")).await;
    assert_eq!(stand.world.lookups(), 1, "what was looked up just now is taken");
    stand.world.clock.advance(TimeDelta::seconds(10));
    let forced = stand.get(&format!("{PATH}?nocache=true")).await;
    assert_eq!((forced.message(), forced.cache_control()), ("hosted green", "no-cache"));
    assert_eq!(stand.get(PATH).await.message(), "hosted green");
    assert_eq!(stand.world.lookups(), 2);
}

#[actix_web::test]
async fn badges_are_in_the_log_as_badges() {
    let stand = Stand::new(Says::Green);
    stand.get(PATH).await;
    stand.get(PATH).await;
    let checks = stand.checks.all();
    assert!(checks.iter().all(|check| check.source == Source::Badge && check.verdict == VerdictKind::Green));
    assert_eq!(checks.iter().map(|check| check.cached).collect::<Vec<_>>(), [false, true]);
}

#[actix_web::test]
async fn a_name_server_that_is_silent_turns_no_badge_grey() {
    let stand = Stand::new(Says::Green);
    stand.get(PATH).await;
    stand.world.clock.advance(TimeDelta::hours(2));
    stand.world.say(Says::Unknown(UnknownReason::ServFail));
    let stands = stand.get(PATH).await;
    assert_eq!((stands.message(), stands.cache_control()), ("hosted green", "public, max-age=5"));
}

#[actix_web::test]
async fn a_name_without_a_result_is_not_looked_up_for_every_badge() {
    let stand = Stand::new(Says::Unknown(UnknownReason::NxDomain));
    for _ in 0..5 {
        assert_eq!(stand.get("/api/v4/badge/example.com.svg").await.message(), "no result");
    }
    assert_eq!(stand.world.lookups(), 1);
    stand.world.say(Says::Grey);
    stand.world.clock.advance(TimeDelta::seconds(10));
    let forced = stand.get("/api/v4/badge/example.com.svg?nocache=true").await;
    assert_eq!((forced.message(), stand.world.lookups()), ("no evidence found", 2));
}
