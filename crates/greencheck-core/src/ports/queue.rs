use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::Source;
use crate::{Check, CheckBatch, Generation, Host, Usage};

/// Takes answered checks for the log, and what callers with keys asked. On the hot path: never waits for a network.
pub trait CheckRecorder: Send + Sync {
    /// Takes the check. When this returns, the check is as safe as `log.durability` promises, or it is counted as dropped.
    fn record(&self, check: Check);

    /// Takes what a caller with a key asked, which is then as safe as a check.
    fn count(&self, usage: Usage);
}

/// Publishes batches of checks.
#[async_trait]
pub trait BatchSink: Send + Sync {
    /// Resolves once the queue is responsible for the batch (AMQP: publisher confirm; in process: stored). Several calls
    /// may be under way at once. After an error the batch may or may not arrive: publish it again, under the same id.
    async fn publish(&self, batch: &CheckBatch) -> Result<(), QueueError>;
}

/// Delivers batches of checks, each at least once.
#[async_trait]
pub trait BatchSource: Send {
    /// Waits for the next batch. `None` means that no batch can come any more.
    async fn next(&mut self) -> Result<Option<Delivery>, QueueError>;

    /// A batch that has already arrived, without waiting.
    async fn ready(&mut self) -> Result<Option<Delivery>, QueueError>;

    /// Says that everything up to and including the delivery is stored, and how each ends; unsettled batches come again.
    async fn settle(&mut self, receipts: Vec<Receipt>) -> Result<(), QueueError>;

    /// Gives `batch`, for which `receipt` stands, up because it can never be stored: it goes, with the reason, where an
    /// operator finds it (AMQP: the dead-letter queue).
    async fn reject(&mut self, receipt: Receipt, batch: &CheckBatch, why: &str) -> Result<(), QueueError>;
}

/// A batch and what is needed to settle it.
#[derive(Debug)]
pub struct Delivery {
    pub batch: CheckBatch,
    pub receipt: Receipt,
    /// Whether it came before (a hint: the log tells for sure).
    pub redelivered: bool,
}

/// Stands for one delivery at its queue.
#[derive(Debug, PartialEq, Eq)]
pub struct Receipt(pub u64);

/// Something that every process must know of within two seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// The catalog moved on.
    Catalog { generation: Generation },
    /// The verdict on one name was replaced.
    Host { host: Host },
}

/// Tells all processes.
#[async_trait]
pub trait ChangeSink: Send + Sync {
    /// Sends to every source that listens now. Who misses it finds the generation by polling.
    async fn announce(&self, change: &Change) -> Result<(), QueueError>;
}

/// Hears what other processes, and this one, announced.
#[async_trait]
pub trait ChangeSource: Send {
    /// Waits for the next change. `None` means that none can come any more.
    async fn next(&mut self) -> Result<Option<Change>, QueueError>;
}

/// Asks for refreshes of stored verdicts.
#[async_trait]
pub trait RefreshSink: Send + Sync {
    /// Hands a name over to whichever worker is free.
    async fn request(&self, host: &Host) -> Result<Requested, QueueError>;
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requested {
    Queued,
    /// The queue is full; the name will be asked for again by its next check.
    Overflow,
}

/// Delivers names to refresh.
#[async_trait]
pub trait RefreshSource: Send {
    /// Waits for the next name. `None` means that none can come any more.
    async fn next(&mut self) -> Result<Option<RefreshJob>, QueueError>;

    /// Says that the job is done, or need not be done.
    async fn settle(&mut self, receipt: Receipt) -> Result<(), QueueError>;
}

/// A name to refresh and what is needed to settle it.
#[derive(Debug)]
pub struct RefreshJob {
    pub host: Host,
    pub receipt: Receipt,
}

/// Why the queue did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    #[error("the queue is closed")]
    Closed,
    #[error("the queue is not reachable")]
    Unavailable(#[source] Source),
    #[error("the message cannot be read: {0}")]
    Malformed(String),
}
