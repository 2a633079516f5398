//! Answers to keep, all of generation 7.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta};
use greencheck_core::{
    Answer, Document, Explanation, Finding, Generation, GreyReason, Host, HostedBy, Match, MatchKind,
    ProviderId, Step, UnknownReason, Verdict,
};

pub fn host(name: &str) -> Host {
    Host::parse(name).expect("the name of a sample is a host")
}

/// A name that a range makes green.
pub fn green(name: &str) -> Answer {
    let provider = ProviderId(595);
    let verdict = Verdict::Green { provider, by: Match { kind: MatchKind::Range, id: Some(42) } };
    let documents =
        vec![Document { id: 1, title: "Certificate".to_owned(), link: "https://green.example/1".to_owned() }];
    let hosted_by = HostedBy {
        id: provider,
        name: "Green Hosting".to_owned(),
        website: "www.green.example".to_owned(),
        partner: String::new(),
        listed: true,
        documents: Some(documents),
    };
    let address = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    Answer { hosted_by: Some(Arc::new(hosted_by)), address: Some(address), ..answer(name, verdict) }
}

pub fn grey(name: &str) -> Answer {
    answer(name, Verdict::Grey { reason: GreyReason::NoMatch })
}

pub fn unknown(name: &str, reason: UnknownReason) -> Answer {
    answer(name, Verdict::Unknown { reason })
}

/// The barest answer with this verdict.
pub fn answer(name: &str, verdict: Verdict) -> Answer {
    Answer {
        host: host(name),
        verdict,
        hosted_by: None,
        modified: DateTime::from_timestamp_micros(1_790_000_000_123_456)
            .expect("the time of a sample is a time"),
        address: None,
        generation: Generation(7),
        explanation: None,
    }
}

/// The answer as another catalog decides.
pub fn under(generation: u64, answer: Answer) -> Answer {
    Answer { generation: Generation(generation), ..answer }
}

/// The answer of a look-up that ended so many seconds later.
pub fn later(seconds: i64, answer: Answer) -> Answer {
    Answer { modified: answer.modified + TimeDelta::seconds(seconds), ..answer }
}

/// The answer as a full look-up gives it.
pub fn explained(answer: Answer) -> Answer {
    let finding = Finding::Addresses { addresses: answer.address.into_iter().collect(), problem: None };
    let explanation = Explanation {
        because: format!("{} is an example", answer.host),
        steps: vec![Step { finding, took_us: 120 }],
        took_us: 345,
    };
    Answer { explanation: Some(Arc::new(explanation)), ..answer }
}
