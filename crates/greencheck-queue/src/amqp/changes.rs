use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use greencheck_core::ports::{Change, ChangeSink, ChangeSource, QueueError};
use lapin::options::{BasicConsumeOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Consumer};

use super::link::{Address, Link, Message, Session, unavailable};

/// Tells every process that is connected now.
#[derive(Clone)]
pub struct AmqpChangeSink(Arc<Link>);

impl AmqpChangeSink {
    pub(super) fn new(link: Arc<Link>) -> Self {
        Self(link)
    }
}

#[async_trait]
impl ChangeSink for AmqpChangeSink {
    async fn announce(&self, change: &Change) -> Result<(), QueueError> {
        let to = Address {
            channel: |session| &session.changes,
            exchange: &self.0.names.changes,
            queue: "",
            must_arrive: false,
        };
        let body = serde_json::to_vec(change).map_err(unavailable)?;
        let properties = BasicProperties::default()
            .with_content_type("application/json".into())
            .with_type("change".into());
        // This channel does not confirm: who misses a change finds the generation by polling.
        self.0.publish(to, Message { body, properties }).await.map(drop)
    }
}

/// Hears changes from its first [`next`](ChangeSource::next) on, through a queue of its own that ends with the connection.
pub struct AmqpChangeSource {
    link: Arc<Link>,
    /// Kept while its caller comes and goes: callers that give up early would never see it done otherwise.
    subscribing: Option<BoxFuture<'static, Option<Subscription>>>,
    subscription: Option<Subscription>,
}

type Subscription = (Arc<Session>, Consumer);

impl AmqpChangeSource {
    pub(super) fn new(link: Arc<Link>) -> Self {
        Self { link, subscribing: None, subscription: None }
    }

    async fn resubscribe(&mut self) {
        let link = &self.link;
        self.subscription = self.subscribing.get_or_insert_with(|| subscribe(Arc::clone(link)).boxed()).await;
        self.subscribing = None;
    }
}

async fn subscribe(link: Arc<Link>) -> Option<Subscription> {
    let session = link.connected().await;
    match consume(&session, &link.names.changes).await {
        Ok(consumer) => Some((session, consumer)),
        Err(error) => {
            tracing::warn!(%error, "cannot listen to changes");
            session.lose();
            None
        }
    }
}

async fn consume(session: &Session, exchange: &str) -> lapin::Result<Consumer> {
    let channel = session.channel().await?;
    let own = QueueDeclareOptions::exclusive().auto_delete();
    let queue = channel.queue_declare("".into(), own, FieldTable::default()).await?;
    let name = queue.name().clone();
    let nothing = FieldTable::default();
    channel
        .queue_bind(name.clone(), exchange.into(), "".into(), QueueBindOptions::default(), nothing.clone())
        .await?;
    let options = BasicConsumeOptions { no_ack: true, ..BasicConsumeOptions::default() };
    channel.basic_consume(name, "".into(), options, nothing).await
}

#[async_trait]
impl ChangeSource for AmqpChangeSource {
    async fn next(&mut self) -> Result<Option<Change>, QueueError> {
        loop {
            let Some((session, consumer)) = &mut self.subscription else {
                self.resubscribe().await;
                continue;
            };
            let Some(Ok(message)) = consumer.next().await else {
                session.lose();
                self.subscription = None;
                continue;
            };
            match serde_json::from_slice(&message.data) {
                Ok(change) => return Ok(Some(change)),
                Err(error) => {
                    self.link.metrics.dead_letters.with_label_values(&["malformed"]).inc();
                    tracing::warn!(%error, "a change cannot be read: dropped");
                }
            }
        }
    }
}
