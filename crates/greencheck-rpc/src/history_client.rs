use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greencheck_core::history::{CatalogChange, Grounds};
use greencheck_core::ports::{CheckHistory, HistoryError};
use greencheck_core::{Check, Host};

use crate::Caller;
use crate::caller::Patience;
use crate::wire::{
    self, CatalogChangesQuestion, CatalogChangesReply, RecentChecksQuestion, RecentChecksReply,
};

/// The history that the lookup-service's database has, asked over HTTP.
#[derive(Debug)]
pub struct RemoteHistory {
    caller: Caller,
}

impl RemoteHistory {
    /// The log is read in four windows, each at most two seconds.
    const LOG: Patience = Patience { limit: Duration::from_secs(9), again: false };

    pub fn new(caller: Caller) -> Self {
        Self { caller }
    }
}

#[async_trait]
impl CheckHistory for RemoteHistory {
    async fn recent_checks(
        &self,
        host: &Host,
        limit: u16,
        now: DateTime<Utc>,
    ) -> Result<Vec<Check>, HistoryError> {
        let question = RecentChecksQuestion { host: host.clone(), limit, now };
        let reply: RecentChecksReply = self.caller.ask(wire::RECENT_CHECKS, &question, Self::LOG).await?;
        Ok(reply.checks)
    }

    async fn catalog_changes(
        &self,
        grounds: &Grounds,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        limit: u16,
    ) -> Result<Vec<CatalogChange>, HistoryError> {
        let question = CatalogChangesQuestion { grounds: grounds.clone(), from, to, limit };
        let reply: CatalogChangesReply = self.caller.ask(wire::CATALOG_CHANGES, &question, Self::LOG).await?;
        Ok(reply.changes)
    }
}
