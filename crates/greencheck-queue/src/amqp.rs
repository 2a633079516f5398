//! The queue of many processes: AMQP 0-9-1, as RabbitMQ speaks it.
//!
//! One connection a process is kept, and made again for ever with growing waits when it is lost; each time the queues are
//! declared anew. Meanwhile sinks answer `Unavailable` and sources wait. What a source has not settled when its connection
//! is lost comes again, under other receipts.

mod batches;
mod changes;
mod dead_letters;
mod feed;
mod link;
mod refreshes;
mod topology;

use std::str::FromStr;
use std::sync::Arc;

pub use batches::{AmqpBatchSink, AmqpBatchSource};
pub use changes::{AmqpChangeSink, AmqpChangeSource};
pub use dead_letters::AmqpDeadLetters;
use lapin::uri::AMQPUri;
use link::Link;
pub use refreshes::{AmqpRefreshSink, AmqpRefreshSource};

use crate::{ConnectError, Metrics, QueueConfig};

/// A broker, and the names of our queues there. It gives out sinks and sources, which share its connection.
#[derive(Clone)]
pub struct AmqpQueue {
    link: Arc<Link>,
}

impl AmqpQueue {
    /// Begins to connect, on this runtime, and returns at once: a broker that is away now is connected to later.
    pub fn connect(config: &QueueConfig, metrics: &Metrics) -> Result<Self, ConnectError> {
        let uri = AMQPUri::from_str(config.url.expose())
            .map_err(|reason| ConnectError::InvalidUrl { url: config.url.to_string(), reason })?;
        Ok(Self { link: Arc::new(Link::keep(uri, config, metrics)) })
    }

    /// Whether the broker can be reached now.
    pub fn is_connected(&self) -> bool {
        self.link.is_connected()
    }

    pub fn batch_sink(&self) -> AmqpBatchSink {
        AmqpBatchSink::new(Arc::clone(&self.link))
    }

    /// One consumer, which is given `prefetch` unsettled batches at most.
    pub fn batch_source(&self, prefetch: u16) -> AmqpBatchSource {
        AmqpBatchSource::new(Arc::clone(&self.link), prefetch)
    }

    pub fn change_sink(&self) -> AmqpChangeSink {
        AmqpChangeSink::new(Arc::clone(&self.link))
    }

    pub fn change_source(&self) -> AmqpChangeSource {
        AmqpChangeSource::new(Arc::clone(&self.link))
    }

    pub fn refresh_sink(&self) -> AmqpRefreshSink {
        AmqpRefreshSink::new(Arc::clone(&self.link))
    }

    /// The batches that were given up, for operators.
    pub fn dead_letters(&self) -> AmqpDeadLetters {
        AmqpDeadLetters::new(Arc::clone(&self.link))
    }

    /// One worker's share of the refreshes, `prefetch` unsettled ones at most.
    pub fn refresh_source(&self, prefetch: u16) -> AmqpRefreshSource {
        AmqpRefreshSource::new(Arc::clone(&self.link), prefetch)
    }
}
