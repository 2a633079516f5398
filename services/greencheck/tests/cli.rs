//! The real binary on the command line.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use greencheck_core::catalog::RawSnapshotRow;
use greencheck_store::SnapshotWriter;
use tempfile::TempDir;

/// A folder of its own, and a store in it.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_greencheck"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("GREENCHECK__STORE__URL", format!("sqlite:{}", self.path("store.db").display()));
        command.env("RUST_BACKTRACE", "0");
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(&self.command(arguments).output().unwrap())
    }

    fn export(&self) -> serde_json::Value {
        serde_json::from_str(&self.run(&["export", "catalog", "--with-secrets"]).succeeded()).unwrap()
    }

    fn snapshot(&self, rows: &[RawSnapshotRow]) -> PathBuf {
        SnapshotWriter::create(&self.path("green.db")).unwrap().append(rows).unwrap();
        self.path("green.db")
    }
}

/// How a run ended.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ended {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    #[track_caller]
    fn succeeded(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    #[track_caller]
    fn failed(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        self.err
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

const CATALOG: &str = r#"{
    "providers": [{"id": 1, "name": "Hill Wind", "country": "NL", "website": "https://hill.example.com"}],
    "ip_ranges": [{"id": 1, "provider": 1, "start": "192.0.2.0", "end": "192.0.2.255"}],
    "carbon_txts": [{"provider": 1, "domain": "hill.example.com", "carbon_txt_url": "https://hill.example.com/carbon.txt",
                     "shared_secret": "s3cret"}],
    "users": [{"username": "ada", "password": "correct horse", "providers": [1], "groups": ["hostingprovider"]}]
}"#;

#[test]
fn help_has_every_command_and_the_exit_codes() {
    let help = Desk::new().run(&["--help"]).succeeded();
    for word in [
        "serve",
        "check",
        "import",
        "export",
        "migrate",
        "config",
        "--demo",
        "--config",
        "Exit codes:",
        "Examples:",
    ] {
        assert!(help.contains(word), "{word} is missing in\n{help}");
    }
    for command in
        [&["check", "--help"][..], &["import", "snapshot", "--help"], &["export", "catalog", "--help"]]
    {
        assert!(Desk::new().run(command).succeeded().contains("Examples:\n  greencheck "));
    }
}

#[test]
fn a_command_that_does_not_exist_is_a_usage_error() {
    assert!(Desk::new().run(&["chekc"]).failed(2).contains("chekc"));
    assert!(Desk::new().run(&["check"]).failed(2).contains("<DOMAIN>"));
    assert_eq!(Desk::new().run(&[]).code, Some(2));
}

#[test]
fn a_name_that_is_none_is_an_input_error_before_anything_is_opened() {
    let desk = Desk::new();
    let error = desk.run(&["check", "example.com", "not a name", "nonsense"]).failed(2);
    assert!(error.contains("not a name") && error.contains("nonsense"), "{error}");
    assert!(!desk.path("store.db").exists());
}

#[test]
fn a_broken_document_says_where_and_changes_nothing() {
    let desk = Desk::new();
    desk.run(&["import", "catalog", text(&desk.write("good.json", CATALOG))]).succeeded();
    let before = desk.export();
    let broken = CATALOG.replace("192.0.2.255", "192.0.2.256").replace("Hill Wind", "Renamed");
    let error = desk.run(&["import", "catalog", text(&desk.write("bad.json", broken))]).failed(2);
    assert!(error.contains("nothing was changed") && error.contains("bad.json"), "{error}");
    assert!(error.contains("ip_ranges[0].end: `192.0.2.256` is no IP address"), "{error}");
    assert_eq!(desk.export(), before);
}

#[test]
fn a_provider_that_does_not_exist_changes_nothing() {
    let desk = Desk::new();
    desk.run(&["import", "catalog", text(&desk.write("good.json", CATALOG))]).succeeded();
    let before = desk.export();
    let json = r#"{"providers": [{"id": 2, "name": "New"}],
        "asns": [{"id": 1, "provider": 2, "asn": 64500}, {"id": 2, "provider": 99, "asn": 64501}]}"#;
    let error = desk.run(&["import", "catalog", text(&desk.write("bad.json", json))]).failed(2);
    assert!(error.contains("asns[1].provider") && error.contains("99"), "{error}");
    assert_eq!(desk.export(), before);
}

