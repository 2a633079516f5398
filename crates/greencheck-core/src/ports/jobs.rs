use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use super::StoreError;
use crate::ProviderId;

/// What is known of recurring work, and who does it.
#[async_trait]
pub trait JobRecords: Send + Sync {
    /// All jobs that have run, by name.
    async fn job_records(&self) -> Result<Vec<JobRecord>, StoreError>;

    /// Takes or keeps what is called `name` for `holder` until `until`; false while somebody else has it.
    async fn hold_lease(
        &self,
        name: &str,
        holder: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// Gives up what `holder` holds, so that the next need not wait.
    async fn drop_lease(&self, name: &str, holder: &str) -> Result<(), StoreError>;

    /// Says that `holder` begins the job, or goes on with it; false while somebody else runs it, which is believed until the
    /// time that they gave. A holder is one run: the next one has another name.
    async fn begin_job(
        &self,
        name: &str,
        holder: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// Says how the job of `holder` ended.
    async fn end_job(&self, name: &str, holder: &str, end: &JobEnd) -> Result<(), StoreError>;
}

/// How the last run of a job went.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRecord {
    pub name: String,
    /// When a run began that has not ended.
    pub running_since: Option<DateTime<Utc>>,
    /// Until when that run is believed to go on.
    pub busy_until: Option<DateTime<Utc>>,
    /// How the last run that ended went.
    pub last: Option<JobEnd>,
    /// When a run ended well.
    pub succeeded_at: Option<DateTime<Utc>>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub struct JobEnd {
    pub at: DateTime<Utc>,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// What was done, or why it failed.
    pub outcome: Result<String, String>,
}

/// Messages to operators that are kept until they are sent.
#[async_trait]
pub trait NoticeBox: Send + Sync {
    /// Keeps those whose ids are new; how many that were.
    async fn file_notices(&self, notices: &[Notice], now: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Takes at most `limit` that are due, oldest first; they are due again at `again` unless they are settled before.
    async fn take_due_notices(
        &self,
        now: DateTime<Utc>,
        again: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<DueNotice>, StoreError>;

    /// Says what became of one.
    async fn settle_notice(&self, id: &str, fate: &NoticeFate) -> Result<(), StoreError>;

    /// Forgets those that were created before `before`; how many.
    async fn sweep_notices(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Evidence of providers that are not archived whose last day is between `first` and `last`, soonest first.
    async fn expiring_evidence(
        &self,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<ExpiringEvidence>, StoreError>;
}

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoticeKind {
    /// A job failed.
    JobFailed,
    /// A snapshot lost so many rows that it was not published.
    SnapshotShrunk,
    /// Evidence of a provider ends soon.
    EvidenceExpires,
    /// Somebody tries out whether messages arrive.
    Test,
}

impl NoticeKind {
    pub const ALL: [Self; 4] = [Self::JobFailed, Self::SnapshotShrunk, Self::EvidenceExpires, Self::Test];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::JobFailed => "job_failed",
            Self::SnapshotShrunk => "snapshot_shrunk",
            Self::EvidenceExpires => "evidence_expires",
            Self::Test => "test",
        }
    }

    /// The kind that [`as_str`](Self::as_str) spells as `text`.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for NoticeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A message to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The same for the same event and recipient.
    pub id: String,
    pub kind: NoticeKind,
    /// An address of mail or of a webhook.
    pub recipient: String,
    pub subject: String,
    pub body: String,
}

/// A message that is to be sent now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueNotice {
    pub notice: Notice,
    pub created: DateTime<Utc>,
    /// How often it was tried before.
    pub attempts: u32,
}

/// What became of an attempt to send a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeFate {
    Sent(DateTime<Utc>),
    Retry { at: DateTime<Utc>, error: String },
    GivenUp { error: String },
}

/// Evidence that ends soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiringEvidence {
    pub id: i64,
    pub title: String,
    pub provider: ProviderId,
    pub provider_name: String,
    /// The last day on which it counts.
    pub last_day: NaiveDate,
}
