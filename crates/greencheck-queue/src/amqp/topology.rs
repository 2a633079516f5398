//! The queues and exchanges at the broker.

use lapin::options::{ExchangeDeclareOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable, LongString};
use lapin::{Channel, ExchangeKind};

/// Deliveries of a batch before the broker takes it for poison. Brokers from 4.0 on count to 20 by default, which a long
/// outage of the database may pass.
const DELIVERY_LIMIT: i64 = 10_000;

#[derive(Clone)]
pub(super) struct Names {
    pub(super) checks: String,
    pub(super) dead: String,
    pub(super) refresh: String,
    pub(super) changes: String,
}

impl Names {
    pub(super) fn new(prefix: &str) -> Self {
        Self {
            checks: format!("{prefix}.checks"),
            dead: format!("{prefix}.checks.dead"),
            refresh: format!("{prefix}.refresh"),
            changes: format!("{prefix}.changes"),
        }
    }
}

/// Declares everything that outlives a connection. What exists with other settings is an error that names them.
pub(super) async fn declare(channel: &Channel, names: &Names, refresh_capacity: u32) -> lapin::Result<()> {
    let durable = QueueDeclareOptions::durable();
    let dead = arguments([("x-queue-type", text("quorum"))]);
    channel.queue_declare(names.dead.as_str().into(), durable, dead).await?;
    let checks = arguments([
        ("x-queue-type", text("quorum")),
        ("x-delivery-limit", AMQPValue::LongLongInt(DELIVERY_LIMIT)),
        // Through the default exchange, which routes to the queue of that name.
        ("x-dead-letter-exchange", text("")),
        ("x-dead-letter-routing-key", text(&names.dead)),
    ]);
    channel.queue_declare(names.checks.as_str().into(), durable, checks).await?;
    let refresh = arguments([
        ("x-max-length", AMQPValue::LongLongInt(refresh_capacity.into())),
        ("x-overflow", text("reject-publish")),
    ]);
    channel.queue_declare(names.refresh.as_str().into(), durable, refresh).await?;
    let fanout = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    channel
        .exchange_declare(names.changes.as_str().into(), ExchangeKind::Fanout, fanout, FieldTable::default())
        .await
}

fn arguments<const N: usize>(entries: [(&str, AMQPValue); N]) -> FieldTable {
    let mut table = FieldTable::default();
    for (key, value) in entries {
        table.insert(key.into(), value);
    }
    table
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(LongString::from(value))
}
