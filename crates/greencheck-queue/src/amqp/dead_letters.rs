use std::sync::Arc;

use chrono::{DateTime, Utc};
use greencheck_core::ports::QueueError;
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicGetOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Confirmation};

use super::batches::message as batch_message;
use super::link::{Address, Link, Message, unavailable};
use crate::dead_letters::{DeadLetter, Replayed, beginning, counted, short};
use crate::wire::{self, Encoded};

/// Why a message was given up, beside what the broker says of it.
const REASON: &str = "x-greencheck-reason";
const PERSISTENT: u8 = 2;
/// Brokers count how often a message was taken and given back, and drop it after 20 times as a rule. One that was looked
/// at half as often is published anew, which begins its count.
const LOOKS: i64 = 10;

/// The dead-letter queue at the broker.
pub struct AmqpDeadLetters(Arc<Link>);

impl AmqpDeadLetters {
    pub(super) fn new(link: Arc<Link>) -> Self {
        Self(link)
    }

    /// The oldest `limit` of them. They go back to where they were.
    pub async fn list(&self, limit: usize) -> Result<Vec<DeadLetter>, QueueError> {
        let mut letters = Vec::new();
        self.visit(limit, async |message: &Delivery| {
            letters.push(describe(message));
            Ok(false)
        })
        .await?;
        Ok(letters)
    }

    /// Puts at most `limit` of them back into the queue of checks: each leaves here once the broker has confirmed it there,
    /// so that none is lost; one that is in both for a moment is recognised by its id. Tells of each kind how many.
    pub async fn replay(&self, limit: usize, dry_run: bool) -> Result<Replayed, QueueError> {
        let mut replayed = Replayed::default();
        self.visit(limit, async |message: &Delivery| {
            let Ok(batch) = wire::decode_batch(&message.data) else {
                replayed.unreadable += 1;
                return Ok(false);
            };
            if !dry_run {
                let message = batch_message(&batch, Encoded::of(message.data.clone(), &batch));
                publish(&self.0, &self.0.names.checks, message).await?;
            }
            replayed += counted(&batch);
            Ok(!dry_run)
        })
        .await?;
        Ok(replayed)
    }

    /// Shows `limit` messages to `judge`, which says whether one is done with. The others are given back at the end.
    async fn visit(
        &self,
        limit: usize,
        mut judge: impl AsyncFnMut(&Delivery) -> Result<bool, QueueError>,
    ) -> Result<(), QueueError> {
        let session = self.0.session().await?;
        let channel = session.channel().await.map_err(unavailable)?;
        let mut left = limit;
        while left > 0 {
            let options = BasicGetOptions::default();
            let got =
                channel.basic_get(self.0.names.dead.as_str().into(), options).await.map_err(unavailable)?;
            let Some(got) = got else { break };
            if left == limit {
                // Not those that arrive meanwhile.
                left = limit.min(usize::try_from(got.message_count).unwrap_or(usize::MAX).saturating_add(1));
            }
            left -= 1;
            self.visit_one(&channel, &got.delivery, &mut judge).await?;
        }
        // What is not acknowledged goes back.
        channel.close(200, "done".into()).await.map_err(unavailable)
    }

    async fn visit_one(
        &self,
        channel: &Channel,
        message: &Delivery,
        judge: &mut impl AsyncFnMut(&Delivery) -> Result<bool, QueueError>,
    ) -> Result<(), QueueError> {
        let mut done = judge(message).await?;
        if !done && looks(message) >= LOOKS {
            publish(&self.0, &self.0.names.dead, again(message)).await?;
            done = true;
        }
        if done {
            channel.basic_ack(message.delivery_tag, BasicAckOptions::default()).await.map_err(unavailable)?;
        }
        Ok(())
    }
}

/// Moves a message to the dead-letter queue with the reason; `false` if the broker does not take it there.
pub(super) async fn bury(
    link: &Link,
    message: Message,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool, QueueError> {
    let mut headers = message.properties.headers().clone().unwrap_or_default();
    headers.insert(REASON.into(), AMQPValue::LongString(short(reason).into()));
    let properties = message
        .properties
        .with_delivery_mode(PERSISTENT)
        .with_timestamp(u64::try_from(now.timestamp()).unwrap_or_default())
        .with_headers(headers);
    let to = address(&link.names.dead);
    let confirmation = link.publish(to, Message { properties, ..message }).await?;
    Ok(matches!(confirmation, Confirmation::Ack(None)))
}

async fn publish(link: &Link, queue: &str, message: Message) -> Result<(), QueueError> {
    match link.publish(address(queue), message).await? {
        Confirmation::Ack(None) => Ok(()),
        _ => Err(unavailable(format!("the broker does not take messages for `{queue}`"))),
    }
}

fn address(queue: &str) -> Address<'_> {
    Address { channel: |session| &session.checks, exchange: "", queue, must_arrive: true }
}

/// The same message, for the same queue.
fn again(message: &Delivery) -> Message {
    let mut headers = FieldTable::default();
    for (key, value) in message.properties.headers().iter().flat_map(FieldTable::inner) {
        if key.as_str() != "x-delivery-count" && key.as_str() != "x-acquired-count" {
            headers.insert(key.clone(), value.clone());
        }
    }
    let properties: BasicProperties =
        message.properties.clone().with_headers(headers).with_delivery_mode(PERSISTENT);
    Message { body: message.data.clone(), properties }
}

fn describe(message: &Delivery) -> DeadLetter {
    let read = wire::decode_batch(&message.data);
    let told = header(message, REASON).and_then(text);
    let reason = told.or_else(|| read.as_ref().err().map(ToString::to_string));
    let death = header(message, "x-death").and_then(first_death);
    let reason = reason.or_else(|| death?.inner().get("reason").and_then(text));
    let sent = message.properties.timestamp();
    let since = sent.or_else(|| match death?.inner().get("time")? {
        AMQPValue::Timestamp(seconds) => Some(*seconds),
        _ => None,
    });
    DeadLetter {
        since: since.and_then(|seconds| DateTime::from_timestamp(seconds.try_into().ok()?, 0)),
        reason: reason.unwrap_or_else(|| "not known".to_owned()),
        checks: read.as_ref().ok().map(|batch| batch.checks.len()),
        bytes: message.data.len(),
        // What the broker gave up by itself is still in the form in which it travelled.
        begins: read
            .map_or_else(|_| beginning(&message.data), |batch| beginning(&wire::encode_readable(&batch))),
    }
}

fn header<'a>(message: &'a Delivery, name: &str) -> Option<&'a AMQPValue> {
    message.properties.headers().as_ref()?.inner().get(name)
}

fn text(value: &AMQPValue) -> Option<String> {
    match value {
        AMQPValue::LongString(text) => Some(short(&String::from_utf8_lossy(text.as_bytes()))),
        AMQPValue::ShortString(text) => Some(short(text.as_str())),
        _ => None,
    }
}

fn first_death(value: &AMQPValue) -> Option<&FieldTable> {
    match value {
        AMQPValue::FieldArray(deaths) => deaths.as_slice().iter().find_map(|death| match death {
            AMQPValue::FieldTable(death) => Some(death),
            _ => None,
        }),
        _ => None,
    }
}

/// How often it was taken and given back.
fn looks(message: &Delivery) -> i64 {
    let of = |name: &str| match header(message, name) {
        Some(AMQPValue::LongLongInt(count)) => *count,
        Some(AMQPValue::LongInt(count)) => (*count).into(),
        Some(AMQPValue::LongUInt(count)) => (*count).into(),
        _ => 0,
    };
    of("x-delivery-count").max(of("x-acquired-count"))
}
