//! What can be measured.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use futures_util::future::LocalBoxFuture;
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli;
use crate::report::{self, Figure};
use crate::scale::Scale;
use crate::stand::Stand;

mod cached;
mod caches;
mod dns;
mod fast;
mod flight;
mod ingest;
mod memory;
mod multi;
mod names;
mod processes;
mod ranges;
mod system;
mod uniform;

pub(crate) use dns::{is_green, zone_name};

/// With `--guard`, a row fails below this part of its goal, or of what has been reached of it.
const SLACK: f64 = 0.8;
const TRIES: usize = 3;
/// How long the log may take to have all of a row's checks.
const PATIENCE: Duration = Duration::from_secs(300);

/// What rows need.
pub(crate) struct Bench {
    pub(crate) scale: Scale,
    pub(crate) binaries: PathBuf,
    stand: Option<Stand>,
}

impl Bench {
    /// The product's processes, started when a row first needs them.
    pub(crate) async fn stand(&mut self) -> anyhow::Result<&mut Stand> {
        if self.stand.is_none() {
            self.stand = Some(Stand::new(&self.binaries, self.scale).await?);
        }
        self.stand.as_mut().context("it was just started")
    }
}

type Measure = for<'a> fn(&'a mut Bench) -> LocalBoxFuture<'a, anyhow::Result<Vec<Figure>>>;

struct Row {
    name: &'static str,
    about: &'static str,
    /// Whether a quick run has it.
    quick: bool,
    measure: Measure,
}

macro_rules! row {
    ($name:literal, $quick:literal, $about:literal, $measure:path) => {
        Row { name: $name, about: $about, quick: $quick, measure: |bench| Box::pin($measure(bench)) }
    };
}

const ROWS: [Row; 13] = [
    row!(
        "fast",
        true,
        "single checks of a hot set, published, beside a handler of constant bytes",
        fast::measure
    ),
    row!("revalidate", true, "304 on a matching tag, beside the same handler", cached::revalidate),
    row!("badge", true, "a badge that was drawn before, beside the same handler", cached::badge),
    row!("multi", true, "a hundred names in one question, beside single checks", multi::measure),
    row!("flight", true, "look-ups for a thousand simultaneous checks of one new name", flight::measure),
    row!("system", true, "single checks while everything is stored on the same two cores", system::measure),
    row!(
        "ingest",
        true,
        "check to RabbitMQ to PostgreSQL, beside COPY and one record a message",
        ingest::measure
    ),
    row!(
        "uniform",
        false,
        "single checks of a million names drawn uniformly; memory of a verdict",
        uniform::measure
    ),
    row!("caches", false, "checks without a cache, with Redis, with Redis and the process", caches::measure),
    row!("processes", false, "start, idle CPU and memory of each service", processes::measure),
    row!("memory", false, "memory of each service at half load", memory::measure),
    row!("dns", false, "full look-ups beside the bare resolver, against NSD", dns::measure),
    row!("ranges", true, "the range index beside poptrie and prefix-trie", ranges::measure),
];

pub(crate) fn list() -> String {
    ROWS.map(|row| format!("{:<12} {}", row.name, row.about)).join("\n")
}

pub(crate) async fn run(arguments: &cli::Run) -> anyhow::Result<ExitCode> {
    if let Some(unknown) = arguments.rows.iter().find(|name| ROWS.iter().all(|row| row.name != **name)) {
        bail!("there is no row {unknown:?}; there are:\n{}", list());
    }
    let asked = |row: &&Row| match arguments.rows.as_slice() {
        [] => row.quick || !arguments.quick,
        names => names.iter().any(|name| name == row.name),
    };
    let rows: Vec<&Row> = ROWS.iter().filter(asked).collect();
    let binaries = match &arguments.binaries {
        Some(folder) => folder.canonicalize().with_context(|| format!("{}", folder.display()))?,
        None => std::env::current_exe()?.parent().context("a program is in a folder")?.to_owned(),
    };
    let mut bench = Bench { scale: Scale::of(arguments), binaries, stand: None };
    let progress = ProgressBar::new(rows.len() as u64)
        .with_style(ProgressStyle::with_template("{elapsed:>4} {bar:20} {pos}/{len} {msg}")?);
    let (mut figures, mut failed) = (Vec::new(), false);
    for row in rows {
        progress.set_message(row.name);
        let found = guarded(&mut bench, row, arguments.guard).await?;
        failed |= arguments.guard && !found.iter().all(|figure| figure.holds(SLACK));
        progress.suspend(|| report::say(&report::table(&found)))?;
        figures.extend(found);
        progress.inc(1);
    }
    progress.finish_and_clear();
    report::say(&format!("\n{}", report::table(&figures)))?;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A row below its goal may have been disturbed: with `guard` it is measured again.
async fn guarded(bench: &mut Bench, row: &Row, guard: bool) -> anyhow::Result<Vec<Figure>> {
    let mut tries = 1;
    loop {
        let figures = (row.measure)(bench).await.with_context(|| format!("row {}", row.name))?;
        if !guard || tries == TRIES || figures.iter().all(|figure| figure.holds(SLACK)) {
            return Ok(figures);
        }
        tries += 1;
    }
}
