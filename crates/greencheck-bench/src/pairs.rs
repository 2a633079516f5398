//! Ours and the reference in turn: what disturbs one disturbs the other.

use std::time::Duration;

use crate::cores::CpuTimes;
use crate::load::{Load, Outcome};
use crate::report::{Figure, Goal, rate};
use crate::stats::{float, median};

/// What CPU is counted for one side.
pub(crate) type Processes<'a> = &'a [(&'static str, u32)];

/// One side of a pair.
pub(crate) struct Side<'a> {
    pub(crate) load: &'a Load,
    pub(crate) processes: Processes<'a>,
}

/// All measurements of one side.
#[derive(Debug, Default)]
pub(crate) struct Series {
    pub(crate) rates: Vec<f64>,
    /// Operations for each CPU-second of the processes: the rate that they would have with a core of their own, whoever
    /// else wanted it meanwhile.
    pub(crate) per_cpu: Vec<f64>,
    pub(crate) cpu: CpuTimes,
    /// What was used besides, before and after the windows too; for those who count it.
    pub(crate) whole: CpuTimes,
    pub(crate) operations: u64,
    pub(crate) seconds: f64,
    /// Warm-up included.
    pub(crate) answered: u64,
}

impl Series {
    /// How busy the processes were, of one core.
    pub(crate) fn busy(&self) -> f64 {
        self.cpu.total() / self.seconds
    }

    pub(crate) fn median(&self) -> f64 {
        median(&self.rates)
    }

    fn add(&mut self, outcome: &Outcome, cpu: &CpuTimes) {
        self.rates.push(outcome.rate());
        self.per_cpu.push(float(outcome.answered) / cpu.total());
        self.cpu.add(cpu);
        self.operations += outcome.answered;
        self.seconds += outcome.seconds;
    }
}

/// Floods both in turn.
pub(crate) async fn floods(
    pairs: usize,
    window: Duration,
    ours: Side<'_>,
    reference: Side<'_>,
) -> anyhow::Result<(Series, Series)> {
    let mut series = (Series::default(), Series::default());
    for _ in 0..pairs {
        measure(window, &ours, &mut series.0).await?;
        measure(window, &reference, &mut series.1).await?;
    }
    Ok(series)
}

pub(crate) async fn measure(window: Duration, side: &Side<'_>, series: &mut Series) -> anyhow::Result<()> {
    let warm = side.load.flood(window / 8).await?;
    let before = CpuTimes::now(side.processes);
    let outcome = side.load.flood(window).await?;
    series.add(&outcome, &CpuTimes::now(side.processes).since(&before));
    series.answered += warm.answered + outcome.answered;
    Ok(())
}

/// The ratio of operations for each CPU-second as a line of the table.
pub(crate) fn ratio(what: &str, goal: f64, ours: &Series, reference: &Series) -> Figure {
    let ratios = ours.per_cpu.iter().zip(&reference.per_cpu).map(|(ours, reference)| ours / reference);
    line(what, ratios.collect(), goal, ours, reference)
}

/// The same of rates, where everything shares its cores with the load generator.
pub(crate) fn ratio_of_rates(what: &str, goal: f64, ours: &Series, reference: &Series) -> Figure {
    let ratios = ours.rates.iter().zip(&reference.rates).map(|(ours, reference)| ours / reference);
    line(what, ratios.collect(), goal, ours, reference)
}

fn line(what: &str, ratios: Vec<f64>, goal: f64, ours: &Series, reference: &Series) -> Figure {
    let note = format!(
        "{} beside {}; server {:.0} % and {:.0} % of a core",
        rate(ours.median()),
        rate(reference.median()),
        ours.busy() * 100.0,
        reference.busy() * 100.0,
    );
    Figure::new(what, " ×", Goal::AtLeast(goal), ratios)
        .with_note(note)
        .with_cpu("", &ours.cpu, ours.operations)
        .with_cpu("reference ", &reference.cpu, reference.operations)
}
