use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{Source, StoreError};
use crate::history::{CatalogChange, Grounds};
use crate::{Check, Host};

/// What was answered and what changed, for support: seldom asked, and never by a check.
#[async_trait]
pub trait CheckHistory: Send + Sync {
    /// The newest checks of `host` in the log, at most `limit`, the newest first. Looks back from `now` until it has enough,
    /// a month at most, and stops earlier when looking further would take long.
    async fn recent_checks(
        &self,
        host: &Host,
        limit: u16,
        now: DateTime<Utc>,
    ) -> Result<Vec<Check>, HistoryError>;

    /// The changes of the catalog from `from` to `to` that touch `grounds`, at most `limit`, the newest first.
    async fn catalog_changes(
        &self,
        grounds: &Grounds,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        limit: u16,
    ) -> Result<Vec<CatalogChange>, HistoryError>;
}

/// Why there is no history.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    #[error("the log of checks is not reachable")]
    Unavailable(#[source] Source),
}

impl From<StoreError> for HistoryError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}
