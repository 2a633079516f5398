use std::sync::Arc;

use chrono::DateTime;
use greencheck_core::{
    Asn, CarbonTxtFinding, Finding, Generation, GreyReason, Host, HostedBy, Match, MatchKind, Proof,
    ProviderId, ProviderRef, RangeFinding, UnknownReason, Verdict,
};

use super::*;

fn provider(name: &str, archived: bool) -> ProviderRef {
    ProviderRef { id: ProviderId(1), name: name.to_owned(), archived }
}

fn step(finding: Finding, took_us: u64) -> Step {
    Step { finding, took_us }
}

fn answer(verdict: Verdict, because: &str, steps: Vec<Step>) -> Answer {
    Answer {
        host: Host::parse("studio.example.com").unwrap(),
        verdict,
        hosted_by: None,
        modified: DateTime::from_timestamp(1_795_233_811, 0).unwrap(),
        address: None,
        generation: Generation(7),
        explanation: Some(Arc::new(Explanation { because: because.to_owned(), steps, took_us: 12_345 })),
    }
}

fn green() -> Verdict {
    Verdict::Green { provider: ProviderId(2), by: Match { kind: MatchKind::Range, id: Some(3) } }
}

#[test]
fn a_green_decision_is_drawn_with_every_step() {
    let range = |id, start: &str, end: &str, name| RangeFinding {
        id,
        start: start.parse().unwrap(),
        end: end.parse().unwrap(),
        provider: provider(name, false),
    };
    let address = "192.0.2.70".parse().unwrap();
    let ranges = vec![
        range(3, "192.0.2.64", "192.0.2.79", "Appleyard Servers"),
        range(1, "192.0.2.0", "192.0.2.127", "Fernwind Hosting"),
    ];
    let steps = vec![
        step(Finding::LinkedDomain { provider: None }, 4),
        step(Finding::Addresses { addresses: vec![address], problem: None }, 1_234),
        step(Finding::CarbonTxt(CarbonTxtFinding::default()), 11_000),
        step(Finding::Ranges { address, ranges }, 12),
    ];
    let answer = answer(green(), "studio.example.com is green, hosted by Appleyard Servers", steps);
    assert_eq!(
        tree(&answer, Style::Plain),
        "\
studio.example.com is green, hosted by Appleyard Servers
├─ linked domain: of no provider (4 µs)
├─ addresses: 192.0.2.70 (1.2 ms)
├─ carbon.txt: none (11.0 ms)
├─ ranges around 192.0.2.70 (12 µs)
│  ├─ 192.0.2.64-192.0.2.79 of Appleyard Servers (range 3)
│  └─ 192.0.2.0-192.0.2.127 of Fernwind Hosting (range 1)
└─ 4 steps in all (12.3 ms), catalog 7
"
    );
}

#[test]
fn a_grey_decision_shows_what_did_not_count() {
    let address = "198.51.100.210".parse().unwrap();
    let carbon_txt = CarbonTxtFinding {
        location: Some("https://oatmill.example.com/carbon.txt".to_owned()),
        found_at: Some(Host::parse("studio.example.com").unwrap()),
        provider: Some(provider("Oatmill Systems", false)),
        proof: Some(Proof::Missing),
        problem: None,
    };
    let origin = Finding::Origin {
        address,
        asns: vec![Asn::new(64502).unwrap()],
        provider: Some(provider("Old Foundry Hosting", true)),
        problem: None,
    };
    let steps = vec![
        step(Finding::CarbonTxt(carbon_txt), 900),
        step(Finding::Ranges { address, ranges: Vec::new() }, 1),
        step(origin, 2_000_000),
    ];
    let grey = Verdict::Grey { reason: GreyReason::ProviderArchived };
    assert_eq!(
        tree(&answer(grey, "studio.example.com is grey", steps), Style::Plain),
        "\
studio.example.com is grey
├─ carbon.txt: https://oatmill.example.com/carbon.txt (900 µs)
│  ├─ found at studio.example.com
│  ├─ of Oatmill Systems
│  └─ not proven, so it does not count: publish the TXT record gwf-domain-hash, or have the domain linked
├─ ranges around 198.51.100.210: none (1 µs)
├─ AS of 198.51.100.210: AS64502 of Old Foundry Hosting, archived (2.00 s)
└─ 3 steps in all (12.3 ms), catalog 7
"
    );
}

#[test]
fn an_unknown_name_says_what_failed() {
    let steps = vec![step(
        Finding::Addresses {
            addresses: Vec::new(),
            problem: Some("no name server answered in time".to_owned()),
        },
        5,
    )];
    let unknown = Verdict::Unknown { reason: UnknownReason::Timeout };
    assert_eq!(
        tree(&answer(unknown, "studio.example.com is unknown", steps), Style::Plain),
        "\
studio.example.com is unknown
├─ addresses: no name server answered in time (5 µs)
└─ 1 step in all (12.3 ms), catalog 7
"
    );
}

#[test]
fn a_stored_verdict_has_no_steps() {
    let hosted_by = HostedBy {
        id: ProviderId(2),
        name: "Appleyard Servers".to_owned(),
        website: String::new(),
        partner: String::new(),
        listed: true,
        documents: None,
    };
    let stored =
        Answer { explanation: None, hosted_by: Some(Arc::new(hosted_by)), ..answer(green(), "", Vec::new()) };
    assert_eq!(
        tree(&stored, Style::Plain),
        "studio.example.com is green, hosted by Appleyard Servers\n└─ stored 2026-11-21 04:03:31 UTC, catalog 7\n"
    );
}

#[test]
fn colours_mark_the_verdict_and_fade_the_times() {
    let drawn = tree(
        &answer(green(), "green", vec![step(Finding::LinkedDomain { provider: None }, 4)]),
        Style::Colour,
    );
    assert_eq!(
        drawn,
        "\x1b[1;32mgreen\x1b[0m\n├─ linked domain: of no provider \x1b[2m(4 µs)\x1b[0m\n\
         └─ 1 step in all \x1b[2m(12.3 ms)\x1b[0m, catalog 7\n"
    );
}

#[test]
fn texts_from_outside_do_not_reach_the_terminal_raw() {
    let finding = CarbonTxtFinding {
        location: Some("https://a.example.com/\x1b]0;owned\x07".to_owned()),
        ..Default::default()
    };
    let drawn = tree(
        &answer(green(), "evil \u{202e}name\r", vec![step(Finding::CarbonTxt(finding), 1)]),
        Style::Plain,
    );
    assert!(!drawn.contains(['\x1b', '\x07', '\r', '\u{202e}']), "{drawn:?}");
    assert!(drawn.contains("│  └─ of no provider in the catalog\n"), "{drawn}");
}

#[test]
fn json_is_one_line_with_the_whole_explanation() {
    let line = json_line(&answer(green(), "green", vec![step(Finding::LinkedDomain { provider: None }, 4)]));
    let value: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line.matches('\n').count(), 1);
    assert_eq!(value["verdict"], "green");
    assert_eq!(value["explanation"]["steps"][0]["step"], "linked_domain");
}
