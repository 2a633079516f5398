//! What the services need from the world, in the words of the domain.
//!
//! Ports are few and batch-shaped: a call costs a box and a future, so it happens per request or per batch, never per row.
//! Their errors have the variants that a caller can decide on; what a driver said is kept as the source.

mod badge;
mod buckets;
mod cache;
mod directory;
mod history;
mod jobs;
mod lookup;
mod network;
mod networks;
mod partners;
mod queue;
mod registry;
mod snapshots;
mod store;

pub use badge::{BadgeError, BadgeRenderer};
pub use buckets::SharedBuckets;
pub use cache::{AnswerCache, FillToken};
pub use directory::{Directory, DirectoryError};
pub use history::{CheckHistory, HistoryError};
pub use jobs::{
    DueNotice, ExpiringEvidence, JobEnd, JobRecord, JobRecords, Notice, NoticeBox, NoticeFate, NoticeKind,
};
pub use lookup::{Asker, Follower, Lookup, LookupError, Mode};
pub use network::{Countries, Dns, DnsError, Head, NameServerFault, OriginAsns, OriginError, Web, WebError};
pub use networks::{NetworkImport, Replace};
pub use partners::{Accounts, Partners, PartnersError, Refusal, TOKENS_PER_USER};
pub use queue::{
    BatchSink, BatchSource, Change, ChangeSink, ChangeSource, CheckRecorder, Delivery, QueueError, Receipt,
    RefreshJob, RefreshSink, RefreshSource, Requested,
};
pub use registry::{NetworkRegistry, RegisteredNetwork, RegistryError};
pub use snapshots::{GreenVerdicts, PublishedSnapshot, SnapshotBody, Snapshots, SnapshotsError};
pub use store::{
    Appended, CarbonTxtResults, CatalogImport, Catalogs, CheckLog, ChunkReport, LAST_CHECKED_LAG, LogUpkeep,
    SnapshotImport, StoreError, Verdicts,
};

/// An error of a driver, kept for the log.
pub type Source = Box<dyn std::error::Error + Send + Sync>;
