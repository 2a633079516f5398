use std::hash::{BuildHasher, RandomState};

use chrono::NaiveDateTime;
use greencheck_core::ports::LAST_CHECKED_LAG;
use quick_cache::sync::Cache;

/// Names of which a process knows when they were last asked for, at some 40 bytes each.
const NAMES: usize = 100_000;

/// What this process knows of `last_checked_at`: names that everybody asks for are not looked for with every batch.
pub(in crate::postgres) struct Freshened {
    /// By the hash of the name. Two names of one hash would cost one of them an hour.
    times: Cache<u64, NaiveDateTime>,
    hasher: RandomState,
}

impl Freshened {
    pub(in crate::postgres) fn new() -> Self {
        Self { times: Cache::new(NAMES), hasher: RandomState::new() }
    }

    /// Whether what is stored is so close to `checked_at` that it stays.
    pub(super) fn covers(&self, host: &str, checked_at: NaiveDateTime) -> bool {
        let stored = self.times.get(&self.hasher.hash_one(host));
        stored.is_some_and(|stored| checked_at - stored < LAST_CHECKED_LAG)
    }

    pub(super) fn learn(&self, host: &str, stored: NaiveDateTime) {
        self.times.insert(self.hasher.hash_one(host), stored);
    }
}
