use std::sync::Arc;

use async_trait::async_trait;
use greencheck_core::Host;
use greencheck_core::ports::{QueueError, Receipt, RefreshJob, RefreshSink, RefreshSource, Requested};
use lapin::{BasicProperties, Confirmation};
use serde::{Deserialize, Serialize};

use super::feed::Feed;
use super::link::{Address, Link, Message, unavailable};

#[derive(Serialize, Deserialize)]
struct Body {
    host: Host,
}

/// Asks for refreshes. The messages are not persistent: the next check of a name asks again.
#[derive(Clone)]
pub struct AmqpRefreshSink(Arc<Link>);

impl AmqpRefreshSink {
    pub(super) fn new(link: Arc<Link>) -> Self {
        Self(link)
    }
}

#[async_trait]
impl RefreshSink for AmqpRefreshSink {
    async fn request(&self, host: &Host) -> Result<Requested, QueueError> {
        let to = Address {
            channel: |session| &session.refreshes,
            exchange: "",
            queue: &self.0.names.refresh,
            must_arrive: true,
        };
        let body = serde_json::to_vec(&Body { host: host.clone() }).map_err(unavailable)?;
        let properties = BasicProperties::default()
            .with_content_type("application/json".into())
            .with_type("refresh".into());
        match self.0.publish(to, Message { body, properties }).await? {
            Confirmation::Ack(None) => Ok(Requested::Queued),
            Confirmation::Nack(_) => {
                self.0.metrics.refresh_overflow.inc();
                Ok(Requested::Overflow)
            }
            Confirmation::Ack(Some(_)) | Confirmation::NotRequested => {
                Err(unavailable("the broker has no queue for refreshes"))
            }
        }
    }
}

/// Consumes names to refresh.
pub struct AmqpRefreshSource {
    link: Arc<Link>,
    feed: Feed,
}

impl AmqpRefreshSource {
    pub(super) fn new(link: Arc<Link>, prefetch: u16) -> Self {
        let feed = Feed::new(Arc::clone(&link), link.names.refresh.clone(), prefetch);
        Self { link, feed }
    }
}

#[async_trait]
impl RefreshSource for AmqpRefreshSource {
    async fn next(&mut self) -> Result<Option<RefreshJob>, QueueError> {
        loop {
            let message = self.feed.next().await;
            match serde_json::from_slice(&message.data) {
                Ok(Body { host }) => {
                    return Ok(Some(RefreshJob { host, receipt: self.feed.receipt(&message) }));
                }
                Err(error) => {
                    self.link.metrics.dead_letters.with_label_values(&["malformed"]).inc();
                    tracing::warn!(%error, "a refresh cannot be read: dropped");
                    self.feed.drop_message(message.delivery_tag).await;
                }
            }
        }
    }

    async fn settle(&mut self, receipt: Receipt) -> Result<(), QueueError> {
        self.feed.settle(&[receipt]).await;
        Ok(())
    }
}
