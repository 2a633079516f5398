//! Findings in sentences, for terminals, pages and reports.

use super::{CarbonTxtFinding, Finding, Proof, ProviderRef, RangeFinding};

/// A finding for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The step and what it found.
    pub line: String,
    /// What belongs below it.
    pub details: Vec<String>,
}

impl Finding {
    /// The finding for people.
    pub fn told(&self) -> Told {
        let (line, details) = tell(self);
        Told { line, details }
    }
}

fn tell(finding: &Finding) -> (String, Vec<String>) {
    match finding {
        Finding::LinkedDomain { provider: None } => ("linked domain: of no provider".to_owned(), Vec::new()),
        Finding::LinkedDomain { provider: Some(provider) } => {
            (format!("linked domain: of {}", name(provider)), Vec::new())
        }
        Finding::CarbonTxt(finding) => carbon_txt(finding),
        Finding::Addresses { addresses, problem } => {
            let listed: Vec<_> = addresses.iter().map(ToString::to_string).collect();
            let found = problem.clone().unwrap_or_else(|| listed.join(", "));
            (format!("addresses: {found}"), Vec::new())
        }
        Finding::Ranges { address, ranges } => {
            let found = if ranges.is_empty() { ": none" } else { "" };
            (format!("ranges around {address}{found}"), ranges.iter().map(range).collect())
        }
        Finding::Origin { address, asns, provider, problem } => {
            let listed: Vec<_> = asns.iter().map(ToString::to_string).collect();
            let found = match (problem, listed.is_empty()) {
                (Some(problem), _) => problem.clone(),
                (None, true) => "announced by nobody".to_owned(),
                (None, false) => listed.join(", "),
            };
            let owner = match provider {
                Some(provider) => format!(" of {}", name(provider)),
                None if asns.is_empty() => String::new(),
                None => " of no provider".to_owned(),
            };
            (format!("AS of {address}: {found}{owner}"), Vec::new())
        }
    }
}

fn carbon_txt(finding: &CarbonTxtFinding) -> (String, Vec<String>) {
    let mut details = Vec::new();
    if let Some(host) = &finding.found_at {
        details.push(format!("found at {host}"));
    }
    match (&finding.provider, finding.proof) {
        (Some(provider), Some(proof)) => {
            details.push(format!("of {}", name(provider)));
            details.push(proof_in_words(proof).to_owned());
        }
        _ if finding.location.is_some() => details.push("of no provider in the catalog".to_owned()),
        _ => {}
    }
    let location = match (&finding.location, &finding.problem) {
        (Some(location), _) => location.clone(),
        (None, Some(_)) => "not found out".to_owned(),
        (None, None) => "none".to_owned(),
    };
    details.extend(finding.problem.clone());
    (format!("carbon.txt: {location}"), details)
}

fn proof_in_words(proof: Proof) -> &'static str {
    match proof {
        Proof::OwnHost => "proven: it lies on the name itself",
        Proof::DomainHash => "proven by a domain hash",
        Proof::Delegation => "not proven, and no proof is asked for",
        Proof::Missing => {
            "not proven, so it does not count: publish the TXT record gwf-domain-hash, or have the domain linked"
        }
    }
}

fn range(range: &RangeFinding) -> String {
    format!("{}-{} of {} (range {})", range.start, range.end, name(&range.provider), range.id)
}

fn name(provider: &ProviderRef) -> String {
    let archived = if provider.archived { ", archived" } else { "" };
    format!("{}{archived}", provider.name)
}

/// A duration in microseconds, with a unit that suits it.
pub fn took(micros: u64) -> String {
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..1_000_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        _ => format!("{}.{:02} s", micros / 1_000_000, micros % 1_000_000 / 10_000),
    }
}

/// `text` without what may move a cursor or turn a line around: texts come from catalogs and name servers.
pub fn printable(text: &str) -> String {
    let harmless = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if harmless(c) { c } else { '\u{fffd}' }).collect()
}
