//! Databases and servers of one test.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::TempDir;

/// A database that is dropped when nobody needs it any more.
pub(crate) struct Database {
    pub(crate) name: String,
    pub(crate) url: String,
    server: String,
}

impl Database {
    pub(crate) fn create(server: String) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let name = format!("forms_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
        psql(&server, &format!("create database {name}"));
        let (base, _) = server.rsplit_once('/').expect("a database in the URL");
        Self { url: format!("{base}/{name}"), name, server }
    }

    pub(crate) fn sql(&self, statement: &str) -> String {
        psql(&self.url, statement)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        psql(&self.server, &format!("drop database {} with (force)", self.name));
    }
}

/// PostgreSQL, RabbitMQ and Redis of one test, which may stop them.
pub(crate) struct PrivateServers {
    folder: TempDir,
    urls: BTreeMap<String, String>,
}

impl PrivateServers {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let lines = servers("start", folder.path(), &[]);
        let pairs = lines.lines().filter_map(|line| line.split_once('='));
        Self { urls: pairs.map(|(key, url)| (key.to_owned(), url.to_owned())).collect(), folder }
    }

    pub(crate) fn url(&self, variable: &str) -> String {
        self.urls[variable].clone()
    }

    pub(crate) fn stop_one(&self, name: &str) {
        servers("stop", self.folder.path(), &[name]);
    }

    pub(crate) fn start_one(&self, name: &str) {
        servers("start", self.folder.path(), &[name]);
    }
}

impl Drop for PrivateServers {
    fn drop(&mut self) {
        servers("stop", self.folder.path(), &["--now"]);
    }
}

fn servers(what: &str, folder: &Path, more: &[&str]) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/dev/servers");
    let mut command = Command::new(script);
    command.arg(what).arg("--dir").arg(folder).args(more);
    if what == "start" {
        command.args(["--while", &std::process::id().to_string()]);
    }
    let output = command.output().expect("the script runs");
    assert!(output.status.success(), "servers {what}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn psql(url: &str, statement: &str) -> String {
    let output = Command::new("psql").args([url, "-tAqc", statement]).output().expect("psql runs");
    assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[expect(clippy::disallowed_methods, reason = "the servers of a test run are named by its environment")]
pub(crate) fn server(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set: run the tests by `make test`"))
}
