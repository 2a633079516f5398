//! Answers arrive as they were given.

use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::DateTime;
use greencheck_core::ports::{Asker, Lookup, LookupError, Mode};
use greencheck_core::{
    Answer, Generation, GreyReason, HostedBy, Match, MatchKind, ProviderId, Step, UnknownReason, Verdict,
};
use greencheck_testkit::contract::cache::samples::{answer, explained, green, host};
use proptest::prelude::*;

use crate::support::{SECRET, Server, cause, soon, steps, verdict};

#[tokio::test]
async fn an_answer_arrives_as_it_was_given() {
    let server = Server::start(&[SECRET]);
    let lookup = server.caller(&[SECRET]);
    for name in ["green.example.com", "grey.example.com", "192.0.2.7", "xn--bcher-kva.example.com"] {
        let host = host(name);
        assert_eq!(soon(lookup.check(&host, Mode::Fast)).await.unwrap(), verdict(&host));
        assert_eq!(soon(lookup.check(&host, Mode::Full)).await.unwrap(), explained(verdict(&host)));
    }
    assert_eq!(soon(lookup.generation()).await.unwrap(), Generation(42));
}

#[tokio::test]
async fn who_waits_for_a_generation_says_for_which_and_how_long_and_nobody_waits_for_ever() {
    let server = Server::start(&[SECRET]);
    let lookup = server.caller(&[SECRET]);
    let asked = [
        (Generation(0), Duration::ZERO),
        (Generation(41), Duration::from_millis(1_250)),
        (Generation(u64::MAX), Duration::from_secs(u64::MAX)),
    ];
    for (known, patience) in asked {
        assert_eq!(soon(lookup.generation_after(known, patience)).await.unwrap(), Generation(42));
    }
    let longest = (Generation(u64::MAX), Duration::from_secs(30));
    assert_eq!(*server.oracle.waited.lock().unwrap(), [asked[0], asked[1], longest]);
}

#[tokio::test]
async fn a_follower_hears_of_every_step_and_gets_the_answer() {
    let server = Server::start(&[SECRET]);
    let lookup = server.caller(&[SECRET]);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let follower = || {
        let heard = Arc::clone(&heard);
        Arc::new(move |step: &Step| heard.lock().unwrap().push(step.clone()))
    };
    let name = host("green.example.com");
    let answer = soon(lookup.follow(&name, Asker(3), follower())).await.unwrap();
    assert_eq!(answer, explained(verdict(&name)));
    assert_eq!(*heard.lock().unwrap(), steps());
    let busy = soon(lookup.follow(&host("busy.example.com"), Asker(3), follower())).await;
    assert!(matches!(busy, Err(LookupError::Overloaded)), "{busy:?}");
    let away = cause(soon(lookup.follow(&host("away.example.com"), Asker(3), follower())).await);
    assert_eq!(away, "refused with status 503: the look-up service is not reachable");
}

#[tokio::test]
async fn stored_verdicts_arrive_in_order_however_many() {
    let server = Server::start(&[SECRET]);
    let lookup = server.caller(&[SECRET]);
    let name = |number| {
        if number % 3 == 0 {
            format!("green{number}.example.com")
        } else {
            format!("grey{number}.example.com")
        }
    };
    let hosts: Vec<_> = (0..10_500).map(|number| host(&name(number))).collect();
    let answers = soon(lookup.stored(&hosts)).await.unwrap();
    let expected: Vec<_> =
        hosts.iter().map(|host| Some(verdict(host)).filter(|answer| answer.verdict.is_green())).collect();
    assert!(answers == expected, "all verdicts come in the order of their names");
    assert_eq!(server.oracle.calls.load(Ordering::SeqCst), 2, "ten thousand names are one question");
    assert_eq!(soon(lookup.stored(&[])).await.unwrap(), []);
}

fn verdicts() -> impl Strategy<Value = Verdict> {
    let green =
        (any::<i64>(), proptest::sample::select(MatchKind::ALL.to_vec()), any::<Option<i64>>()).prop_map(
            |(provider, kind, id)| Verdict::Green { provider: ProviderId(provider), by: Match { kind, id } },
        );
    let grey = [GreyReason::NoMatch, GreyReason::ProviderArchived, GreyReason::NotAllAddresses];
    let unknown = [
        UnknownReason::NxDomain,
        UnknownReason::NoAddress,
        UnknownReason::ServFail,
        UnknownReason::Timeout,
        UnknownReason::Offline,
        UnknownReason::OriginUnavailable,
        UnknownReason::Deadline,
        UnknownReason::Overload,
        UnknownReason::Unavailable,
    ];
    prop_oneof![
        green,
        proptest::sample::select(grey.to_vec()).prop_map(|reason| Verdict::Grey { reason }),
        proptest::sample::select(unknown.to_vec()).prop_map(|reason| Verdict::Unknown { reason }),
    ]
}

prop_compose! {
    fn answers()(
        verdict in verdicts(),
        texts in any::<[String; 3]>(),
        listed: bool,
        documented: bool,
        micros in -62_000_000_000_000_000_i64..250_000_000_000_000_000,
        address: Option<IpAddr>,
        generation: u64,
        with_explanation: bool,
    ) -> Answer {
        let plain = answer("www.example.com", verdict);
        let [name, website, partner] = texts;
        let documents = green("www.example.com").hosted_by.and_then(|by| by.documents.clone()).filter(|_| documented);
        let hosted_by = verdict.provider().map(|id| Arc::new(HostedBy { id, name, website, partner, listed, documents }));
        let modified = DateTime::from_timestamp_micros(micros).unwrap();
        let answer = Answer { hosted_by, modified, address, generation: Generation(generation), ..plain };
        if with_explanation { explained(answer) } else { answer }
    }
}

proptest! {
    #[test]
    fn every_answer_is_read_back_byte_for_byte(answer in answers()) {
        let bytes = serde_json::to_vec(&answer).unwrap();
        let read: Answer = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(&read, &answer);
        prop_assert_eq!(serde_json::to_vec(&read).unwrap(), bytes);
    }
}
