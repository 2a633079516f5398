use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::{LogConfig, Metrics};

/// As much as a file system gives out at once, so that a full disk refuses it.
const BLOCK: [u8; 4096] = [0; 4096];

/// Finds out whether the spool could keep a check now.
#[derive(Debug, Clone)]
pub struct SpoolProbe {
    dir: PathBuf,
    max_bytes: u64,
    metrics: Metrics,
}

/// Why the spool could not keep a check.
#[derive(Debug, thiserror::Error)]
pub enum SpoolProblem {
    /// It holds what it may.
    #[error("the spool is full: {bytes} of log.spool_max_bytes = {max_bytes} are in use")]
    Full { bytes: u64, max_bytes: u64 },
    /// The disk refuses.
    #[error("the spool folder {dir:?} cannot be written: {source}")]
    Disk { dir: PathBuf, source: io::Error },
}

impl SpoolProbe {
    /// For the spool of the outbox that was opened with the same settings.
    pub fn new(config: &LogConfig, metrics: &Metrics) -> Self {
        Self { dir: config.spool_dir.clone(), max_bytes: config.spool_max_bytes, metrics: metrics.clone() }
    }

    /// Writes a file and removes it.
    pub async fn check(&self) -> Result<(), SpoolProblem> {
        let bytes = self.metrics.spool_bytes.get().unsigned_abs();
        // The last batch that fits is seldom as big as what is left.
        if bytes >= self.max_bytes / 100 * 99 {
            return Err(SpoolProblem::Full { bytes, max_bytes: self.max_bytes });
        }
        let dir = self.dir.clone();
        let written = tokio::task::spawn_blocking(move || write_and_remove(&dir)).await;
        let written = written.unwrap_or_else(|died| Err(died.into()));
        written.map_err(|source| SpoolProblem::Disk { dir: self.dir.clone(), source })
    }
}

fn write_and_remove(dir: &Path) -> io::Result<()> {
    let path = dir.join(format!("probe-{}", Uuid::now_v7()));
    let mut file = OpenOptions::new().write(true).create_new(true).open(&path)?;
    let written = file.write_all(&BLOCK);
    std::fs::remove_file(&path)?;
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(dir: &Path) -> SpoolProbe {
        let config = LogConfig { spool_dir: dir.to_owned(), spool_max_bytes: 10_000, ..LogConfig::default() };
        SpoolProbe::new(&config, &Metrics::unregistered())
    }

    #[tokio::test]
    async fn a_folder_that_takes_files_is_left_empty() {
        let dir = tempfile::tempdir().unwrap();
        probe(dir.path()).check().await.unwrap();
        assert_eq!(dir.path().read_dir().unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_folder_that_is_gone_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let gone = dir.path().join("gone");
        let problem = probe(&gone).check().await.unwrap_err().to_string();
        assert!(problem.starts_with("the spool folder ") && problem.contains("gone"), "{problem}");
    }

    #[tokio::test]
    async fn a_spool_that_holds_what_it_may_is_full() {
        let dir = tempfile::tempdir().unwrap();
        let probe = probe(dir.path());
        probe.metrics.spool_bytes.set(9_900);
        let problem = probe.check().await.unwrap_err().to_string();
        assert_eq!(problem, "the spool is full: 9900 of log.spool_max_bytes = 10000 are in use");
    }
}
