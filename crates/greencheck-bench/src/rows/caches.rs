//! What caches are worth: the same checks without any, with Redis, and with Redis and the cache in the process; beside what
//! Redis and PostgreSQL take by themselves to find one name.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, ensure};
use redis::aio::MultiplexedConnection;

use super::{Bench, names};
use crate::load::{Load, Outcome, paced};
use crate::report::{Figure, Goal, millis};
use crate::stand::Stand;
use crate::stats::float;

/// The same for all: below what the slowest way takes.
const RATE: f64 = 1_000.0;
const AT_ONCE: u64 = 100;

pub(super) async fn measure(bench: &mut Bench) -> anyhow::Result<Vec<Figure>> {
    let scale = bench.scale;
    let stand = bench.stand().await?;
    let redis = stand.servers.redis().to_owned();
    let ways: [(&str, Vec<(&str, &str)>); 3] = [
        ("no cache", vec![("CACHE__URL", "memory:"), ("CACHE__LOCAL_TTL", "0s")]),
        ("Redis", vec![("CACHE__URL", &redis), ("CACHE__LOCAL_TTL", "0s")]),
        ("Redis and the process", vec![("CACHE__URL", &redis)]),
    ];
    let client = redis::Client::open(redis.as_str())?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    let mut figures = Vec::new();
    for (way, settings) in &ways {
        redis::cmd("FLUSHALL").exec_async(&mut connection).await?;
        stand.serve(settings).await?;
        for state in ["cold", "warm"] {
            let outcome = in_order(stand, scale.window).await?;
            figures.push(latencies(&format!("check, {way}, {state}"), &outcome));
        }
    }
    figures.push(latencies("bare GET of Redis", &bare_get(&mut connection, scale.window).await?));
    figures.push(latencies("bare SELECT by primary key", &bare_select(stand, scale.window).await?));
    redis::cmd("FLUSHALL").exec_async(&mut connection).await?;
    let before = used(&mut connection).await?;
    let names = scale.stored_names / 5;
    let load = Load { connections: 16, ..names::checks(stand.api, 1) };
    load.all(names / AT_ONCE, |question, out| {
        names::write_get(&names::multi_path(question * AT_ONCE, AT_ONCE), "", out);
    })
    .await?;
    let each = float(used(&mut connection).await?.saturating_sub(before)) / float(names);
    figures.push(
        Figure::new("Redis, bytes for 1M names", " MB", Goal::None, vec![each])
            .with_note(format!("{each:.0} bytes each, measured on {names} names")),
    );
    stand.drain().await?;
    Ok(figures)
}

/// Names one after the other, each once.
async fn in_order(stand: &mut Stand, window: Duration) -> anyhow::Result<Outcome> {
    let next = Rc::new(Cell::new(0));
    let write = move |_: &mut crate::numbers::Numbers, out: &mut Vec<u8>| {
        let number = next.replace(next.get() + 1);
        names::write_get(&names::path(number), "", out);
    };
    let load = Load { write: Rc::new(write), ..names::checks(stand.api, 1) };
    let outcome = load.paced(RATE, window).await?;
    stand.answered += outcome.answered;
    Ok(outcome)
}

fn latencies(what: &str, outcome: &Outcome) -> Figure {
    let p50 = vec![outcome.p50().as_secs_f64() * 1000.0];
    Figure::new(format!("{what}, p50"), " ms", Goal::None, p50)
        .with_note(format!("p99 {}", millis(outcome.p99())))
}

/// Values that the product has left in Redis, as fast as redis-rs gets them.
async fn bare_get(connection: &mut MultiplexedConnection, window: Duration) -> anyhow::Result<Outcome> {
    let keys: Vec<String> = redis::cmd("KEYS").arg("*").query_async(connection).await?;
    let mut keys = keys.iter().cycle();
    paced(RATE, window, async || {
        let key = keys.next().context("Redis has kept no name")?;
        let value: Option<Vec<u8>> = redis::cmd("GET").arg(key).query_async(connection).await?;
        ensure!(value.is_some_and(|value| !value.is_empty()), "Redis has nothing under {key}");
        Ok(())
    })
    .await
}

/// The rows of stored names, as fast as tokio-postgres reads them.
async fn bare_select(stand: &Stand, window: Duration) -> anyhow::Result<Outcome> {
    let client = &stand.database.client;
    let statement = client.prepare("SELECT * FROM green_domains WHERE host = $1").await?;
    let mut number = 0;
    paced(RATE, window, async || {
        let name = names::name(number);
        number += 1;
        let row = client.query_one(&statement, &[&name]).await?;
        ensure!(row.get::<_, &str>("host") == name, "another row than that of {name}");
        Ok(())
    })
    .await
}

/// Bytes that Redis has taken.
async fn used(connection: &mut MultiplexedConnection) -> anyhow::Result<u64> {
    let text: String = redis::cmd("INFO").arg("memory").query_async(connection).await?;
    let line = text.lines().find_map(|line| line.strip_prefix("used_memory:"));
    Ok(line.unwrap_or_default().trim().parse()?)
}
