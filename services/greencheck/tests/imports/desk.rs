use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder of its own, and a store in it.
pub(crate) struct Desk {
    folder: TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With a catalog in the store.
    pub(crate) fn with_catalog(catalog: &str) -> Self {
        let desk = Self::new();
        desk.write("catalog.json", catalog);
        desk.run(&["import", "catalog", "catalog.json"]).succeeded();
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_greencheck"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("GREENCHECK__STORE__URL", "sqlite:store.db");
        command.env("GREENCHECK__DNS__OFFLINE_NOTICE", "tests do not ask name servers");
        command.env("RUST_BACKTRACE", "0");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(&mut self.command(arguments))
    }

    /// The catalog as the store has it.
    pub(crate) fn export(&self) -> Value {
        serde_json::from_str(&self.run(&["export", "catalog", "--with-secrets"]).succeeded()).unwrap()
    }
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ended {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    #[track_caller]
    pub(crate) fn succeeded(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    #[track_caller]
    pub(crate) fn failed(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        self.err
    }
}
