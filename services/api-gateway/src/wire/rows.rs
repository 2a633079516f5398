//! Answers about many names.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use greencheck_core::{Answer, ProviderId};
use serde::Serialize;

use super::green::GreenRows;
use super::{NaiveTime, hosted_green, write_json};
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

/// The body of a list: the green names only.
pub(crate) fn list(known: &Known) -> Vec<u8> {
    let greens: Vec<_> = greens(known).collect();
    let mut rows = Rows::with_capacity(greens.len());
    rows.add_greens(&greens);
    rows.finish()
}

/// The body of a multi check: the green names, then all others. `now` is the time of those of which nothing is known.
pub(crate) fn multi(known: &Known, now: DateTime<Utc>) -> Vec<u8> {
    let greens: Vec<_> = greens(known).collect();
    let mut rows = Rows::with_capacity(known.len());
    rows.add_greens(&greens);
    for entry in known.others() {
        let modified = entry.answer.as_ref().map_or(now, |answer| answer.modified);
        rows.add_other(entry.typed.shown(), modified);
    }
    rows.finish()
}

/// The same of names that were written as they are kept.
pub(crate) fn multi_at_hand(answers: &[Arc<Answer>]) -> Vec<u8> {
    let mut seen = HashSet::with_capacity_and_hasher(answers.len(), ahash::RandomState::new());
    let (greens, others): (Vec<_>, Vec<_>) = answers
        .iter()
        .map(|answer| (Cow::Borrowed(answer.host.as_str()), &**answer))
        .partition(|(_, answer)| answer.verdict.is_green());
    let once: Vec<_> = greens.into_iter().filter(|(host, _)| seen.insert(host.clone())).collect();
    let mut rows = Rows::with_capacity(answers.len());
    rows.add_greens(&once);
    for (host, answer) in others {
        rows.add_other(Some(host), answer.modified);
    }
    rows.finish()
}

/// The green names, as they are shown.
fn greens(known: &Known) -> impl Iterator<Item = (Cow<'_, str>, &Answer)> {
    known.green().map(|(typed, answer)| (typed.shown().unwrap_or_default(), answer))
}

/// What a row takes, about.
const ROW_BYTES: usize = 400;

/// An array of rows.
struct Rows<'a> {
    bytes: Vec<u8>,
    greens: GreenRows<'a>,
}

impl<'a> Rows<'a> {
    fn with_capacity(rows: usize) -> Self {
        let mut bytes = Vec::with_capacity(2 + rows * ROW_BYTES);
        bytes.push(b'[');
        Self { bytes, greens: GreenRows::default() }
    }

    fn add_greens(&mut self, greens: &[(Cow<'_, str>, &'a Answer)]) {
        for (shown, answer) in greens {
            let Some(provider) = hosted_green(answer) else { continue };
            self.separate();
            self.greens.write(&mut self.bytes, shown, answer.modified, provider);
        }
    }

    fn add_other(&mut self, url: Option<Cow<'_, str>>, modified: DateTime<Utc>) {
        self.separate();
        write_json(&mut self.bytes, &NotGreen::new(url, modified));
    }

    fn separate(&mut self) {
        if self.bytes.len() > 1 {
            self.bytes.push(b',');
        }
    }

    fn finish(mut self) -> Vec<u8> {
        self.bytes.push(b']');
        self.bytes
    }
}
