use chrono::NaiveDate;
use greencheck_core::Document;
use greencheck_core::directory::Evidence;

use crate::pages::links::href;

/// A piece of evidence as pages show it.
pub(crate) struct Proof {
    pub(crate) title: String,
    pub(crate) href: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) valid_from: Option<NaiveDate>,
    pub(crate) valid_to: Option<NaiveDate>,
    pub(crate) is_expired: bool,
}

impl Proof {
    pub(crate) fn of(evidence: &Evidence, today: NaiveDate) -> Self {
        Self {
            title: evidence.title.clone(),
            href: href(&evidence.link),
            kind: evidence.kind.clone(),
            valid_from: evidence.valid_from,
            valid_to: evidence.valid_to,
            is_expired: evidence.is_expired(today),
        }
    }

    /// Evidence of which no dates are at hand.
    pub(super) fn of_document(document: &Document) -> Self {
        Self {
            title: document.title.clone(),
            href: href(&document.link),
            kind: None,
            valid_from: None,
            valid_to: None,
            is_expired: false,
        }
    }
}
