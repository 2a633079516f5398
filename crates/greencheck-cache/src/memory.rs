//! Answers kept in this process.

mod changes;
mod due;
mod providers;
#[cfg(test)]
mod tests;

use std::borrow::Borrow;
use std::cmp::max;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use greencheck_core::ports::{AnswerCache, FillToken};
use greencheck_core::{Answer, CurrentGeneration, Generation, Host, Verdict};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use self::changes::RecentChanges;
use self::due::Due;
use self::providers::SharedProviders;
use crate::metrics::Refusal;
use crate::redis::Found;
use crate::{CacheConfig, Metrics};

/// Answers kept in this process, the most useful ones when there is no room for all.
///
/// A hit costs one look into a sharded table and allocates nothing.
pub struct MemoryCache {
    entries: Cache<Name, Entry, EntryWeight>,
    began: Instant,
    generation: CurrentGeneration,
    /// Held while an answer is kept or a change is noted, never while one is looked for: between the question whether a
    /// name has changed and the keeping of its answer it cannot change.
    fills: Mutex<Fills>,
    due: Due,
    /// Milliseconds before its end from which on an answer is due.
    due_within: u64,
    config: CacheConfig,
    metrics: Metrics,
}

#[derive(Default)]
struct Fills {
    changes: RecentChanges,
    providers: SharedProviders,
}

/// The name that an answer is about, without a place of its own: a million of them count.
struct Name(Arc<Answer>);

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        self.0.host.as_str()
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.host.hash(state);
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.0.host == other.0.host
    }
}

impl Eq for Name {}

#[derive(Clone)]
struct Entry {
    answer: Arc<Answer>,
    ends: Ends,
}

/// When an entry ends, in milliseconds after the cache began, and, as its lowest bit, whether it might be kept longer than
/// this process may: a field of its own would cost each entry eight bytes.
#[derive(Clone, Copy)]
struct Ends(u64);

impl Ends {
    fn new(millis: u64, renewable: bool) -> Self {
        Self(millis << 1 | u64::from(renewable))
    }

    fn millis(self) -> u64 {
        self.0 >> 1
    }

    fn is_renewable(self) -> bool {
        self.0 & 1 == 1
    }
}

impl MemoryCache {
    pub fn new(config: &CacheConfig, metrics: &Metrics) -> Self {
        let least = (config.max_bytes / max(config.max_entries, 1)).max(1);
        let expected = usize::try_from(config.max_entries).unwrap_or(usize::MAX);
        Self {
            entries: Cache::with_weighter(expected, config.max_bytes, EntryWeight { least }),
            began: Instant::now(),
            generation: CurrentGeneration::default(),
            fills: Mutex::default(),
            due: Due::default(),
            due_within: u64::try_from(config.local_ttl.as_millis() / 4).unwrap_or(u64::MAX),
            config: config.clone(),
            metrics: metrics.clone(),
        }
    }

    pub(crate) fn find(&self, canonical: &str) -> Option<Arc<Answer>> {
        self.find_at(canonical, || self.millis(Instant::now()))
    }

    fn find_at(&self, canonical: &str, now: impl FnOnce() -> u64) -> Option<Arc<Answer>> {
        let Entry { answer, ends } = self.entries.get(canonical)?;
        let left = ends.millis().saturating_sub(now());
        if left == 0 || answer.generation < self.generation.get() {
            return None;
        }
        if left < self.due_within && ends.is_renewable() {
            self.due.note(&answer);
        }
        Some(answer)
    }

    /// Keeps what another process has kept, if it is of the generation that this one knows of.
    pub(crate) fn take(&self, found: &Found, token: FillToken) -> Option<Arc<Answer>> {
        if found.answer.generation != token.generation {
            return None;
        }
        self.fill(&found.answer, token, found.remaining)
    }

    /// Answers that were asked for in the last quarter of their life and may live longer elsewhere; waits until there are some.
    pub(crate) async fn gathered(&self) -> Vec<Arc<Answer>> {
        self.due.gathered().await
    }

    /// Lets those of `answers` that are still here end in their time: whoever renews them has been told.
    pub(crate) fn let_end(&self, answers: &[Arc<Answer>]) {
        let fills = self.lock();
        for answer in answers {
            let kept = self.entries.peek(answer.host.as_str());
            if let Some(Entry { answer: kept, ends }) = kept.filter(|kept| Arc::ptr_eq(&kept.answer, answer))
            {
                let entry = Entry { answer: Arc::clone(&kept), ends: Ends::new(ends.millis(), false) };
                self.entries.insert(Name(kept), entry);
            }
        }
        drop(fills);
        self.due.remove(answers);
    }

    pub(crate) fn token(&self) -> FillToken {
        FillToken { generation: self.generation.get(), started: Instant::now() }
    }

    /// Keeps the answer unless something has changed since `token` was taken; what it kept, and `None` if it did not.
    pub(crate) fn fill(&self, answer: &Arc<Answer>, token: FillToken, ttl: Duration) -> Option<Arc<Answer>> {
        self.put(answer, ttl, |fills, now| {
            if token.generation != self.generation.get() || answer.generation < token.generation {
                return Err(Refusal::Generation);
            }
            if fills.changes.allow(&answer.host, token.started, now) { Ok(()) } else { Err(Refusal::Changed) }
        })
    }

