//! Decisions for people: a tree of what was tried, found and how long it took.

use std::fmt::{self, Write as _};

use greencheck_core::{
    Answer, CarbonTxtFinding, Explanation, Finding, Proof, ProviderRef, RangeFinding, Step, VerdictKind,
};

#[cfg(test)]
mod tests;

/// Whether the reader shows colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Colour,
    Plain,
}

/// The decision as a tree, with a line end.
pub(crate) fn tree(answer: &Answer, style: Style) -> String {
    let mut out = String::new();
    draw(&mut out, answer, style).expect("a string takes everything");
    out
}

/// The answer as one line of JSON, with a line end.
pub(crate) fn json_line(answer: &Answer) -> String {
    serde_json::to_string(answer).expect("an answer is always JSON") + "\n"
}

fn draw(out: &mut String, answer: &Answer, style: Style) -> fmt::Result {
    let kind = answer.verdict.kind();
    writeln!(out, "{}", style.verdict(kind, &title(answer)))?;
    let generation = answer.generation;
    let Some(explanation) = &answer.explanation else {
        return writeln!(
            out,
            "└─ stored {}, catalog {generation}",
            answer.modified.format("%Y-%m-%d %H:%M:%S UTC")
        );
    };
    for step in &explanation.steps {
        draw_step(out, step, style)?;
    }
    let total = style.faint(&duration(explanation.took_us));
    writeln!(out, "└─ {} in all {total}, catalog {generation}", steps(explanation))
}

fn title(answer: &Answer) -> String {
    match (&answer.explanation, &answer.hosted_by) {
        (Some(explanation), _) => printable(&explanation.because),
        (None, Some(hosted_by)) => {
            format!("{} is green, hosted by {}", answer.host, printable(&hosted_by.name))
        }
        (None, None) => format!("{} is {}", answer.host, answer.verdict.kind().as_str()),
    }
}

fn steps(explanation: &Explanation) -> String {
    match explanation.steps.len() {
        1 => "1 step".to_owned(),
        count => format!("{count} steps"),
    }
}

fn draw_step(out: &mut String, step: &Step, style: Style) -> fmt::Result {
    let (line, details) = describe(&step.finding);
    writeln!(out, "├─ {} {}", printable(&line), style.faint(&duration(step.took_us)))?;
    for (index, detail) in details.iter().enumerate() {
        let branch = if index + 1 == details.len() { "└─" } else { "├─" };
        writeln!(out, "│  {branch} {}", printable(detail))?;
    }
    Ok(())
}

/// What a step found: the step itself, and what hangs below it.
fn describe(finding: &Finding) -> (String, Vec<String>) {
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

fn duration(micros: u64) -> String {
    match micros {
        0..1_000 => format!("({micros} µs)"),
        1_000..1_000_000 => format!("({}.{} ms)", micros / 1_000, micros % 1_000 / 100),
        _ => format!("({}.{:02} s)", micros / 1_000_000, micros % 1_000_000 / 10_000),
    }
}

/// Texts come from catalogs and name servers: none may move the cursor or turn the line around.
fn printable(text: &str) -> String {
    let harmless = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if harmless(c) { c } else { '\u{fffd}' }).collect()
}

impl Style {
    fn verdict(self, kind: VerdictKind, text: &str) -> String {
        match kind {
            VerdictKind::Green => self.escaped("1;32", text),
            VerdictKind::Grey => self.escaped("1;90", text),
            VerdictKind::Unknown => self.escaped("1;33", text),
        }
    }

    fn faint(self, text: &str) -> String {
        self.escaped("2", text)
    }

    fn escaped(self, code: &str, text: &str) -> String {
        match self {
            Self::Colour => format!("\x1b[{code}m{text}\x1b[0m"),
            Self::Plain => text.to_owned(),
        }
    }
}
