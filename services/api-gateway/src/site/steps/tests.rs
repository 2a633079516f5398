use greencheck_core::{Host, ProviderId};

use super::*;

fn leaf(archived: bool) -> ProviderRef {
    ProviderRef { id: ProviderId(1), name: "Leaf".to_owned(), archived }
}

fn shown(finding: Finding) -> (Outcome, String) {
    let step = ShownStep::of(&Step { finding, took_us: 5 });
    (step.outcome, format!("{}: {} {}", step.title, step.text, step.details.join(" ")))
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn a_linked_domain_matches_unless_its_provider_is_archived() {
    let (outcome, text) = shown(Finding::LinkedDomain { provider: Some(leaf(false)) });
    assert_eq!((outcome, text.contains("Leaf has confirmed")), (Outcome::Match, true));
    let (outcome, text) = shown(Finding::LinkedDomain { provider: Some(leaf(true)) });
    assert_eq!((outcome, text.contains("archived")), (Outcome::Nothing, true));
    assert_eq!(shown(Finding::LinkedDomain { provider: None }).0, Outcome::Nothing);
}

#[test]
fn a_carbon_txt_matches_when_its_provider_agrees() {
    let finding = |proof, provider, problem: Option<&str>| {
        Finding::CarbonTxt(CarbonTxtFinding {
            location: Some("https://leaf.example/carbon.txt".to_owned()),
            found_at: Some(Host::parse("example.com").unwrap()),
            provider,
            proof,
            problem: problem.map(str::to_owned),
        })
    };
    let (outcome, text) = shown(finding(Some(Proof::DomainHash), Some(leaf(false)), None));
    assert_eq!(outcome, Outcome::Match);
    assert!(
        text.contains("https://leaf.example/carbon.txt Found at example.com. It is that of Leaf."),
        "{text}"
    );
    let (outcome, text) = shown(finding(Some(Proof::Missing), Some(leaf(false)), None));
    assert_eq!((outcome, text.contains("gwf-domain-hash")), (Outcome::Nothing, true));
    assert_eq!(shown(finding(None, None, None)).0, Outcome::Nothing);
    let silent =
        CarbonTxtFinding { problem: Some("no answer in time".to_owned()), ..CarbonTxtFinding::default() };
    assert_eq!(shown(Finding::CarbonTxt(silent)).0, Outcome::Silent);
    assert_eq!(shown(Finding::CarbonTxt(CarbonTxtFinding::default())).0, Outcome::Nothing);
}

#[test]
fn silence_is_no_verdict() {
    let problem = Some("no name server answered".to_owned());
    let (outcome, text) = shown(Finding::Addresses { addresses: Vec::new(), problem: problem.clone() });
    assert_eq!((outcome, text.trim()), (Outcome::Silent, "Addresses: No name server answered."));
    let origin = Finding::Origin { address: ip("192.0.2.1"), asns: Vec::new(), provider: None, problem };
    assert_eq!(shown(origin).0, Outcome::Silent);
}

#[test]
fn ranges_and_origins_say_whose_they_are() {
    let range = |archived| RangeFinding {
        id: 7,
        start: ip("192.0.2.0"),
        end: ip("192.0.2.255"),
        provider: leaf(archived),
    };
    let (outcome, text) = shown(Finding::Ranges { address: ip("192.0.2.1"), ranges: vec![range(false)] });
    assert_eq!(outcome, Outcome::Match);
    assert!(text.ends_with("192.0.2.0 to 192.0.2.255: Leaf (range 7)"), "{text}");
    let archived = Finding::Ranges { address: ip("192.0.2.1"), ranges: vec![range(true)] };
    assert_eq!(shown(archived).0, Outcome::Nothing);
    let origin = |asns: Vec<Asn>, provider| Finding::Origin {
        address: ip("192.0.2.1"),
        asns,
        provider,
        problem: None,
    };
    let asn = Asn::new(64_500).unwrap();
    let (outcome, text) = shown(origin(vec![asn], Some(leaf(false))));
    assert_eq!(
        (outcome, text.contains("AS64500 announces it, which is registered by Leaf.")),
        (Outcome::Match, true)
    );
    assert!(shown(origin(vec![asn], None)).1.contains("no provider has registered"));
    assert!(shown(origin(Vec::new(), None)).1.contains("Nobody announces"));
}
