//! The usual way: each record is a message of its own, in a quorum queue, confirmed, stored by a statement of its own and
//! acknowledged. The windows are those that the broker's makers recommend.

use std::collections::VecDeque;
use std::time::Instant;

use anyhow::ensure;
use futures_util::StreamExt;
use lapin::options::{
    BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions,
    ConfirmSelectOptions, QueueDeclareOptions, QueueDeleteOptions,
};
use lapin::types::{AMQPValue, FieldTable, LongString};
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties};
use tokio_postgres::{Client, Statement};

use crate::stats::float;

const QUEUE: &str = "bench.one-by-one";
/// Unconfirmed messages.
const WINDOW: usize = 1_000;
const PREFETCH: u16 = 1_000;
const ACKNOWLEDGED_AT_ONCE: u64 = 100;
/// About as long as a check of ours is on the wire.
const RECORD: &[u8] = br#"{"t":1794000000000000,"h":"site-0000000.com","v":"green","p":1,"m":{"kind":"snapshot"},"c":true,"s":"api"}"#;
const PERSISTENT: u8 = 2;
const INSERT: &str =
    "INSERT INTO checks (checked_at, host, tld, verdict, provider_id, match_kind, cached, source)
    VALUES (now() AT TIME ZONE 'utc', $1, 'com', 'green', 1, 'snapshot', true, 'api')";

/// What is done with a record before its message is acknowledged.
pub(super) enum Consumer<'a> {
    Stores(&'a Client),
    /// Nothing: the queue by itself.
    Drops,
}

/// Messages a second from the first publication to the last acknowledgement.
pub(super) async fn rate(url: &str, messages: u64, consumer: Consumer<'_>) -> anyhow::Result<f64> {
    let connection = Connection::connect(url, ConnectionProperties::default()).await?;
    let (publishing, consuming) = (connection.create_channel().await?, connection.create_channel().await?);
    let mut quorum = FieldTable::default();
    quorum.insert("x-queue-type".into(), AMQPValue::LongString(LongString::from("quorum")));
    publishing.queue_declare(QUEUE.into(), QueueDeclareOptions::durable(), quorum).await?;
    publishing.confirm_select(ConfirmSelectOptions::default()).await?;
    consuming.basic_qos(PREFETCH, BasicQosOptions::default()).await?;
    let insert = match consumer {
        Consumer::Stores(client) => Some((client, client.prepare(INSERT).await?)),
        Consumer::Drops => None,
    };
    let begun = Instant::now();
    tokio::try_join!(publish(&publishing, messages), consume(&consuming, messages, insert))?;
    let seconds = begun.elapsed().as_secs_f64();
    publishing.queue_delete(QUEUE.into(), QueueDeleteOptions::default()).await?;
    connection.close(200, "done".into()).await?;
    Ok(float(messages) / seconds)
}

async fn publish(channel: &Channel, messages: u64) -> anyhow::Result<()> {
    let persistent = BasicProperties::default().with_delivery_mode(PERSISTENT);
    let mut unconfirmed = VecDeque::with_capacity(WINDOW);
    for _ in 0..messages {
        if unconfirmed.len() == WINDOW
            && let Some(oldest) = unconfirmed.pop_front()
        {
            confirmed(oldest).await?;
        }
        let options = BasicPublishOptions::default();
        unconfirmed.push_back(
            channel.basic_publish("".into(), QUEUE.into(), options, RECORD, persistent.clone()).await?,
        );
    }
    for each in unconfirmed {
        confirmed(each).await?;
    }
    Ok(())
}

async fn confirmed(confirm: lapin::PublisherConfirm) -> anyhow::Result<()> {
    ensure!(matches!(confirm.await?, Confirmation::Ack(_)), "the broker refuses a message");
    Ok(())
}

async fn consume(
    channel: &Channel,
    messages: u64,
    insert: Option<(&Client, Statement)>,
) -> anyhow::Result<()> {
    let options = BasicConsumeOptions::default();
    let mut consumer =
        channel.basic_consume(QUEUE.into(), "bench".into(), options, FieldTable::default()).await?;
    for number in 1..=messages {
        let Some(delivery) = consumer.next().await else { break };
        let delivery = delivery?;
        if let Some((client, statement)) = &insert {
            client.execute(statement, &[&std::str::from_utf8(&delivery.data)?]).await?;
        }
        if number % ACKNOWLEDGED_AT_ONCE == 0 || number == messages {
            delivery.acker.ack(BasicAckOptions { multiple: true }).await?;
        }
    }
    // Before the queue goes: the broker's own word on that would meet the consumer's.
    channel.basic_cancel(consumer.tag(), BasicCancelOptions::default()).await?;
    Ok(())
}
