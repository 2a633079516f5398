//! What browsers and pages ask again: a body that they have (304), and a badge that was drawn before. Each is also measured
//! beside a file of the same gateway: what a static answer costs in this server.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, ensure};

use super::{Bench, names};
use crate::bare::Reference;
use crate::load::{Connection, Load};
use crate::pairs::{self, Side};
use crate::report::{Figure, Goal, millis};
use crate::scale::Scale;
use crate::stand::Stand;
use crate::stats::percentile;

/// Names with a tag each.
const TAGGED: u64 = 1_000;
/// A file of the gateway, of the size of a badge.
const FILE: &str = "/assets/check.css";

pub(super) async fn revalidate(bench: &mut Bench) -> anyhow::Result<Vec<Figure>> {
    let (scale, binaries) = (bench.scale, bench.binaries.clone());
    let stand = bench.stand().await?;
    stand.serve(&[]).await?;
    let mut connection = Connection::open(stand.api).await?;
    let (mut requests, mut bytes) = (Vec::new(), 0);
    for number in 0..TAGGED {
        let reply = connection.reply(|out| names::write_get(&names::path(number), "", out)).await?;
        let tag = reply.header("etag").context("a check has a tag")?;
        requests.push((names::path(number), format!("if-none-match: {tag}\r\n")));
        bytes = reply.body.len();
    }
    for (path, header) in &requests {
        let reply = connection.reply(|out| names::write_get(path, header, out)).await?;
        ensure!(reply.status == 304, "{path} with its tag is answered {}", reply.status);
    }
    stand.answered += TAGGED * 2;
    let load = names::any_of(stand.api, 304, requests.into_iter());
    let reference = Reference::start(bytes, stand.servers.folder(), &binaries).await?;
    let bare = Load { address: reference.address, status: 200, ..load.clone() };
    let (ours, theirs) = (stand.publishing()?, reference.processes());
    let sides = (Side { load: &load, processes: &ours }, Side { load: &bare, processes: &theirs });
    let (ours, theirs) = pairs::floods(scale.pairs, scale.window, sides.0, sides.1).await?;
    stand.answered += ours.answered;
    let beside = beside_file("304, beside a file of the gateway", stand, scale, &load).await?;
    stand.drain().await?;
    Ok(vec![pairs::ratio("304 on a matching tag, publishing", 0.85, &ours, &theirs), beside])
}

/// `load` beside a static answer of the same process.
async fn beside_file(what: &str, stand: &mut Stand, scale: Scale, load: &Load) -> anyhow::Result<Figure> {
    let file = names::any_of(stand.api, 200, std::iter::once((FILE.to_owned(), String::new())));
    let processes = stand.publishing()?;
    let sides = (Side { load, processes: &processes }, Side { load: &file, processes: &processes });
    let (ours, theirs) = pairs::floods(scale.pairs, scale.window, sides.0, sides.1).await?;
    stand.answered += ours.answered;
    Ok(pairs::ratio(what, 0.90, &ours, &theirs))
}

pub(super) async fn badge(bench: &mut Bench) -> anyhow::Result<Vec<Figure>> {
    let (scale, binaries) = (bench.scale, bench.binaries.clone());
    let stand = bench.stand().await?;
    stand.renderer = Some(stand.start("badge-renderer", &[]).await?);
    stand.serve(&[]).await?;
    let measured = badges(stand, scale, &binaries).await;
    if let Some(renderer) = stand.renderer.take() {
        renderer.stop()?;
    }
    measured
}

async fn badges(stand: &mut Stand, scale: Scale, binaries: &Path) -> anyhow::Result<Vec<Figure>> {
    // Their verdicts into the caches: without one a badge looks the name up, for which there is no name server here.
    super::fast::all_green(stand, TAGGED).await?;
    let mut connection = Connection::open(stand.api).await?;
    let path = |number| format!("/api/v3/greencheckimage/{}", names::name(number));
    let (mut bytes, mut first) = (0, Vec::new());
    for number in 0..TAGGED {
        let begun = Instant::now();
        let reply = connection.reply(|out| names::write_get(&path(number), "", out)).await?;
        first.push(begun.elapsed());
        let is_picture = reply.status == 200 && reply.header("content-type") == Some("image/png");
        let is_green = reply.header("cache-control").is_some_and(|keep| keep.contains("max-age=3600"));
        ensure!(
            is_picture && is_green && reply.body.starts_with(b"\x89PNG"),
            "{} is answered {}",
            path(number),
            reply.head
        );
        bytes = bytes.max(reply.body.len());
    }
    stand.answered += TAGGED;
    let load = names::any_of(stand.api, 200, (0..TAGGED).map(|number| (path(number), String::new())));
    let reference = Reference::start(bytes, stand.servers.folder(), binaries).await?;
    let bare = Load { address: reference.address, ..load.clone() };
    let (ours, theirs) = (stand.publishing()?, reference.processes());
    let sides = (Side { load: &load, processes: &ours }, Side { load: &bare, processes: &theirs });
    let (ours, theirs) = pairs::floods(scale.pairs, scale.window, sides.0, sides.1).await?;
    stand.answered += ours.answered;
    let beside = beside_file("cached badge, beside a file of the gateway", stand, scale, &load).await?;
    stand.drain().await?;
    first.sort_unstable();
    let median = percentile(&first, 500).as_secs_f64() * 1000.0;
    Ok(vec![
        pairs::ratio("cached badge (PNG), publishing", 0.85, &ours, &theirs),
        beside,
        Figure::new(
            "first badge of a stored name, looked up and drawn, one after the other",
            " ms",
            Goal::AtMost(2.0),
            vec![median],
        )
        // In milliseconds it tells of the machine, too.
        .reaching(Goal::AtMost(4.0))
        .with_note(format!("p99 {}, {TAGGED} names", millis(percentile(&first, 990)))),
    ])
}
