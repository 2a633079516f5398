//! Which core a process runs on, and what it has used of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::stats::float;

/// The product, the references and the servers behind them.
pub(crate) const SERVER: &str = "0";
/// The load generator.
pub(crate) const CLIENT: &str = "1";
/// For rows in which everything shares both.
pub(crate) const BOTH: &str = "0,1";

/// Of `/proc/PID/stat`: fixed for programs since Linux 2.4, whatever the kernel counts in.
const TICKS_A_SECOND: f64 = 100.0;
const KIB: u64 = 1024;

/// Whether this process has [`CLIENT`] to itself.
static ALONE: AtomicBool = AtomicBool::new(false);

/// Gives this process a core.
pub(crate) fn pin_self(cores: &str) -> anyhow::Result<()> {
    ALONE.store(cores == CLIENT, Ordering::Relaxed);
    pin(std::process::id(), cores)
}

/// Whether nobody else needs the core of the load generator.
pub(crate) fn is_alone() -> bool {
    ALONE.load(Ordering::Relaxed)
}

/// Gives all threads of a process other cores.
pub(crate) fn pin(pid: u32, cores: &str) -> anyhow::Result<()> {
    let done = Command::new("taskset")
        .args(["-acp", cores, &pid.to_string()])
        .stdout(Stdio::null())
        .status()
        .context("taskset cannot be started: install util-linux")?;
    ensure!(done.success(), "taskset gives {pid} no core {cores}: a bench needs two cores");
    Ok(())
}

/// Gives a process and all below it other cores.
pub(crate) fn pin_family(pid: u32, cores: &str) -> anyhow::Result<()> {
    family(pid).into_iter().try_for_each(|pid| match pin(pid, cores) {
        // One that has ended since needs no core.
        Err(_) if !Path::new(&format!("/proc/{pid}")).exists() => Ok(()),
        done => done,
    })
}

/// Gives the session of `pid` a niceness as a whole. Linux shares a core among sessions first, then among the threads of each:
/// sched(7), "The autogroup feature". Where it does not, shares stay equal.
pub(crate) fn make_session_nice(pid: u32, nice: u8) -> anyhow::Result<()> {
    let group = format!("/proc/{pid}/autogroup");
    if !Path::new(&group).exists() {
        return Ok(());
    }
    std::fs::write(&group, nice.to_string()).with_context(|| format!("{group} takes no niceness"))
}

/// The process and all that it has started.
pub(crate) fn family(pid: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task"));
    let tasks = tasks.into_iter().flatten().filter_map(Result::ok);
    let children = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let children: Vec<u32> = children
        .flat_map(|line| line.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect();
    std::iter::once(pid).chain(children.into_iter().flat_map(family)).collect()
}

/// CPU time of some named process families, in seconds.
#[derive(Debug, Clone, Default)]
pub(crate) struct CpuTimes(BTreeMap<&'static str, f64>);

impl CpuTimes {
    pub(crate) fn now(of: &[(&'static str, u32)]) -> Self {
        Self(of.iter().map(|&(name, pid)| (name, family(pid).into_iter().map(cpu_seconds).sum())).collect())
    }

    /// What each has used since `before`.
    pub(crate) fn since(&self, before: &Self) -> Self {
        let used = |name| self.0[name] - before.0.get(name).copied().unwrap_or_default();
        Self(self.0.keys().map(|name| (*name, used(name).max(0.0))).collect())
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (name, seconds) in &other.0 {
            *self.0.entry(name).or_default() += seconds;
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, f64)> {
        self.0.iter().map(|(name, seconds)| (*name, *seconds))
    }

    pub(crate) fn total(&self) -> f64 {
        self.0.values().sum()
    }
}

/// How long this thread has run, to some milliseconds.
pub(crate) fn time_of_thread() -> Duration {
    run_time("/proc/thread-self")
}

/// How long the threads have run that a process has: finer than [`CpuTimes`], which counts in steps of 10 ms.
pub(crate) fn time_of_threads(pid: u32) -> Duration {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task"));
    tasks.into_iter().flatten().filter_map(Result::ok).map(|task| run_time(task.path())).sum()
}

fn run_time(folder: impl AsRef<Path>) -> Duration {
    let text = std::fs::read_to_string(folder.as_ref().join("schedstat")).unwrap_or_default();
    let nanoseconds = text.split_whitespace().next().and_then(|field| field.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

/// Of the process and of its children that have ended.
fn cpu_seconds(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name in brackets may hold spaces; utime, stime, cutime and cstime are fields 14 to 17.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(4).filter_map(|field| field.parse::<u64>().ok()).sum();
    float(ticks) / TICKS_A_SECOND
}

/// Bytes of a process family that are in memory and not shared.
pub(crate) fn private_bytes(pid: u32) -> u64 {
    family(pid).into_iter().map(|pid| rollup(pid, &["Private_Clean:", "Private_Dirty:"])).sum()
}

/// Bytes of a process family that are in memory; what several share is counted in parts (`Pss`).
pub(crate) fn resident_bytes(pid: u32) -> u64 {
    family(pid).into_iter().map(|pid| rollup(pid, &["Pss:"])).sum()
}

fn rollup(pid: u32, fields: &[&str]) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    let kept = lines.filter(|(name, _)| fields.contains(name));
    let kib = kept.filter_map(|(_, rest)| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.sum::<u64>() * KIB
}
