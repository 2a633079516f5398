//! What each service has in memory at about half load: asked for checks of a hot set, badges, and names that nobody stores.

use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Bench, names};
use crate::cores;
use crate::load::Load;
use crate::report::{Figure, Goal};
use crate::stand::Stand;
use crate::stats::float;

/// As many as the public table of the internet's address space has, about.
const AS_RANGES: u32 = 500_000;
const AS_RANGE_SIZE: u32 = 8_192;
const POLL: Duration = Duration::from_millis(100);
/// Requests a second: about half of what two such cores answer of all this together with everything stored.
const RATE: f64 = 7_500.0;
/// Megabytes at most.
const GOALS: [(&str, f64); 4] =
    [("api-gateway", 60.0), ("lookup-service", 200.0), ("log-writer", 60.0), ("badge-renderer", 60.0)];

pub(super) async fn measure(bench: &mut Bench) -> anyhow::Result<Vec<Figure>> {
    let scale = bench.scale;
    let stand = bench.stand().await?;
    let table = as_table(stand.servers.folder())?.display().to_string();
    stand.renderer = Some(stand.start("badge-renderer", &[]).await?);
    stand.serve(&[("ASN__TABLE", &table)]).await?;
    stand.writer = Some(stand.start("log-writer", &[]).await?);
    super::fast::all_green(stand, scale.hot_names).await?;

    let nodes = [&stand.gateway, &stand.lookup, &stand.writer, &stand.renderer];
    let pids = nodes.map(|node| node.as_ref().map_or(0, crate::node::Node::pid));
    let mut most = [0; 4];
    let load = everything(stand, scale.hot_names, scale.stored_names);
    let paced = load.paced(RATE, scale.window * 5);
    tokio::pin!(paced);
    let outcome = loop {
        tokio::select! {
            outcome = &mut paced => break outcome?,
            () = tokio::time::sleep(POLL) => {
                for (most, pid) in most.iter_mut().zip(pids) {
                    *most = cores::resident_bytes(pid).max(*most);
                }
            }
        }
    };
    stand.answered += outcome.answered;
    let rows = stand.drain().await?;
    if let Some(renderer) = stand.renderer.take() {
        renderer.stop()?;
    }
    let figure = |((service, goal), most): ((&str, f64), u64)| {
        let what = format!("resident memory of {service} at half load, at most");
        Figure::new(what, " MB", Goal::AtMost(goal), vec![float(most) / 1e6])
    };
    let mut figures: Vec<_> = GOALS.into_iter().zip(most).map(figure).collect();
    let (names, ranges) = (scale.stored_names, scale.ranges);
    figures[1].note = format!(
        "{names} names, {ranges} ranges, AS table of {AS_RANGES}; {rows} checks and badges, a row each"
    );
    Ok(figures)
}

/// Most of it are checks of the hot set; the badges find room in the cache for them, about; each name that nobody stores is
/// looked up again when the cache has forgotten it.
fn everything(stand: &Stand, hot: u64, stored: u64) -> Load {
    let checks = (0..hot).map(names::path);
    let badges = (0..hot / 4).map(|number| format!("/api/v3/greencheckimage/{}", names::name(number)));
    let strangers = (0..hot / 2).map(move |number| names::path(stored + number));
    names::any_of(stand.api, 200, checks.chain(badges).chain(strangers).map(|path| (path, String::new())))
}

/// All of IPv4 in ranges of equal size.
fn as_table(folder: &Path) -> anyhow::Result<PathBuf> {
    let mut text = String::new();
    for number in 0..AS_RANGES {
        let first = number * AS_RANGE_SIZE;
        let (first, last) = (Ipv4Addr::from_bits(first), Ipv4Addr::from_bits(first + AS_RANGE_SIZE - 1));
        writeln!(text, "{first},{last},{},\"NETWORK-{number}\"", number % 80_000 + 1)?;
    }
    let path = folder.join("asn.csv");
    std::fs::write(&path, text)?;
    Ok(path)
}
