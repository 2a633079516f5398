//! Single checks of a hot set. Each is published to RabbitMQ with confirms; nobody takes them from the queue meanwhile, as in
//! a burst. The broker has the core of the gateway.

use anyhow::ensure;

use super::{Bench, names};
use crate::bare::Reference;
use crate::load;
use crate::pairs::{self, Side};
use crate::report::{Figure, Goal, millis};

pub(super) async fn measure(bench: &mut Bench) -> anyhow::Result<Vec<Figure>> {
    let (scale, binaries) = (bench.scale, bench.binaries.clone());
    let stand = bench.stand().await?;
    stand.serve(&[]).await?;
    let load = names::checks(stand.api, scale.hot_names);
    // Into the caches, and every answer is looked at.
    let bytes = all_green(stand, scale.hot_names).await?;
    let reference = Reference::start(bytes, stand.servers.folder(), &binaries).await?;
    let bare = load::Load { address: reference.address, ..load.clone() };

    let (ours, theirs) = (stand.publishing()?, reference.processes());
    let sides = (Side { load: &load, processes: &ours }, Side { load: &bare, processes: &theirs });
    let (ours, theirs) = pairs::floods(scale.pairs, scale.window, sides.0, sides.1).await?;
    stand.answered += ours.answered;
    let rates = pairs::ratio("fast check, hot set, publishing", 0.85, &ours, &theirs);

    let half = ours.median() / 2.0;
    let (mut ratios, mut last) = (Vec::new(), String::new());
    for _ in 0..scale.pairs {
        let paced = load.paced(half, scale.window).await?;
        stand.answered += paced.answered;
        let beside = bare.paced(half, scale.window).await?;
        ratios.push(paced.p99().as_secs_f64() / beside.p99().as_secs_f64());
        last = format!(
            "p99 {} beside {}, p50 {} beside {}, the same rate for both",
            millis(paced.p99()),
            millis(beside.p99()),
            millis(paced.p50()),
            millis(beside.p50())
        );
    }
    let latency = Figure::new("its p99 at half load", " ×", Goal::AtMost(1.5), ratios)
        // In windows of seconds it tells of the machine more than of us.
        .reaching(Goal::AtMost(10.0))
        .with_note(last);
    let rows = stand.drain().await?;
    Ok(vec![rates.also(&format!("{rows} rows in the log, none twice")), latency])
}

/// Asks for each name once and says how long an answer is.
pub(super) async fn all_green(stand: &mut crate::stand::Stand, count: u64) -> anyhow::Result<usize> {
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
