//! The queue between answering checks and storing them: in process, and over AMQP (RabbitMQ).
//!
//! [`connect()`] picks the adapter by the scheme of `queue.url`; both pass one contract suite. [`Outbox`] stands in front of
//! either: it takes single checks on the hot path, publishes them in batches, and keeps them in a [spool](SpoolError) of
//! files while the queue is away, so that no answered check is lost.
//!
//! This crate is the only one that knows an AMQP driver. It knows no database, no HTTP and no service.

pub mod amqp;
mod backoff;
mod config;
mod connect;
mod dead_letters;
pub mod memory;
mod metrics;
mod outbox;
mod spool;
mod wire;

pub use amqp::AmqpQueue;
pub use config::{Durability, LogConfig, QueueConfig};
pub use connect::{ConnectError, Queue, connect};
pub use dead_letters::{DeadFile, DeadLetter, DeadLetterFolder, DeadLetters, Replayed};
pub use memory::MemoryQueue;
pub use metrics::{Metrics, NotConnected};
pub use outbox::{Drained, Outbox, OutboxError, OutboxTask};
pub use spool::{SpoolError, SpoolProbe, SpoolProblem};
