use std::sync::Arc;

use greencheck_core::ports::{BatchSink, BatchSource, ChangeSink, ChangeSource, RefreshSink, RefreshSource};

use crate::{AmqpQueue, MemoryQueue, Metrics, QueueConfig};

/// `queue.url` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("queue.url {0:?} has no known scheme: use memory:, amqp: or amqps:")]
    UnknownScheme(String),
    #[error("queue.url {url:?} is not an AMQP URL such as amqp://user:password@host:5672/%2f: {reason}")]
    InvalidUrl { url: String, reason: String },
}

/// The queue that `queue.url` names. It gives out sinks and sources.
pub enum Queue {
    Memory(MemoryQueue),
    Amqp(AmqpQueue),
}

/// Picks the adapter by the scheme of `config.url`. A broker that is away is no error: it is connected to when it is there.
///
/// Call it on the runtime that lives as long as the process: connections live there.
pub fn connect(config: &QueueConfig, metrics: &Metrics) -> Result<Queue, ConnectError> {
    match config.url.scheme() {
        "memory" => Ok(Queue::Memory(MemoryQueue::new(config, metrics))),
        "amqp" | "amqps" => Ok(Queue::Amqp(AmqpQueue::connect(config, metrics)?)),
        _ => Err(ConnectError::UnknownScheme(config.url.to_string())),
    }
}

impl Queue {
    /// Whether the queue can be reached now.
    pub fn is_connected(&self) -> bool {
        match self {
            Self::Memory(_) => true,
            Self::Amqp(queue) => queue.is_connected(),
        }
    }

    pub fn batch_sink(&self) -> Arc<dyn BatchSink> {
        match self {
            Self::Memory(queue) => Arc::new(queue.batch_sink()),
            Self::Amqp(queue) => Arc::new(queue.batch_sink()),
        }
    }

    /// One consumer of batches, which is given `prefetch` unsettled batches at most (in process: as many as it takes).
    pub fn batch_source(&self, prefetch: u16) -> Box<dyn BatchSource> {
        match self {
            Self::Memory(queue) => Box::new(queue.batch_source()),
            Self::Amqp(queue) => Box::new(queue.batch_source(prefetch)),
        }
    }

    pub fn change_sink(&self) -> Arc<dyn ChangeSink> {
        match self {
            Self::Memory(queue) => Arc::new(queue.change_sink()),
            Self::Amqp(queue) => Arc::new(queue.change_sink()),
        }
    }

    pub fn change_source(&self) -> Box<dyn ChangeSource> {
        match self {
            Self::Memory(queue) => Box::new(queue.change_source()),
            Self::Amqp(queue) => Box::new(queue.change_source()),
        }
    }

    pub fn refresh_sink(&self) -> Arc<dyn RefreshSink> {
        match self {
            Self::Memory(queue) => Arc::new(queue.refresh_sink()),
            Self::Amqp(queue) => Arc::new(queue.refresh_sink()),
        }
    }

    /// One worker's share of the refreshes, `prefetch` unsettled ones at most (in process: as many as it takes).
    pub fn refresh_source(&self, prefetch: u16) -> Box<dyn RefreshSource> {
        match self {
            Self::Memory(queue) => Box::new(queue.refresh_source()),
            Self::Amqp(queue) => Box::new(queue.refresh_source(prefetch)),
        }
    }
}
