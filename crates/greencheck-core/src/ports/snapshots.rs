use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;

use super::{Source, StoreError};
use crate::catalog::SnapshotName;
use crate::{Host, StoredVerdict};

/// All stored green verdicts, for a snapshot.
#[async_trait]
pub trait GreenVerdicts: Send + Sync {
    /// How many there are.
    async fn green_count(&self) -> Result<u64, StoreError>;

    /// The next of them in the order of their names, at most `max`: those after `after`, or the first. None at the end.
    /// Verdicts that are stored meanwhile may or may not be among them; none comes twice.
    async fn green_page(&self, after: Option<&Host>, max: usize) -> Result<Vec<StoredVerdict>, StoreError>;
}

/// Published snapshots of green domains.
#[async_trait]
pub trait Snapshots: Send + Sync {
    /// All of them, newest first. May be some seconds old.
    async fn list(&self) -> Result<Vec<PublishedSnapshot>, SnapshotsError>;

    /// The bytes of one; `None` if there is none of that name.
    async fn open(&self, name: SnapshotName) -> Result<Option<SnapshotBody>, SnapshotsError>;
}

/// A snapshot that anybody may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedSnapshot {
    pub name: SnapshotName,
    pub bytes: u64,
    pub published: DateTime<Utc>,
    /// Where it can be downloaded; `None`: whoever lists it hands it out.
    pub link: Option<String>,
}

/// A snapshot, piece by piece.
pub struct SnapshotBody {
    /// Bytes in all.
    pub size: u64,
    pub published: DateTime<Utc>,
    pub pieces: BoxStream<'static, Result<Bytes, SnapshotsError>>,
}

impl fmt::Debug for SnapshotBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnapshotBody").field("size", &self.size).finish_non_exhaustive()
    }
}

/// Where snapshots are kept did not answer.
#[derive(Debug, thiserror::Error)]
#[error("the storage of the snapshots is not reachable")]
pub struct SnapshotsError(#[source] pub Source);
