//! Answers about many names.

use chrono::{DateTime, Utc};
use greencheck_core::{Answer, ProviderId};
use serde::Serialize;

use super::{Green, NaiveTime, green, json};
use crate::bulk::Known;

/// The eight keys of a name that is not green, beside green ones.
#[derive(Serialize)]
struct NotGreen {
    /// `null` where the caller wrote `null`.
    url: Option<String>,
    hosted_by: Option<&'static str>,
    hosted_by_website: Option<&'static str>,
    listed_provider: bool,
    partner: Option<&'static str>,
    green: bool,
    hosted_by_id: Option<ProviderId>,
    modified: NaiveTime,
}

impl NotGreen {
    fn new(url: Option<String>, modified: DateTime<Utc>) -> Self {
        Self {
            url,
            hosted_by: None,
            hosted_by_website: None,
            listed_provider: false,
            partner: None,
            green: false,
            hosted_by_id: None,
            modified: NaiveTime(modified),
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Row<'a> {
    Green(Green<'a>),
    NotGreen(NotGreen),
}

/// The body of a list: the green names only.
pub(crate) fn list(known: &Known) -> Vec<u8> {
    let shown = shown(known);
    let rows: Vec<_> = shown.iter().filter_map(|(name, answer)| green(name, answer)).collect();
    json(&rows)
}

/// The body of a multi check: the green names, then all others. `now` is the time of those of which nothing is known.
pub(crate) fn multi(known: &Known, now: DateTime<Utc>) -> Vec<u8> {
    let shown = shown(known);
    let greens = shown.iter().filter_map(|(name, answer)| green(name, answer)).map(Row::Green);
    let others = known.others().map(|entry| {
        let modified = entry.answer.as_ref().map_or(now, |answer| answer.modified);
        Row::NotGreen(NotGreen::new(entry.typed.shown(), modified))
    });
    json(&greens.chain(others).collect::<Vec<_>>())
}

fn shown(known: &Known) -> Vec<(String, &Answer)> {
    known.green().map(|(typed, answer)| (typed.shown().unwrap_or_default(), answer)).collect()
}