    /// Keeps the answer of a slow check and refuses fills that began before; what it kept, and `None` if it did not.
    pub(crate) fn supersede(&self, answer: &Arc<Answer>, ttl: Duration) -> Option<Arc<Answer>> {
        self.put(answer, ttl, |fills, now| {
            fills.changes.record(answer.host.clone(), now);
            Ok(())
        })
    }

    pub(crate) fn drop_entry(&self, host: &Host) {
        let mut fills = self.lock();
        fills.changes.record(host.clone(), Instant::now());
        self.entries.remove(host.as_str());
    }

    fn put(
        &self,
        answer: &Arc<Answer>,
        ttl: Duration,
        admit: impl FnOnce(&mut Fills, Instant) -> Result<(), Refusal>,
    ) -> Option<Arc<Answer>> {
        if is_momentary(answer) {
            return self.refuse(Refusal::Momentary);
        }
        let renewable = ttl > self.config.local_ttl;
        let ttl = self.config.jittered(ttl.min(self.config.local_ttl));
        let mut fills = self.lock();
        let now = Instant::now();
        if let Err(reason) = admit(&mut fills, now) {
            return self.refuse(reason);
        }
        let kept = self.entries.peek(answer.host.as_str());
        // What has ended says nothing any more: it would refuse all answers after it, and none would be at hand again.
        let kept = kept.filter(|kept| kept.ends.millis() > self.millis(now));
        if kept.is_some_and(|kept| is_newer(&kept.answer, answer)) {
            return self.refuse(Refusal::Older);
        }
        let answer = fills.providers.share(answer);
        let ends = Ends::new(self.millis(now + ttl), renewable);
        let entry = Entry { answer: Arc::clone(&answer), ends };
        self.entries.insert(Name(Arc::clone(&answer)), entry);
        drop(fills);
        self.metrics.entries.set(i64::try_from(self.entries.len()).unwrap_or(i64::MAX));
        Some(answer)
    }

    fn millis(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.began).as_millis()).unwrap_or(u64::MAX)
    }

    fn refuse(&self, reason: Refusal) -> Option<Arc<Answer>> {
        self.metrics.refuse(reason);
        None
    }

    fn lock(&self) -> MutexGuard<'_, Fills> {
        // Nothing in it can be left half done.
        self.fills.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl AnswerCache for MemoryCache {
    fn peek(&self, canonical: &str) -> Option<Arc<Answer>> {
        let found = self.find(canonical);
        if found.is_some() {
            self.metrics.memory.hits.inc();
        }
        found
    }

    fn peek_all(&self, canonicals: &[&str]) -> Option<Vec<Arc<Answer>>> {
        let now = self.millis(Instant::now());
        let found: Option<Vec<_>> =
            canonicals.iter().map(|canonical| self.find_at(canonical, || now)).collect();
        // Those of a question that is asked again are counted then.
        self.metrics.memory.hits.inc_by(found.as_ref().map_or(0, Vec::len) as u64);
        found
    }

    async fn fetch(&self, hosts: &[Host]) -> Vec<Option<Arc<Answer>>> {
        let found: Vec<_> = hosts.iter().map(|host| self.peek(host.as_str())).collect();
        self.metrics.memory.misses.inc_by(found.iter().filter(|answer| answer.is_none()).count() as u64);
        found
    }

    fn begin_fill(&self) -> FillToken {
        self.token()
    }

    async fn keep(&self, answer: Arc<Answer>, token: FillToken, ttl: Duration) {
        self.fill(&answer, token, ttl);
    }

    async fn replace(&self, answer: Arc<Answer>, ttl: Duration) {
        self.supersede(&answer, ttl);
    }

    async fn forget(&self, host: &Host) {
        self.drop_entry(host);
    }

    async fn due(&self) -> Vec<Host> {
        let answers = self.gathered().await;
        self.let_end(&answers);
        self.metrics.count_due(0, answers.len());
        answers.iter().map(|answer| answer.host.clone()).collect()
    }

    fn advance(&self, generation: Generation) {
        self.generation.advance(generation);
    }
}

/// Counts an entry by its approximate bytes, and never as less than its share of `max_bytes`: one limit holds both.
#[derive(Clone)]
struct EntryWeight {
    least: u64,
}

impl EntryWeight {
    /// What an entry costs besides the text of its name: the answer behind its `Arc`, the slot and its neighbours in the
    /// table. The provider is shared by all its names.
    const FIXED: usize = size_of::<Answer>() + size_of::<(Name, Entry)>() + 80;
}

impl Weighter<Name, Entry> for EntryWeight {
    fn weight(&self, name: &Name, _: &Entry) -> u64 {
        self.least.max((Self::FIXED + name.0.host.as_str().len()) as u64)
    }
}

fn is_momentary(answer: &Answer) -> bool {
    matches!(answer.verdict, Verdict::Unknown { reason } if reason.is_momentary())
}

/// Whether `kept` saw a later catalog, or a later look-up under the same one.
fn is_newer(kept: &Answer, answer: &Answer) -> bool {
    // What comes back from a store has no nanoseconds.
    let saw = |answer: &Answer| (answer.generation, answer.modified.timestamp_micros());
    saw(kept) > saw(answer)
}
