use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use greencheck_core::carbon_txt::Resolved;
use greencheck_core::ports::{CarbonTxtResults, StoreError, Verdicts};
use greencheck_core::{Host, StoredVerdict};

/// Stored verdicts in a map. May be switched off, as a database that is away.
#[derive(Default)]
pub struct MemoryVerdicts {
    rows: Mutex<BTreeMap<Host, StoredVerdict>>,
    claims: Mutex<BTreeMap<Host, DateTime<Utc>>>,
    away: AtomicBool,
}

impl MemoryVerdicts {
    pub fn get(&self, host: &Host) -> Option<StoredVerdict> {
        self.rows().get(host).cloned()
    }

    /// From now on every call fails, or works again.
    pub fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<Host, StoredVerdict>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn present(&self) -> Result<(), StoreError> {
        if self.away.load(Ordering::SeqCst) {
            Err(StoreError::Unavailable("switched off".into()))
        } else {
            Ok(())
        }
    }
}

#[async_trait]
impl Verdicts for MemoryVerdicts {
    async fn by_hosts(&self, hosts: &[Host]) -> Result<Vec<StoredVerdict>, StoreError> {
        self.present()?;
        let rows = self.rows();
        Ok(hosts.iter().filter_map(|host| rows.get(host).cloned()).collect())
    }

    async fn put(&self, verdict: &StoredVerdict) -> Result<(), StoreError> {
        self.present()?;
        self.rows().insert(verdict.host.clone(), verdict.clone());
        Ok(())
    }

    async fn remove(&self, host: &Host) -> Result<bool, StoreError> {
        self.present()?;
        Ok(self.rows().remove(host).is_some())
    }

    async fn claim_refresh(
        &self,
        host: &Host,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        self.present()?;
        if !self.rows().contains_key(host) {
            return Ok(false);
        }
        let mut claims = self.claims.lock().unwrap_or_else(PoisonError::into_inner);
        let lease = TimeDelta::from_std(lease).expect("a lease fits");
        let taken = claims.get(host).is_some_and(|claimed| now.signed_duration_since(*claimed) < lease);
        if !taken {
            claims.insert(host.clone(), now);
        }
        Ok(!taken)
    }
}

/// Keeps no carbon.txt result.
#[async_trait]
impl CarbonTxtResults for MemoryVerdicts {
    async fn get(&self, _: &Host, _: DateTime<Utc>) -> Result<Option<Resolved>, StoreError> {
        Ok(None)
    }

    async fn put(&self, _: &Host, _: &Resolved, _: DateTime<Utc>) -> Result<(), StoreError> {
        Ok(())
    }

    async fn sweep(&self, _: DateTime<Utc>) -> Result<u64, StoreError> {
        Ok(0)
    }
}
