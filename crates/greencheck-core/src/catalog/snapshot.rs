use chrono::{DateTime, Utc};

use crate::{Host, ProviderId};

/// A row of a published snapshot as it is in the wild: every column may be missing or odd.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawSnapshotRow {
    pub url: Option<String>,
    pub hosted_by: Option<String>,
    pub hosted_by_website: Option<String>,
    pub partner: Option<String>,
    pub green: Option<i64>,
    pub hosted_by_id: Option<i64>,
    /// `2019-12-09 10:00:00`, with `T`, with a fraction, or a bare date; UTC.
    pub modified: Option<String>,
    pub created: Option<String>,
    pub listed_provider: Option<i64>,
}

/// A row of a snapshot that can be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotRow {
    pub host: Host,
    pub provider: ProviderId,
    pub hosted_by: String,
    pub hosted_by_website: String,
    pub partner: String,
    pub listed: bool,
    pub created: DateTime<Utc>,
    pub modified: DateTime<Utc>,
}

/// Why a row of a snapshot cannot be stored. Counted by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum RejectedRow {
    #[error("no name")]
    NoName,
    #[error("the name is not a host name")]
    InvalidName,
    #[error("green is not 1")]
    NotGreen,
    #[error("no provider")]
    NoProvider,
    #[error("the date cannot be read")]
    InvalidDate,
}
