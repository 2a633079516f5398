//! Badges that are answered without being routed.

use actix_web::test::TestRequest;
use chrono::TimeDelta;
use rstest::rstest;

use crate::stand::{Says, Stand};

#[rstest]
#[case("/greencheckimage/example.com")]
#[case("/api/v3/greencheckimage/example.com")]
#[case("/api/v4/badge/example.com.svg")]
#[case("/api/v4/badge/example.com.webp")]
#[actix_web::test]
async fn what_is_at_hand_is_what_the_routes_say(#[case] path: &str) {
    let stand = Stand::new(Says::Green);
    for _ in 0..2 {
        stand.get(path).await;
    }
    let tag = stand.get(path).await.headers["etag"].clone();
    let variants: [&[(&str, &str)]; 3] =
        [&[], &[("if-none-match", &tag)], &[("origin", "https://example.org"), ("accept", "image/avif")]];
    for headers in variants {
        let request = || {
            let with = |request: TestRequest, header: &(&str, &str)| request.insert_header(*header);
            headers.iter().fold(TestRequest::get().uri(path), with).to_request()
        };
        let (at_hand, routed) = (stand.at_hand(&request()).unwrap(), stand.routed(request()).await);
        assert_eq!(
            (at_hand.status, at_hand.headers, at_hand.body),
            (routed.status, routed.headers, routed.body)
        );
    }
}

#[actix_web::test]
async fn choices_are_left_to_the_routes() {
    let stand = Stand::new(Says::Green);
    for _ in 0..3 {
        stand.get("/api/v4/badge/example.com.svg?theme=dark").await;
    }
    let request = TestRequest::get().uri("/api/v4/badge/example.com.svg?theme=dark");
    assert!(stand.at_hand(&request.to_request()).is_none());
}

#[actix_web::test]
async fn what_is_not_drawn_yet_is_left_to_the_routes() {
    let stand = Stand::new(Says::Green);
    stand.get("/api/v3/greencheckimage/example.com").await;
    let other = TestRequest::get().uri("/greencheckimage/example.com");
    assert!(stand.at_hand(&other.to_request()).is_none());
    let words = TestRequest::get().uri("/api/v4/badge/example.com.json");
    assert!(stand.at_hand(&words.to_request()).is_none());
}

#[actix_web::test]
async fn an_old_verdict_is_not_shown() {
    let stand = Stand::new(Says::Grey);
    let request = || TestRequest::get().uri("/api/v3/greencheckimage/example.com").to_request();
    for _ in 0..2 {
        stand.routed(request()).await;
    }
    assert!(stand.at_hand(&request()).is_some());
    stand.world.clock.advance(TimeDelta::seconds(301));
    assert!(stand.at_hand(&request()).is_none());
}
