//! PostgreSQL, RabbitMQ and Redis of their own for one run, as the tests have them: durable, on loopback.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use tempfile::TempDir;

use crate::cores;

pub(crate) struct Servers {
    folder: TempDir,
    urls: BTreeMap<String, String>,
}

/// The folder of the sources: scripts and demo data are there.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn script() -> PathBuf {
    repository().join("deploy/dev/servers")
}

impl Servers {
    /// Starts them on the core of the server side. They end with this process, however it ends.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("greencheck-bench.")?;
        // PostgreSQL may run as another user, who enters the folder.
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o711))?;
        let started = Command::new("taskset")
            .args(["-c", cores::SERVER])
            .arg(script())
            .args(["start", "--while", &std::process::id().to_string(), "--dir"])
            .arg(folder.path())
            .output()
            .context("taskset cannot be started: install util-linux")?;
        ensure!(started.status.success(), "no servers: {}", String::from_utf8_lossy(&started.stderr));
        let lines = String::from_utf8_lossy(&started.stdout).into_owned();
        let urls = lines.lines().filter_map(|line| line.split_once('='));
        let urls = urls.map(|(name, url)| (name.to_owned(), url.to_owned())).collect();
        Ok(Self { folder, urls })
    }

    /// Stops PostgreSQL and starts it again, for settings that it only reads then.
    pub(crate) fn restart_database(&self) -> anyhow::Result<()> {
        let restarted = Command::new("taskset")
            .args(["-c", cores::SERVER])
            .arg(script())
            .args(["restart", "postgres", "--dir"])
            .arg(self.folder.path())
            .output()?;
        ensure!(restarted.status.success(), "no PostgreSQL: {}", String::from_utf8_lossy(&restarted.stderr));
        Ok(())
    }

    pub(crate) fn database(&self) -> &str {
        self.url("TEST_DATABASE_URL")
    }

    pub(crate) fn broker(&self) -> &str {
        self.url("TEST_AMQP_URL")
    }

    pub(crate) fn redis(&self) -> &str {
        self.url("TEST_REDIS_URL")
    }

    fn url(&self, name: &str) -> &str {
        self.urls.get(name).map_or("", String::as_str)
    }

    /// `postgres`, `rabbitmq` or `redis`.
    pub(crate) fn pid(&self, name: &str) -> anyhow::Result<u32> {
        let text = std::fs::read_to_string(self.folder.path().join(name).join("pid"))?;
        Ok(text.split_whitespace().next().unwrap_or_default().parse()?)
    }

    /// A folder that goes with the servers.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        let stop = Command::new(script()).args(["stop", "--now", "--dir"]).arg(self.folder.path()).status();
        // The watchdog of the script tries again once this process is gone.
        drop(stop);
    }
}
