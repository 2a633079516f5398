//! Single checks of a hot set. Each is published to RabbitMQ with confirms; nobody takes them from the queue meanwhile, as in
//! a burst. The broker has the core of the gateway, and a smaller share of it: what it is given can wait.

use std::time::Duration;

use anyhow::ensure;

use super::{Bench, names};
use crate::bare::Reference;
use crate::pairs::{self, Side};
use crate::report::{Figure, Goal, millis};
use crate::stand::Stand;
use crate::stats::percentile;
use crate::{cores, load};

pub(super) async fn measure(bench: &mut Bench) -> anyhow::Result<Vec<Figure>> {
    let (scale, binaries) = (bench.scale, bench.binaries.clone());
    let stand = bench.stand().await?;
    stand.serve(&[]).await?;
    let load = names::checks(stand.api, scale.hot_names);
    // Into the caches, and every answer is looked at.
    let bytes = all_green(stand, scale.hot_names).await?;
    let reference = Reference::start(bytes, stand.servers.folder(), &binaries).await?;
    let bare = load::Load { address: reference.address, ..load.clone() };
    let broker = stand.servers.pid("rabbitmq")?;
    cores::make_session_nice(broker, scale.broker_nice)?;

    let (ours, theirs) = (stand.publishing()?, reference.processes());
    let sides = (Side { load: &load, processes: &ours }, Side { load: &bare, processes: &theirs });
    let (ours, theirs) = pairs::floods(scale.pairs, scale.window, sides.0, sides.1).await?;
    stand.answered += ours.answered;
    let rates = pairs::ratio("fast check, hot set, publishing", 0.85, &ours, &theirs);

    let half = ours.median() / 2.0;
    let (mut ratios, mut late, mut usual) = (Vec::new(), [vec![], vec![]], [vec![], vec![]]);
    for _ in 0..scale.pairs {
        let paced = [load.paced(half, scale.window).await?, bare.paced(half, scale.window).await?];
        stand.answered += paced[0].answered;
        ratios.push(paced[0].p99().as_secs_f64() / paced[1].p99().as_secs_f64());
        for (side, outcome) in paced.iter().enumerate() {
            late[side].push(outcome.p99());
            usual[side].push(outcome.p50());
        }
    }
    let note = format!("medians of p99 {}, of p50 {}, the same rate for both", beside(late), beside(usual));
    let latency = Figure::new("its p99 at half load", " ×", Goal::AtMost(1.5), ratios)
        // In windows of seconds it tells of the machine more than of us.
        .reaching(Goal::AtMost(10.0))
        .with_note(note);
    cores::make_session_nice(broker, 0)?;
    let rows = stand.drain().await?;
    Ok(vec![rates.also(&format!("{rows} rows in the log, none twice")), latency])
}

fn beside(of: [Vec<Duration>; 2]) -> String {
    let median = |mut times: Vec<Duration>| {
        times.sort();
        millis(percentile(&times, 500))
    };
    of.map(median).join(" beside ")
}

/// Asks for each name once and says how long an answer is.
pub(super) async fn all_green(stand: &mut Stand, count: u64) -> anyhow::Result<usize> {
    let mut connection = load::Connection::open(stand.api).await?;
    let mut bytes = 0;
    for number in 0..count {
        let reply = connection.reply(|out| names::write_get(&names::path(number), "", out)).await?;
        let body: serde_json::Value = serde_json::from_slice(&reply.body)?;
        let told = body["green"] == true && body["url"] == names::name(number).as_str();
        ensure!(reply.status == 200 && told, "{} is answered {body}", names::name(number));
        bytes = reply.body.len();
    }
    stand.answered += count;
    Ok(bytes)
}
