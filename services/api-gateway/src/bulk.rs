//! Many names at once: what the caches and the store know of them. Nothing is looked up.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use actix_web::HttpRequest;
use greencheck_core::{Answer, Check, GreyReason, Host, NamedHost, Source, Verdict};

use crate::Gateway;
use crate::limits::Exceeded;

/// Names asked for in one round trip to the cache and the lookup-service.
const AT_ONCE: usize = 10_000;

/// A name as its caller wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Typed {
    /// `None` where the caller wrote none.
    pub(crate) text: Option<String>,
    /// `None` when the text names no host.
    pub(crate) named: Option<NamedHost>,
}

impl Typed {
    pub(crate) fn new(text: String) -> Self {
        let named = NamedHost::parse(&text).ok();
        Self { text: Some(text), named }
    }

    pub(crate) fn nothing() -> Self {
        Self { text: None, named: None }
    }

    /// The name in normal form, in the script of the caller; what is no name as it was written.
    pub(crate) fn shown(&self) -> Option<Cow<'_, str>> {
        self.named.as_ref().map(NamedHost::shown).or_else(|| self.text.as_deref().map(Cow::Borrowed))
    }

    fn host(&self) -> Option<&Host> {
        self.named.as_ref().map(|named| &named.host)
    }
}

/// A name and what is known of it.
pub(crate) struct Entry {
    pub(crate) typed: Typed,
    /// Green answers, and cached grey ones.
    pub(crate) answer: Option<Arc<Answer>>,
}

/// What is known of many names, in their order.
pub(crate) struct Known {
    entries: Vec<Entry>,
    /// Whether everybody who may know something could be asked.
    pub(crate) complete: bool,
}

impl Known {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The green names, each once.
    pub(crate) fn green(&self) -> impl Iterator<Item = (&Typed, &Answer)> {
        let mut seen = HashSet::with_hasher(ahash::RandomState::new());
        self.entries.iter().filter_map(move |entry| {
            let answer = entry.answer.as_deref().filter(|answer| answer.verdict.is_green())?;
            seen.insert(&answer.host).then_some((&entry.typed, answer))
        })
    }

    /// All others, as often as they were asked for.
    pub(crate) fn others(&self) -> impl Iterator<Item = &Entry> {
        let is_green = |entry: &Entry| entry.answer.as_ref().is_some_and(|answer| answer.verdict.is_green());
        self.entries.iter().filter(move |entry| !is_green(entry))
    }
}

impl Gateway {
    /// Lets a request ask for so many names.
    pub(crate) async fn admit_many(&self, request: &HttpRequest, names: usize) -> Result<(), Exceeded> {
        self.limits.admit_names(request, names).await
    }

    /// What is known of `names`. A round trip to the cache and one to the lookup-service for ten thousand of them.
    pub(crate) async fn known(&self, names: Vec<Typed>) -> Known {
        self.complete(names.into_iter().map(|typed| Entry { typed, answer: None }).collect()).await
    }

    /// The same of `texts`, of which those that this process has an answer for are not even parsed.
    pub(crate) async fn known_texts(&self, texts: Vec<Option<String>>) -> Known {
        self.complete(texts.into_iter().map(|text| self.at_hand(text)).collect()).await
    }

    fn at_hand(&self, text: Option<String>) -> Entry {
        let Some(text) = text else { return Entry { typed: Typed::nothing(), answer: None } };
        // A text that has an answer is the canonical one of its host.
        let Some(answer) = self.ports.cache.peek(&text) else {
            return Entry { typed: Typed::new(text), answer: None };
        };
        let named = Some(NamedHost::from(answer.host.clone()));
        Entry { typed: Typed { text: Some(text), named }, answer: Some(answer) }
    }

    /// Asks for what is not at hand.
    async fn complete(&self, mut entries: Vec<Entry>) -> Known {
        let mut complete = true;
        for chunk in entries.chunks_mut(AT_ONCE) {
            let (open, hosts): (Vec<&mut Entry>, Vec<Host>) = chunk
                .iter_mut()
                .filter(|entry| entry.answer.is_none())
                .filter_map(|entry| entry.typed.host().cloned().map(|host| (entry, host)))
                .unzip();
            let (answers, everybody) = self.known_hosts(&hosts).await;
            complete &= everybody;
            for (entry, answer) in open.into_iter().zip(answers) {
                entry.answer = answer;
            }
        }
        let known = Known { entries, complete };
        if self.logs_bulk() {
            self.record_bulk(&known);
        }
        known
    }

    async fn known_hosts(&self, hosts: &[Host]) -> (Vec<Option<Arc<Answer>>>, bool) {
        if hosts.is_empty() {
            return (Vec::new(), true);
        }
        let token = self.ports.cache.begin_fill();
        let mut answers = self.ports.cache.fetch(hosts).await;
        let (places, missing): (Vec<usize>, Vec<Host>) = hosts
            .iter()
            .enumerate()
            .filter(|(place, _)| answers[*place].is_none())
            .map(|(place, host)| (place, host.clone()))
            .unzip();
        if missing.is_empty() {
            return (answers, true);
        }
        let stored = match self.ports.lookup.stored(&missing).await {
            Ok(stored) => stored,
            Err(error) => {
                self.metrics.lookup_failed(&error);
                return (answers, false);
            }
        };
        for (place, stored) in places.into_iter().zip(stored) {
            let Some(stored) = stored.map(Arc::new) else { continue };
            self.ports.cache.keep(Arc::clone(&stored), token, self.times.of(&stored.verdict)).await;
            answers[place] = Some(stored);
        }
        (answers, true)
    }

    fn record_bulk(&self, known: &Known) {
        let now = self.now();
        for entry in &known.entries {
            let Some(host) = entry.typed.host() else { continue };
            let unknown = Verdict::Grey { reason: GreyReason::NoMatch };
            let verdict = entry.answer.as_ref().map_or(unknown, |answer| answer.verdict);
            self.metrics.checked(&verdict, true, Source::Bulk);
            self.log(Check::of(host.clone(), &verdict, None, now, true, Source::Bulk));
        }
    }
}
