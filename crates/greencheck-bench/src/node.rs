//! A process of the product or of a reference.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::load;

const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(1);

pub(crate) struct Node {
    name: &'static str,
    child: Child,
    log: PathBuf,
    /// Where `ready` was asked: of a service, its admin server.
    pub(crate) admin: SocketAddr,
    /// From its start until it said that it is ready.
    pub(crate) took: Duration,
}

/// How a process is started.
pub(crate) struct Start<'a> {
    pub(crate) name: &'static str,
    pub(crate) program: &'a Path,
    pub(crate) arguments: &'a [String],
    /// Settings without `GREENCHECK__`.
    pub(crate) settings: &'a [(String, String)],
    pub(crate) cores: &'static str,
    pub(crate) folder: &'a Path,
    /// Answers 200 when it is ready.
    pub(crate) ready: (SocketAddr, &'static str),
}

/// An address that was free a moment ago.
pub(crate) fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

impl Start<'_> {
    /// Starts the process and waits until it is ready.
    pub(crate) async fn run(&self) -> anyhow::Result<Node> {
        let log = self.folder.join(format!("{}.log", self.name));
        let (to, also) = (File::create(&log)?, File::options().append(true).open(&log)?);
        let begun = Instant::now();
        let child = Command::new("taskset")
            .args(["-c", self.cores])
            .arg(self.program)
            .args(self.arguments)
            .envs(self.settings.iter().map(|(key, value)| (format!("GREENCHECK__{key}"), value)))
            .env("GREENCHECK__TRACING__FILTER", "warn")
            .current_dir(self.folder)
            .stdin(Stdio::null())
            .stdout(to)
            .stderr(also)
            .spawn()
            .with_context(|| format!("{} cannot be started", self.program.display()))?;
        let mut node = Node { name: self.name, child, log, admin: self.ready.0, took: Duration::ZERO };
        while !is_ready(self.ready).await {
            node.fail_if_gone()?;
            if begun.elapsed() > PATIENCE {
                bail!("{} is not ready after {PATIENCE:?}: {}", self.name, node.words());
            }
            tokio::time::sleep(POLL).await;
        }
        node.took = begun.elapsed();
        Ok(node)
    }
}

async fn is_ready((address, path): (SocketAddr, &str)) -> bool {
    load::get(address, path).await.is_ok_and(|reply| reply.status == 200)
}

impl Node {
    /// `taskset` becomes the program: their ids are one.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    fn fail_if_gone(&mut self) -> anyhow::Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("{} has ended, {status}: {}", self.name, self.words()),
            None => Ok(()),
        }
    }

    /// What it has to say about itself.
    fn words(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Stops it in good order: what it holds is handed on.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        Command::new("kill").args(["-TERM", &self.pid().to_string()]).status()?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!("{} has ended with {status}: {}", self.name, self.words());
        }
        Ok(())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
