use std::sync::Arc;

use async_trait::async_trait;
use greencheck_core::CheckBatch;
use greencheck_core::ports::{BatchSink, BatchSource, Delivery, QueueError, Receipt};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Confirmation, message as delivered};

use super::feed::{Feed, Refused};
use super::link::{Address, Link, Message, unavailable};
use crate::wire::{self, Encoded};

const PERSISTENT: u8 = 2;

/// Publishes batches as persistent messages; each resolves when the broker confirms it.
#[derive(Clone)]
pub struct AmqpBatchSink(Arc<Link>);

impl AmqpBatchSink {
    pub(super) fn new(link: Arc<Link>) -> Self {
        Self(link)
    }
}

#[async_trait]
impl BatchSink for AmqpBatchSink {
    async fn publish(&self, batch: &CheckBatch) -> Result<(), QueueError> {
        // Asked first: during an outage nothing is encoded in vain.
        self.0.session().await?;
        let to = Address {
            channel: |session| &session.checks,
            exchange: "",
            queue: &self.0.names.checks,
            must_arrive: true,
        };
        match self.0.publish(to, message(batch, Encoded::compact(batch))).await? {
            Confirmation::Ack(None) => Ok(()),
            Confirmation::Ack(Some(_)) => {
                // Somebody deleted the queue; the next session declares it.
                if let Ok(session) = self.0.session().await {
                    session.lose();
                }
                Err(unavailable("the broker has no queue for checks"))
            }
            Confirmation::Nack(_) => Err(unavailable("the broker refused the batch")),
            Confirmation::NotRequested => Err(unavailable("the channel does not confirm")),
        }
    }
}

/// The message that carries `batch`.
pub(super) fn message(batch: &CheckBatch, encoded: Encoded) -> Message {
    let Encoded { body, schema, content_type } = encoded;
    let mut headers = FieldTable::default();
    headers.insert("x-schema".into(), AMQPValue::LongUInt(schema));
    headers.insert(
        "x-checks".into(),
        AMQPValue::LongLongInt(i64::try_from(batch.checks.len()).unwrap_or(i64::MAX)),
    );
    let properties = BasicProperties::default()
        .with_content_type(content_type.into())
        .with_delivery_mode(PERSISTENT)
        .with_message_id(batch.id.to_string().into())
        .with_type("check_batch".into())
        .with_headers(headers);
    Message { body, properties }
}

/// Consumes batches. A message that cannot be read goes to the dead-letter queue.
pub struct AmqpBatchSource {
    link: Arc<Link>,
    feed: Feed,
}

impl AmqpBatchSource {
    pub(super) fn new(link: Arc<Link>, prefetch: u16) -> Self {
        let feed = Feed::new(Arc::clone(&link), link.names.checks.clone(), prefetch);
        Self { link, feed }
    }

    async fn read(&mut self, message: delivered::Delivery) -> Option<Delivery> {
        match wire::decode_batch(&message.data) {
            Ok(batch) => {
                let receipt = self.feed.receipt(&message);
                Some(Delivery { batch, receipt, redelivered: message.redelivered })
            }
            Err(error) => {
                self.link.metrics.dead_letters.with_label_values(&["malformed"]).inc();
                let message_id = message.properties.message_id().as_ref().map(ToString::to_string);
                tracing::error!(%error, message_id, "a message cannot be read: moved to the dead-letter queue");
                let copy = Message { body: message.data, properties: message.properties };
                let copy = Some((copy, error.to_string()));
                self.feed.refuse(Refused { tag: message.delivery_tag, copy }).await;
                None
            }
        }
    }
}

#[async_trait]
impl BatchSource for AmqpBatchSource {
    async fn next(&mut self) -> Result<Option<Delivery>, QueueError> {
        loop {
            let message = self.feed.next().await;
            if let Some(delivery) = self.read(message).await {
                return Ok(Some(delivery));
            }
        }
    }

    async fn ready(&mut self) -> Result<Option<Delivery>, QueueError> {
        while let Some(message) = self.feed.ready() {
            if let Some(delivery) = self.read(message).await {
                return Ok(Some(delivery));
            }
        }
        Ok(None)
    }

    async fn settle(&mut self, receipts: Vec<Receipt>) -> Result<(), QueueError> {
        self.feed.settle(&receipts).await;
        Ok(())
    }

    async fn reject(&mut self, receipt: Receipt, batch: &CheckBatch, why: &str) -> Result<(), QueueError> {
        self.link.metrics.dead_letters.with_label_values(&["rejected"]).inc();
        tracing::error!(why, "a batch cannot be stored: moved to the dead-letter queue");
        let copy = message(batch, Encoded::readable(batch));
        self.feed.reject(receipt, copy, why).await;
        Ok(())
    }
}
