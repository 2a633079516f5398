//! The tables of the page and of the report.

use std::fmt::Write as _;

use chrono::{DateTime, SecondsFormat, Utc};
use greencheck_core::history::{CatalogChange, Effect, Entry};
use greencheck_core::{Answer, Check, Match};

use super::{Findings, Network, Past};

/// What was kept beside what is true now.
pub(super) struct Compared {
    pub(super) label: &'static str,
    pub(super) kept: String,
    pub(super) fresh: String,
    pub(super) differs: bool,
}

pub(super) struct Logged {
    pub(super) at: String,
    pub(super) verdict: &'static str,
    pub(super) provider: String,
    pub(super) matched: String,
    pub(super) address: String,
    pub(super) answered_by: &'static str,
    pub(super) source: &'static str,
}

pub(super) struct Changed {
    pub(super) at: String,
    pub(super) what: String,
}

impl Findings {
    /// Verdict by verdict; empty when nothing was kept or nothing was found out.
    pub(super) fn compared(&self) -> Vec<Compared> {
        let (Some(kept), Ok(fresh)) = (&self.kept, &self.fresh) else { return Vec::new() };
        let row = |label, of: &dyn Fn(&Answer) -> String, matters: bool| {
            let (kept, fresh) = (of(&kept.answer), of(fresh));
            let differs = matters && kept != fresh;
            Compared { label, kept, fresh, differs }
        };
        vec![
            row("Verdict", &|answer| answer.verdict.kind().as_str().to_owned(), true),
            row("Reason", &|answer| answer.verdict.reason().to_owned(), true),
            row("Provider", &|answer| self.provider_of(answer), true),
            row("Match", &|answer| answer.verdict.matched().map(entry_id).unwrap_or_default(), true),
            row("Address", &|answer| answer.address.map(|it| it.to_string()).unwrap_or_default(), true),
            row("Looked up", &|answer| time(answer.modified), false),
            row("Catalog generation", &|answer| answer.generation.to_string(), false),
        ]
    }

    fn provider_of(&self, answer: &Answer) -> String {
        answer.verdict.provider().map(|id| self.provider_name(id)).unwrap_or_default()
    }

    /// Whose network the name is in, as registered.
    pub(super) fn registered(&self) -> Option<String> {
        let Network { address, registered } = self.network.as_ref()?;
        let network = match registered {
            Err(error) => return Some(format!("{address}: {error}")),
            Ok(None) => return Some(format!("{address}: no registry knows its network")),
            Ok(Some(network)) => network,
        };
        let words = [&network.name, &network.handle, &network.country].into_iter().flatten().cloned();
        let origins = network.origins.iter().map(ToString::to_string);
        let words: Vec<_> = words.chain(origins).collect();
        let (first, last, registry) = (network.first, network.last, &network.registry);
        Some(format!("{address}: {} ({first}-{last}, told by {registry})", words.join(", ")))
    }

    pub(super) fn logged(&self) -> Vec<Logged> {
        let checks = self.history.iter().flat_map(|past| &past.checks);
        checks.map(|check| self.log_row(check)).collect()
    }

    fn log_row(&self, check: &Check) -> Logged {
        Logged {
            at: time(check.checked_at),
            verdict: check.verdict.as_str(),
            provider: check.provider.map(|id| self.provider_name(id)).unwrap_or_default(),
            matched: check.matched.map(entry_id).unwrap_or_default(),
            address: check.address.map(|address| address.to_string()).unwrap_or_default(),
            answered_by: if check.cached { "kept verdict" } else { "look-up" },
            source: check.source.as_str(),
        }
    }

    pub(super) fn changed(&self) -> Vec<Changed> {
        self.history.iter().flat_map(|past| &past.changes).map(change).collect()
    }

    /// Since when the verdict is what it is, as far as the log tells.
    pub(super) fn since(&self) -> String {
        match &self.history {
            Err(error) => format!("Not known: {error}."),
            Ok(_) if self.fresh.is_err() => "Not known: the name could not be looked up now.".to_owned(),
            Ok(Past { checks, .. }) if checks.is_empty() => {
                "The log of the last month has no check of this name.".to_owned()
            }
            Ok(Past { flip: None, checks, .. }) => match checks.len() {
                1 => "The one check in the log says the same.".to_owned(),
                many => format!("The last {many} checks in the log all say the same."),
            },
            Ok(Past { flip: Some(flip), changes, .. }) => {
                let reason = if changes.is_empty() {
                    "No entry of the catalog that could decide on this name changed then: its addresses, its \
                     carbon.txt or the networks around it did."
                } else {
                    "What changed in the catalog then and could decide on this name:"
                };
                let (from, after, until) = (flip.from.as_str(), time(flip.after), time(flip.until));
                format!("It was {from} at {after} and is what it is since {until} at the latest. {reason}")
            }
        }
    }
}

fn change(change: &CatalogChange) -> Changed {
    let provider = match &change.provider_name {
        Some(name) => format!("{name} ({})", change.provider),
        None => format!("provider {}, which is gone", change.provider),
    };
    let (counts, no_longer) = match &change.entry {
        Entry::Provider => ("was brought back", "was archived"),
        _ => ("counts from then on", "counts no longer"),
    };
    let effect = match change.effect {
        Effect::Added => counts,
        Effect::Removed => no_longer,
    };
    let mut what = String::new();
    match &change.entry {
        Entry::Range(range) => write!(what, "range {range} of "),
        Entry::Asn { asn } => write!(what, "{asn} of "),
        Entry::LinkedDomain { domain } => write!(what, "linked domain {domain} of "),
        Entry::CarbonTxt { domain } => write!(what, "carbon.txt of {domain} of "),
        Entry::Provider => Ok(()),
    }
    .expect("a string takes everything");
    Changed { at: time(change.changed_at), what: format!("{what}{provider} {effect}") }
}

fn entry_id(by: Match) -> String {
    let kind = by.kind.as_str().replace('_', " ");
    by.id.map_or_else(|| kind.clone(), |id| format!("{kind} {id}"))
}

pub(super) fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
