use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greencheck_core::history::{CatalogChange, Grounds};
use greencheck_core::ports::{CheckHistory, HistoryError};
use greencheck_core::{Check, Host};

/// A log and a history in memory. May be switched off, as a database that is away.
#[derive(Default)]
pub struct MemoryHistory {
    pub checks: Mutex<Vec<Check>>,
    pub changes: Mutex<Vec<CatalogChange>>,
    away: AtomicBool,
}

impl MemoryHistory {
    /// From now on every call fails, or works again.
    pub fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    fn ask(&self) -> Result<(), HistoryError> {
        if self.away.load(Ordering::SeqCst) {
            return Err(HistoryError::Unavailable("switched off".into()));
        }
        Ok(())
    }
}

#[async_trait]
impl CheckHistory for MemoryHistory {
    async fn recent_checks(
        &self,
        host: &Host,
        limit: u16,
        _: DateTime<Utc>,
    ) -> Result<Vec<Check>, HistoryError> {
        self.ask()?;
        let checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        let mut newest: Vec<_> = checks.iter().filter(|check| check.host == *host).cloned().collect();
        newest.sort_by_key(|check| std::cmp::Reverse(check.checked_at));
        newest.truncate(limit.into());
        Ok(newest)
    }

    async fn catalog_changes(
        &self,
        grounds: &Grounds,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        limit: u16,
    ) -> Result<Vec<CatalogChange>, HistoryError> {
        self.ask()?;
        let changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<_> = changes
            .iter()
            .filter(|change| (from..=to).contains(&change.changed_at) && grounds.touched_by(change))
            .cloned()
            .collect();
        found.sort_by_key(|change| std::cmp::Reverse(change.changed_at));
        found.truncate(limit.into());
        Ok(found)
    }
}
