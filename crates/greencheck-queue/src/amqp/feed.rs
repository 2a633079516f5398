//! A consumer that subscribes anew after its connection was lost.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use greencheck_core::ports::Receipt;
use greencheck_core::{Clock, SystemClock};
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions};
use lapin::types::FieldTable;
use lapin::{Channel, Consumer};

use super::dead_letters::bury;
use super::link::{Link, Message, Session};

pub(super) struct Feed {
    link: Arc<Link>,
    queue: String,
    prefetch: u16,
    /// Kept while its caller comes and goes: callers that give up early would never see it done otherwise.
    subscribing: Option<BoxFuture<'static, Option<Subscription>>>,
    subscription: Option<Subscription>,
    next_receipt: u64,
}

struct Subscription {
    session: Arc<Session>,
    channel: Channel,
    consumer: Consumer,
    /// Receipt to delivery tag of what is delivered and not settled. Both grow together.
    unsettled: BTreeMap<u64, u64>,
    /// Messages to give up. Kept until that is done, should its future be dropped.
    refused: Vec<Refused>,
}

/// A message to give up.
#[derive(Clone)]
pub(super) struct Refused {
    pub(super) tag: u64,
    /// What goes to the dead-letter queue, with the reason: the broker would not tell there why. `None` drops the message.
    pub(super) copy: Option<(Message, String)>,
}

impl Feed {
    pub(super) fn new(link: Arc<Link>, queue: String, prefetch: u16) -> Self {
        Self {
            link,
            queue,
            prefetch: prefetch.max(1),
            subscribing: None,
            subscription: None,
            next_receipt: 1,
        }
    }

    /// Waits for the next message, over any number of connections.
    pub(super) async fn next(&mut self) -> Delivery {
        loop {
            self.give_up_refused().await;
            let Some(subscription) = &mut self.subscription else {
                self.resubscribe().await;
                continue;
            };
            match subscription.consumer.next().await {
                Some(Ok(delivery)) => return delivery,
                Some(Err(_)) | None => self.lose(),
            }
        }
    }

    /// A message that is already here.
    pub(super) fn ready(&mut self) -> Option<Delivery> {
        let arrived = self.subscription.as_mut()?.consumer.next().now_or_never()?;
        let Some(Ok(delivery)) = arrived else {
            self.lose();
            return None;
        };
        Some(delivery)
    }

    async fn resubscribe(&mut self) {
        let (link, queue, prefetch) = (&self.link, &self.queue, self.prefetch);
        let subscribing = self
            .subscribing
            .get_or_insert_with(|| Subscription::begin(Arc::clone(link), queue.clone(), prefetch).boxed());
        self.subscription = subscribing.await;
        self.subscribing = None;
    }

    /// The receipts of this subscription are stale from now on; what they stand for comes again.
    fn lose(&mut self) {
        if let Some(subscription) = self.subscription.take() {
            subscription.session.lose();
        }
    }

    pub(super) fn receipt(&mut self, delivery: &Delivery) -> Receipt {
        let receipt = self.next_receipt;
        self.next_receipt += 1;
        if let Some(subscription) = &mut self.subscription {
            subscription.unsettled.insert(receipt, delivery.delivery_tag);
        }
        Receipt(receipt)
    }

    /// Acknowledges; in one message where everything older is settled too.
    pub(super) async fn settle(&mut self, receipts: &[Receipt]) {
        let Some(subscription) = &mut self.subscription else { return };
        let acknowledged = subscription.acknowledge(receipts).await;
        self.unless_lost(acknowledged);
    }

    /// Moves the message to the dead-letter queue.
    pub(super) async fn reject(&mut self, Receipt(receipt): Receipt, copy: Message, why: &str) {
        let tag = self.subscription.as_mut().and_then(|subscription| subscription.unsettled.remove(&receipt));
        if let Some(tag) = tag {
            self.refuse(Refused { tag, copy: Some((copy, why.to_owned())) }).await;
        }
    }

    /// For queues without a dead-letter queue.
    pub(super) async fn drop_message(&mut self, tag: u64) {
        self.refuse(Refused { tag, copy: None }).await;
    }

    pub(super) async fn refuse(&mut self, refused: Refused) {
        if let Some(subscription) = &mut self.subscription {
            subscription.refused.push(refused);
            self.give_up_refused().await;
        }
    }

    async fn give_up_refused(&mut self) {
        let Some(subscription) = &mut self.subscription else { return };
        let given_up = subscription.give_up_refused(&self.link).await;
        self.unless_lost(given_up);
    }

    fn unless_lost(&mut self, result: lapin::Result<()>) {
        if let Err(error) = result {
            tracing::debug!(%error, queue = self.queue, "cannot settle; what is unsettled comes again");
            self.lose();
        }
    }
}

impl Subscription {
    async fn begin(link: Arc<Link>, queue: String, prefetch: u16) -> Option<Self> {
        let session = link.connected().await;
        match Self::consume(&session, &queue, prefetch).await {
            Ok((channel, consumer)) => {
                Some(Self { session, channel, consumer, unsettled: BTreeMap::new(), refused: Vec::new() })
            }
            Err(error) => {
                tracing::warn!(%error, queue, "cannot consume");
                session.lose();
                None
            }
        }
    }

    async fn consume(session: &Session, queue: &str, prefetch: u16) -> lapin::Result<(Channel, Consumer)> {
        let channel = session.channel().await?;
        channel.basic_qos(prefetch, BasicQosOptions::default()).await?;
        let options = BasicConsumeOptions::default();
        let consumer = channel.basic_consume(queue.into(), "".into(), options, FieldTable::default()).await?;
        Ok((channel, consumer))
    }

    async fn acknowledge(&mut self, receipts: &[Receipt]) -> lapin::Result<()> {
        let mut tags: Vec<u64> =
            receipts.iter().filter_map(|Receipt(receipt)| self.unsettled.remove(receipt)).collect();
        tags.sort_unstable();
        let oldest_left = self
            .unsettled
            .values()
            .copied()
            .chain(self.refused.iter().map(|refused| refused.tag))
            .min()
            .unwrap_or(u64::MAX);
        let (together, apart) = tags.split_at(tags.partition_point(|tag| *tag < oldest_left));
        if let Some(last) = together.last() {
            self.channel.basic_ack(*last, BasicAckOptions { multiple: true }).await?;
        }
        for tag in apart {
            self.channel.basic_ack(*tag, BasicAckOptions::default()).await?;
        }
        Ok(())
    }

    /// A copy with the reason first, so that nothing is lost between the two steps. Where the broker does not take the copy,
    /// it moves the message itself.
    async fn give_up_refused(&mut self, link: &Link) -> lapin::Result<()> {
        while let Some(Refused { tag, copy }) = self.refused.last().cloned() {
            let buried = match copy {
                Some((copy, reason)) => bury(link, copy, &reason, SystemClock.now()).await,
                None => Ok(false),
            };
            match buried {
                Ok(true) => self.channel.basic_ack(tag, BasicAckOptions::default()).await?,
                Ok(false) => {
                    self.channel.basic_reject(tag, BasicRejectOptions { requeue: false }).await?;
                }
                // The connection is lost by now: the message comes again.
                Err(_) => return Ok(()),
            }
            self.refused.pop();
        }
        Ok(())
    }
}
