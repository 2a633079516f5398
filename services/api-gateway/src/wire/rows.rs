//! Answers about many names.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use greencheck_core::{Answer, ProviderId};
use serde::{Serialize, Serializer};

use super::{Green, NaiveTime, green};
use crate::bulk::Known;

/// The eight keys of a name that is not green, beside green ones.
#[derive(Serialize)]
struct NotGreen<'a> {
    /// `null` where the caller wrote `null`.
    url: Option<Cow<'a, str>>,
    hosted_by: Option<&'static str>,
    hosted_by_website: Option<&'static str>,
    listed_provider: bool,
    partner: Option<&'static str>,
    green: bool,
    hosted_by_id: Option<ProviderId>,
    modified: NaiveTime,
}

impl<'a> NotGreen<'a> {
    fn new(url: Option<Cow<'a, str>>, modified: DateTime<Utc>) -> Self {
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
    NotGreen(NotGreen<'a>),
}

/// The body of a list: the green names only.
pub(crate) fn list(known: &Known) -> Vec<u8> {
    let shown = shown(known);
    array(shown.len(), shown.iter().filter_map(|(name, answer)| green(name, answer)))
}

/// The body of a multi check: the green names, then all others. `now` is the time of those of which nothing is known.
pub(crate) fn multi(known: &Known, now: DateTime<Utc>) -> Vec<u8> {
    let shown = shown(known);
    let greens = shown.iter().filter_map(|(name, answer)| green(name, answer)).map(Row::Green);
    let others = known.others().map(|entry| {
        let modified = entry.answer.as_ref().map_or(now, |answer| answer.modified);
        Row::NotGreen(NotGreen::new(entry.typed.shown(), modified))
    });
    array(known.len(), greens.chain(others))
}

fn shown(known: &Known) -> Vec<(Cow<'_, str>, &Answer)> {
    known.green().map(|(typed, answer)| (typed.shown().unwrap_or_default(), answer)).collect()
}

/// What a row takes, about.
const ROW_BYTES: usize = 400;

fn array(about: usize, rows: impl Iterator<Item = impl Serialize>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(2 + about * ROW_BYTES);
    let mut serializer = serde_json::Serializer::new(&mut bytes);
    serializer.collect_seq(rows).expect("these bodies have no map with other keys than text");
    bytes
}
