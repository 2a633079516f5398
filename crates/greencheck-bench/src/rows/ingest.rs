//! From the check over RabbitMQ into PostgreSQL, beside `COPY … BINARY` of the very same rows by itself, and beside a
//! publisher that puts each record into a message of its own and a consumer that stores each by itself.

use std::time::Instant;

use anyhow::ensure;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt, pin_mut};

use self::one_by_one::Consumer;
use super::{Bench, names};
use crate::cores::{self, CpuTimes};
use crate::load::Load;
use crate::report::{Figure, Goal, rate};
use crate::stand::Stand;
use crate::stats::{float, median};

mod one_by_one;

/// Names in one question; a check of each goes into the log.
const NAMES: u64 = 100;
const COLUMNS: &str = "checked_at, host, tld, verdict, provider_id, match_kind, match_id, address, address_family, cached, source";

pub(super) async fn measure(bench: &mut Bench) -> anyhow::Result<Vec<Figure>> {
    let scale = bench.scale;
    let (rows, messages, stored) =
        if scale.quick { (100_000, 10_000, 1_000) } else { (500_000, 50_000, 10_000) };
    let stand = bench.stand().await?;
    stand.serve(&[("LOG__BULK", "true")]).await?;
    stand.writer = Some(stand.start("log-writer", &[]).await?);
    stand.share_cores(cores::BOTH)?;
    let processes = stand.everything()?;

    // Names into the caches.
    through(stand, scale.hot_names, scale.hot_names).await?;
    let (mut ours, mut cpu) = (Vec::new(), CpuTimes::default());
    let (mut copies, mut singles, mut messages_only) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..scale.pairs {
        stand.empty_log().await?;
        let before = CpuTimes::now(&processes);
        ours.push(through(stand, rows, scale.hot_names).await?);
        cpu.add(&CpuTimes::now(&processes).since(&before));
        copies.push(copy(stand, rows).await?);
        let (broker, client) = (stand.servers.broker(), &stand.database.client);
        singles.push(one_by_one::rate(broker, stored, Consumer::Stores(client)).await?);
        messages_only.push(one_by_one::rate(broker, messages, Consumer::Drops).await?);
        let inserted = stand.database.count("checks").await?;
        ensure!(inserted == stored, "{inserted} rows of {stored} were inserted");
    }
    stand.empty_log().await?;
    stand.drain().await?;
    stand.share_cores(cores::SERVER)?;
    cores::pin_self(cores::CLIENT)?;

    let ratios = |reference: &[f64]| ours.iter().zip(reference).map(|(ours, theirs)| ours / theirs).collect();
    let beside = |reference: &[f64]| format!("{} beside {}", rate(median(&ours)), rate(median(reference)));
    Ok(vec![
        Figure::new(
            "check → RabbitMQ → PostgreSQL, beside bare COPY BINARY",
            " ×",
            Goal::AtLeast(0.5),
            ratios(&copies),
        )
        .with_note(format!("{} rows", beside(&copies)))
        .with_cpu("", &cpu, rows * scale.pairs as u64),
        Figure::new(
            "the same beside one record a message and a statement",
            " ×",
            Goal::AtLeast(20.0),
            ratios(&singles),
        )
        .with_note(format!("{} rows", beside(&singles))),
        Figure::new(
            "the same beside one record a message, not stored",
            " ×",
            Goal::None,
            ratios(&messages_only),
        )
        .with_note(format!("{} messages", beside(&messages_only))),
    ])
}

/// So many checks, asked a hundred at a time, until the last row is stored; rows a second.
async fn through(stand: &mut Stand, rows: u64, hot_names: u64) -> anyhow::Result<f64> {
    let questions = hot_names / NAMES;
    let paths: Vec<String> =
        (0..questions).map(|question| names::multi_path(question * NAMES, NAMES)).collect();
    let load = Load { connections: 4, ..names::checks(stand.api, 1) };
    let begun = Instant::now();
    let write = move |question: u64, out: &mut Vec<u8>| {
        let place = usize::try_from(question % questions).expect("an index fits");
        names::write_get(&paths[place], "", out);
    };
    let asked = load.all(rows / NAMES, write).await?;
    stand.answered += asked.answered * NAMES;
    stand.await_rows().await?;
    Ok(float(asked.answered * NAMES) / begun.elapsed().as_secs_f64())
}

/// Copies all rows of the log out, empties it and copies them in again; rows a second of that.
async fn copy(stand: &mut Stand, rows: u64) -> anyhow::Result<f64> {
    let client = &stand.database.client;
    let out =
        client.copy_out(&format!("COPY (SELECT {COLUMNS} FROM checks) TO STDOUT (FORMAT binary)")).await?;
    pin_mut!(out);
    let mut parts: Vec<Bytes> = Vec::new();
    while let Some(part) = out.next().await {
        parts.push(part?);
    }
    stand.empty_log().await?;
    let client = &stand.database.client;
    // In pieces of a size that costs few messages.
    let joined = Bytes::from(parts.concat());
    let begun = Instant::now();
    let into = client.copy_in(&format!("COPY checks ({COLUMNS}) FROM STDIN (FORMAT binary)")).await?;
    pin_mut!(into);
    let mut rest = joined;
    while !rest.is_empty() {
        let part = rest.split_to(rest.len().min(256 * 1024));
        into.send(part).await?;
    }
    let copied = into.finish().await?;
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(copied == rows, "{copied} rows of {rows} were copied");
    stand.empty_log().await?;
    Ok(float(rows) / seconds)
}