#[test]
fn a_text_that_is_no_json_or_no_file_is_an_input_error() {
    let desk = Desk::new();
    let error =
        desk.run(&["import", "catalog", text(&desk.write("cut.json", "{\n \"providers\": ["))]).failed(2);
    assert!(error.contains("line 2 column 15: not JSON"), "{error}");
    let error = desk.run(&["import", "catalog", "missing.json"]).failed(2);
    assert!(error.contains("cannot read `missing.json`"), "{error}");
    let error =
        desk.run(&["import", "catalog", text(&desk.write("odd.json", r#"{"provider": []}"#))]).failed(2);
    assert!(error.contains("provider: unknown section; the sections are providers, services"), "{error}");
    assert!(!desk.path("store.db").exists(), "no store is made for a document that cannot be read");
}

#[test]
fn unknown_keys_are_a_warning() {
    let desk = Desk::new();
    let json = r#"{"providers": [{"id": 1, "name": "A", "colour": "green"}, {"id": 2, "name": "B", "colour": "blue"}]}"#;
    let ended = desk.run(&["import", "catalog", text(&desk.write("a.json", json))]);
    assert!(ended.err.contains("warning: ignored 2 unknown keys: providers.colour (2)"), "{ended:?}");
    assert!(ended.succeeded().starts_with("imported 2 providers; the catalog is now at generation "));
}

#[test]
fn an_export_is_read_back_by_another_store() {
    let (one, other) = (Desk::new(), Desk::new());
    one.run(&["import", "catalog", text(&one.write("good.json", CATALOG))]).succeeded();
    let file = one.path("backup.json");
    assert_eq!(one.run(&["export", "catalog", text(&file), "--with-secrets"]).succeeded(), "");
    let mut import = other.command(&["import", "catalog", "-"]);
    let mut child =
        import.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&std::fs::read(&file).unwrap()).unwrap();
    Ended::of(&child.wait_with_output().unwrap()).succeeded();
    assert_eq!(other.export(), one.export());
    assert_eq!(one.export()["providers"][0]["name"], "Hill Wind");
}

#[test]
fn secrets_are_exported_only_when_asked_for() {
    let desk = Desk::new();
    desk.run(&["import", "catalog", text(&desk.write("good.json", CATALOG))]).succeeded();
    let plain = desk.run(&["export", "catalog"]).succeeded();
    assert!(plain.contains("\"ada\"") && !plain.contains("s3cret") && !plain.contains("argon2"), "{plain}");
    let secret = desk.run(&["export", "catalog", "--with-secrets"]).succeeded();
    assert!(
        secret.contains("s3cret") && secret.contains("$argon2id$") && !secret.contains("correct horse"),
        "{secret}"
    );
}

fn row(url: &str, modified: &str) -> RawSnapshotRow {
    RawSnapshotRow {
        url: Some(url.to_owned()),
        hosted_by: Some("Hill Wind".to_owned()),
        hosted_by_website: Some("hill.example.com".to_owned()),
        green: Some(1),
        hosted_by_id: Some(41),
        modified: Some(modified.to_owned()),
        ..RawSnapshotRow::default()
    }
}

#[test]
fn a_snapshot_is_imported_with_its_dirt_counted() {
    let desk = Desk::new();
    let day = "2019-12-09 10:00:00";
    let snapshot = desk.snapshot(&[
        row(" WWW.Example.COM.", day),
        row("münchen.example.org", day),
        row("192.0.2.9", day),
        row("info@example.com", day),
        RawSnapshotRow { green: Some(3), ..row("three.example.com", day) },
        RawSnapshotRow { url: None, ..row("", day) },
        RawSnapshotRow { hosted_by_id: None, ..row("nobody.example.com", day) },
        row("undated.example.com", "0000-00-00 00:00:00"),
    ]);
    let report = desk.run(&["import", "snapshot", text(&snapshot)]).succeeded();
    assert!(report.starts_with("read 8 of 8 rows in "), "{report}");
    assert!(
        report.contains("3 of use: 3 new, 0 updated, 0 unchanged; 1 providers created\n5 of no use:\n"),
        "{report}"
    );
    assert!(report.contains("  1 × the name is not a host name, such as `info@example.com`\n"), "{report}");
    assert!(report.contains("  1 × green is not 1, such as `three.example.com` (green 3)\n"), "{report}");
    let names: Vec<_> =
        desk.export()["green_domains"].as_array().unwrap().iter().map(|row| row["url"].clone()).collect();
    assert_eq!(names, ["192.0.2.9", "www.example.com", "xn--mnchen-3ya.example.org"]);
    let again = desk.run(&["import", "snapshot", text(&snapshot)]).succeeded();
    assert!(again.contains("0 new, 0 updated, 3 unchanged; 0 providers created"), "{again}");
}

#[test]
fn packed_snapshots_are_imported_too() {
    let plain = Desk::new();
    let bytes = std::fs::read(
        plain.snapshot(&[row("a.example.com", "2019-12-09"), row("b.example.com", "2019-12-09")]),
    )
    .unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&bytes).unwrap();
    let gzip = gzip.finish().unwrap();
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(&bytes).unwrap();
    for (name, packed) in [("green.db.gz", gzip.clone()), ("green.db.bz2", bzip2.finish().unwrap())] {
        let desk = Desk::new();
        let report = desk.run(&["import", "snapshot", text(&desk.write(name, packed))]).succeeded();
        assert!(report.contains("2 of use: 2 new"), "{name}: {report}");
    }
    let desk = Desk::new();
    let cut = desk.write("cut.db.gz", &gzip[..gzip.len() - 9]);
    let error = desk.run(&["import", "snapshot", text(&cut)]).failed(2);
    assert!(error.contains("was not downloaded to the end"), "{error}");
    assert!(!desk.path("store.db").exists());
}

#[test]
fn a_file_that_is_no_snapshot_changes_nothing() {
    let desk = Desk::new();
    let page = desk.write("page.db", "<!doctype html><title>503</title>");
    assert!(desk.run(&["import", "snapshot", text(&page)]).failed(2).contains("neither a SQLite file"));
    assert!(desk.run(&["import", "snapshot", text(&desk.snapshot(&[]))]).failed(2).contains("has no rows"));
    assert!(!desk.path("store.db").exists());
}

#[test]
fn migrations_run_once() {
    let desk = Desk::new();
    assert!(desk.run(&["migrate"]).succeeded().contains("create_catalog"));
    assert_eq!(desk.run(&["migrate"]).succeeded(), "the tables are up to date\n");
}

#[test]
fn a_database_that_does_not_answer_is_a_failure_of_the_machine() {
    let desk = Desk::new();
    let mut command = desk.command(&["export", "catalog"]);
    let ended = command
        .env("GREENCHECK__STORE__URL", "postgres://ada:hunter2@127.0.0.1:1/none?connect_timeout=1")
        .output();
    let error = Ended::of(&ended.unwrap()).failed(3);
    assert!(error.starts_with("error: ") && !error.contains("hunter2"), "{error}");
}

#[test]
fn the_settings_in_effect_are_shown_without_secrets() {
    let desk = Desk::new();
    let file = desk.write("settings.toml", "[store]\npool_size = 3\n");
    let mut command = desk.command(&["config", "--config", text(&file)]);
    let url = "postgres://ada:hunter2@db.example.com/green";
    let shown = Ended::of(&command.env("GREENCHECK__STORE__URL", url).output().unwrap()).succeeded();
    assert!(shown.contains("pool_size = 3") && shown.contains("db.example.com"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_setting_that_does_not_exist_is_an_input_error() {
    let desk = Desk::new();
    let file = desk.write("settings.toml", "[store]\npol_size = 3\n");
    let error = desk.run(&["config", "--config", text(&file)]).failed(2);
    assert!(error.contains("settings.toml") && error.contains("pol_size"), "{error}");
    let error = desk.run(&["config", "--config", "missing.toml"]).failed(2);
    assert!(error.contains("missing.toml"), "{error}");
}
