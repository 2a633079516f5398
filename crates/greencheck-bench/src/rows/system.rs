//! Single checks while RabbitMQ, log-writer and PostgreSQL store what is answered, everything and the load generator on the
//! same two cores; the reference has the same two cores for itself and its load. It keeps its one worker, with which it is
//! faster: its load needs the other core whole.

use std::time::{Duration, Instant};

use anyhow::ensure;

use super::{Bench, names};
use crate::bare::Reference;
use crate::cores::{self, CpuTimes};
use crate::load::Load;
use crate::pairs::{self, Series, Side};
use crate::report::{Figure, Goal, millis, short};
use crate::stand::Stand;
use crate::stats::greatest;

/// Of the gateway: one for each core, as it has where it is not told otherwise.
const WORKERS: &str = "2";
/// How much of an answered row may be in the log when.
const VISIBLE: Duration = Duration::from_millis(300);

pub(super) async fn measure(bench: &mut Bench) -> anyhow::Result<Vec<Figure>> {
    let (scale, binaries) = (bench.scale, bench.binaries.clone());
    let stand = bench.stand().await?;
    stand.serve(&[("HTTP__WORKERS", WORKERS)]).await?;
    stand.writer = Some(stand.start("log-writer", &[]).await?);
    stand.share_cores(cores::BOTH)?;
    let load = names::checks(stand.api, scale.hot_names);
    let bytes = super::fast::all_green(stand, scale.hot_names).await?;
    let reference = Reference::start(bytes, stand.servers.folder(), &binaries).await?;
    cores::pin_family(reference.processes()[0].1, cores::BOTH)?;
    let bare = Load { address: reference.address, ..load.clone() };

    let processes = stand.everything()?;
    let (mut ours, mut theirs, mut behind) = (Series::default(), Series::default(), Vec::new());
    for _ in 0..scale.pairs {
        let side = Side { load: &load, processes: &processes };
        let before = ours.answered;
        // What is stored after the last answer belongs to the answers too.
        let cpu = CpuTimes::now(&processes);
        pairs::measure(scale.window, &side, &mut ours).await?;
        stand.answered += ours.answered - before;
        behind.push(stand.await_rows().await?.as_secs_f64());
        ours.whole.add(&CpuTimes::now(&processes).since(&cpu));
        pairs::measure(scale.window, &Side { load: &bare, processes: &reference.processes() }, &mut theirs)
            .await?;
    }
    let visible = visibility(stand, &load, ours.median() / 2.0, scale.window * 2).await?;
    let rows = stand.drain().await?;
    stand.share_cores(cores::SERVER)?;
    cores::pin_self(cores::CLIENT)?;

    let mut rates =
        pairs::ratio_of_rates("fast check while all of it is stored, two cores", 0.55, &ours, &theirs);
    rates.cpu.clear();
    let rates = rates
        .with_cpu("", &ours.whole, ours.answered)
        .with_cpu("reference ", &theirs.cpu, theirs.operations)
        .also(&format!(
            "{rows} rows, none twice, the last {} s after the last answer",
            short(greatest(&behind))
        ));
    Ok(vec![rates, visible])
}

/// From the answer to the commit of its row, with the clock of PostgreSQL, which is that of the gateway.
async fn visibility(stand: &mut Stand, load: &Load, rate: f64, window: Duration) -> anyhow::Result<Figure> {
    stand.await_rows().await?;
    let row = stand
        .database
        .client
        .query_one("SELECT coalesce(max(checked_at), 'epoch')::text FROM checks", &[])
        .await?;
    let since: String = row.get(0);
    let paced = load.paced(rate, window).await?;
    stand.answered += paced.answered;
    stand.await_rows().await?;
    let statement = "SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY seconds)::float8, \
         percentile_disc(0.5) WITHIN GROUP (ORDER BY seconds)::float8, count(*) FROM \
         (SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin) - checked_at AT TIME ZONE 'utc') AS seconds \
         FROM checks WHERE checked_at > $1::text::timestamp) AS rows";
    let row = stand.database.client.query_one(statement, &[&since]).await?;
    let (p99, p50, count): (f64, f64, i64) = (row.get(0), row.get(1), row.get(2));
    ensure!(count.unsigned_abs() >= paced.answered, "{count} of {} rows were found", paced.answered);
    let note = format!(
        "p50 {}, at {} k checks/s, answers p99 {}",
        millis(Duration::from_secs_f64(p50.max(0.0))),
        short(rate / 1000.0),
        millis(paced.p99())
    );
    let goal = Goal::AtMost(VISIBLE.as_secs_f64() * 1000.0);
    Ok(Figure::new("row visible after its answer, p99 at half load", " ms", goal, vec![p99 * 1000.0])
        .reaching(Goal::AtMost(500.0))
        .with_note(note))
}

impl Stand {
    /// Waits until every answered check is in the log and says how long that took.
    pub(crate) async fn await_rows(&self) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        loop {
            let stored = self.database.count("checks").await?;
            if stored >= self.answered {
                ensure!(
                    stored == self.answered,
                    "{} checks were answered, {stored} are in the log",
                    self.answered
                );
                return Ok(begun.elapsed());
            }
            ensure!(
                begun.elapsed() < super::PATIENCE,
                "{stored} of {} answered checks are in the log",
                self.answered
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
