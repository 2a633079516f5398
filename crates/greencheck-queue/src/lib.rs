//! The queue between answering checks and storing them: in process, and over AMQP (RabbitMQ).
//!
//! [`connect`] picks the adapter by the scheme of `queue.url`; both pass one contract suite.
//!
//! This crate is the only one that knows an AMQP driver. It knows no database, no HTTP and no service.

pub mod amqp;
mod backoff;
mod config;
mod connect;
pub mod memory;
mod metrics;
mod wire;

pub use amqp::AmqpQueue;
pub use config::{Durability, OutboxConfig, QueueConfig, QueueUrl};
pub use connect::{ConnectError, Queue, connect};
pub use memory::MemoryQueue;
pub use metrics::Metrics;
