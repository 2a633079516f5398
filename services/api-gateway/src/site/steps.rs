//! The steps of a look-up in words.

use std::net::IpAddr;

use greencheck_core::{Asn, CarbonTxtFinding, Finding, Proof, ProviderRef, RangeFinding, Step};

use super::words::duration;

#[cfg(test)]
mod tests;

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It makes the name green.
    Match,
    /// It found what later steps need.
    Found,
    Nothing,
    /// Whoever was asked did not answer.
    Silent,
}

impl Outcome {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Found => "found",
            Self::Nothing => "nothing",
            Self::Silent => "silent",
        }
    }

    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Found => "found",
            Self::Nothing => "no match",
            Self::Silent => "no answer",
        }
    }
}

/// A step as pages show it.
pub(crate) struct ShownStep {
    pub(crate) title: String,
    pub(crate) outcome: Outcome,
    pub(crate) text: String,
    pub(crate) details: Vec<String>,
    pub(crate) took: String,
}

impl ShownStep {
    pub(crate) fn of(step: &Step) -> Self {
        let took = duration(step.took_us);
        let (title, outcome, text, details) = match &step.finding {
            Finding::LinkedDomain { provider } => linked_domain(provider.as_ref()),
            Finding::CarbonTxt(finding) => carbon_txt(finding),
            Finding::Addresses { addresses, problem } => self::addresses(addresses, problem.as_deref()),
            Finding::Ranges { address, ranges } => self::ranges(*address, ranges),
            Finding::Origin { address, asns, provider, problem } => {
                origin(*address, asns, provider.as_ref(), problem.as_deref())
            }
        };
        Self { title, outcome, text, details, took }
    }
}

type Words = (String, Outcome, String, Vec<String>);

fn linked_domain(provider: Option<&ProviderRef>) -> Words {
    let text = match provider {
        None => "No provider has confirmed this name as one that it hosts.".to_owned(),
        Some(provider) => format!("{} has confirmed that it hosts this name.", name(provider)),
    };
    ("Linked domain".to_owned(), by(provider), text, Vec::new())
}

fn carbon_txt(finding: &CarbonTxtFinding) -> Words {
    let mut details = Vec::new();
    details.extend(finding.found_at.as_ref().map(|host| format!("Found at {host}.")));
    details.extend(finding.provider.as_ref().map(|provider| format!("It is that of {}.", name(provider))));
    details.extend(finding.proof.map(|proof| in_words(proof).to_owned()));
    details.extend(finding.problem.clone());
    let (outcome, text) = match (&finding.location, &finding.provider, finding.proof) {
        (None, ..) if finding.problem.is_some() => {
            (Outcome::Silent, "It could not be found out whether the name points to one.".to_owned())
        }
        (None, ..) => (Outcome::Nothing, "The name points to none.".to_owned()),
        (Some(location), None, _) => {
            (Outcome::Nothing, format!("{location}, which is of no provider that is known here."))
        }
        (Some(location), Some(_), Some(Proof::Missing) | None) => (Outcome::Nothing, location.clone()),
        (Some(location), provider, _) => (by(provider.as_ref()), location.clone()),
    };
    ("carbon.txt".to_owned(), outcome, text, details)
}

fn in_words(proof: Proof) -> &'static str {
    match proof {
        Proof::OwnHost => "The provider agrees: the file lies on the name itself.",
        Proof::DomainHash => "The provider agrees: the name carries the domain hash.",
        Proof::Delegation => "Nothing shows that the provider agrees; no proof is asked for here.",
        Proof::Missing => {
            "Nothing shows that the provider agrees, so it does not count: publish the TXT record gwf-domain-hash, or have the \
             domain linked."
        }
    }
}

fn addresses(addresses: &[IpAddr], problem: Option<&str>) -> Words {
    let title = "Addresses".to_owned();
    if let Some(problem) = problem {
        return (title, Outcome::Silent, sentence(problem), Vec::new());
    }
    let listed: Vec<_> = addresses.iter().map(ToString::to_string).collect();
    (title, Outcome::Found, listed.join(", "), Vec::new())
}

fn ranges(address: IpAddr, ranges: &[RangeFinding]) -> Words {
    let title = format!("Ranges around {address}");
    if ranges.is_empty() {
        let text = "No provider has registered a range with this address.".to_owned();
        return (title, Outcome::Nothing, text, Vec::new());
    }
    let is_green = ranges.iter().any(|range| !range.provider.archived);
    let details = ranges.iter().map(|range| {
        format!("{} to {}: {} (range {})", range.start, range.end, name(&range.provider), range.id)
    });
    let text = "The narrowest range of an active provider decides.".to_owned();
    (title, if is_green { Outcome::Match } else { Outcome::Nothing }, text, details.collect())
}

fn origin(address: IpAddr, asns: &[Asn], provider: Option<&ProviderRef>, problem: Option<&str>) -> Words {
    let title = format!("AS number of {address}");
    if let Some(problem) = problem {
        return (title, Outcome::Silent, sentence(problem), Vec::new());
    }
    let listed: Vec<_> = asns.iter().map(ToString::to_string).collect();
    let listed = listed.join(", ");
    let text = match provider {
        _ if asns.is_empty() => "Nobody announces this address.".to_owned(),
        Some(provider) => format!("{listed} announces it, which is registered by {}.", name(provider)),
        None => format!("{listed} announces it, which no provider has registered."),
    };
    (title, by(provider), text, Vec::new())
}

fn by(provider: Option<&ProviderRef>) -> Outcome {
    if provider.is_some_and(|provider| !provider.archived) { Outcome::Match } else { Outcome::Nothing }
}

fn name(provider: &ProviderRef) -> String {
    let archived = if provider.archived { " (archived: makes nothing green)" } else { "" };
    format!("{}{archived}", provider.name)
}

/// A message as a sentence.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}
