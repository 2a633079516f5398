//! A hundred names in one question, beside single checks of the same names.

use anyhow::ensure;

use super::{Bench, names};
use crate::load::{self, Load};
use crate::pairs::{self, Side};
use crate::report::{Figure, Goal, rate};
use crate::stats::float;

const NAMES: u64 = 100;

pub(super) async fn measure(bench: &mut Bench) -> anyhow::Result<Vec<Figure>> {
    let scale = bench.scale;
    let stand = bench.stand().await?;
    stand.serve(&[]).await?;
    let questions = scale.hot_names / NAMES;
    for question in 0..questions {
        let reply = load::get(stand.api, &names::multi_path(question * NAMES, NAMES)).await?;
        let body: serde_json::Value = serde_json::from_slice(&reply.body)?;
        let body = body.as_array().map(Vec::as_slice).unwrap_or_default();
        let green = body.iter().filter(|entry| entry["green"] == true).count();
        ensure!(green as u64 == NAMES, "{green} of {NAMES} names are green");
    }
    let many = (0..questions).map(|question| (names::multi_path(question * NAMES, NAMES), String::new()));
    let many = Load { connections: 16, ..names::any_of(stand.api, 200, many) };
    let single = names::checks(stand.api, scale.hot_names);
    let processes = stand.publishing()?;
    let sides = (Side { load: &many, processes: &processes }, Side { load: &single, processes: &processes });
    let (many, single) = pairs::floods(scale.pairs, scale.window, sides.0, sides.1).await?;
    stand.answered += single.answered;
    stand.drain().await?;
    let ratios =
        many.rates.iter().zip(&single.rates).map(|(many, single)| many * float(NAMES) / single).collect();
    let note = format!("{} names beside {}", rate(many.median() * float(NAMES)), rate(single.median()));
    let figure = Figure::new(
        "names/s in questions about 100, beside single checks",
        " ×",
        Goal::AtLeast(20.0),
        ratios,
    );
    // Programs that are not optimised as a whole take two and a half times as long for each of the names.
    let figure = figure.reaching(Goal::AtLeast(10.0));
    let figure = figure.with_note(note).with_cpu("", &many.cpu, many.operations * NAMES);
    Ok(vec![figure.with_cpu("single: ", &single.cpu, single.operations)])
}
