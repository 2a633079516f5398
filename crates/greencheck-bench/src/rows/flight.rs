//! A thousand callers ask for one name at the same time that nobody has asked for before.

use std::rc::Rc;

use anyhow::ensure;

use super::{Bench, names};
use crate::load::Load;
use crate::report::{Figure, Goal};
use crate::stats::float;

const CALLERS: u64 = 1_000;

pub(super) async fn measure(bench: &mut Bench) -> anyhow::Result<Vec<Figure>> {
    let pairs = bench.scale.pairs;
    let stand = bench.stand().await?;
    stand.serve(&[]).await?;
    let mut counts = Vec::new();
    for round in 0..pairs {
        let before = stand.lookups().await?;
        let path = format!("/greencheck/never-asked-{round}.com");
        let load = Load { address: stand.api, connections: CALLERS, status: 200, write: Rc::new(|_, _| ()) };
        let asked = load.all(CALLERS, move |_, out| names::write_get(&path, "", out)).await?;
        ensure!(asked.answered == CALLERS, "{} of {CALLERS} were answered", asked.answered);
        stand.answered += asked.answered;
        counts.push(float(stand.lookups().await? - before));
    }
    stand.drain().await?;
    Ok(vec![Figure::new(
        "full look-ups for 1,000 simultaneous checks of one new name",
        "",
        Goal::Exactly(1.0),
        counts,
    )])
}
