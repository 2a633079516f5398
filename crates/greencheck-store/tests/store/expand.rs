//! Old binaries run on new tables while a release rolls out, so a migration only adds, unless it says since which release
//! nobody needs what it takes away.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What of a migration an old binary would stumble over.
fn contractions(sql: &str, released: &[String]) -> Vec<String> {
    let notes = notes(sql);
    if let Some(since) = notes.iter().find_map(|note| note.strip_prefix("contract: released since ")) {
        let known = released.iter().any(|version| version == since.trim());
        return if known { Vec::new() } else { vec![format!("`{since}` is no release of the changelog")] };
    }
    let widens = notes.iter().any(|note| note.starts_with("widens: "));
    let statements = statements(sql);
    let words: Vec<Vec<&str>> =
        statements.iter().map(|statement| statement.split_whitespace().collect()).collect();
    let created: BTreeSet<&str> =
        words.iter().filter_map(|words| table_after(words, &["CREATE", "TABLE"])).collect();
    // SQLite changes a table by writing it anew; another test compares the columns.
    let renewed: BTreeSet<&str> = words.iter().filter_map(|words| renewed(words, &created)).collect();
    let contracts = |words: &&Vec<&str>| !expands(words, &created, &renewed, widens);
    words.iter().filter(contracts).map(|words| words.join(" ")).collect()
}

fn expands(words: &[&str], created: &BTreeSet<&str>, renewed: &BTreeSet<&str>, widens: bool) -> bool {
    let is_new =
        |table: Option<&str>| table.is_some_and(|table| created.contains(table) || renewed.contains(table));
    let says = |phrase: &str| words.join(" ").contains(phrase);
    match words {
        ["DROP", "INDEX" | "TRIGGER", ..] => true,
        ["DROP", "TABLE", ..] => is_new(table_after(words, &["DROP", "TABLE"])),
        ["DROP" | "TRUNCATE", ..] => false,
        ["ALTER", "TABLE", ..] => {
            let adds_what_must_be_given = says("ADD COLUMN") && says("NOT NULL") && !says("DEFAULT");
            let narrows = ["ADD CONSTRAINT", "ADD CHECK", "ADD UNIQUE", "ADD FOREIGN"].into_iter().any(says);
            let takes =
                ["DROP COLUMN", "DROP DEFAULT", " RENAME ", " TYPE ", "SET NOT NULL"].into_iter().any(says);
            is_new(table_after(words, &["ALTER", "TABLE"]))
                || !(adds_what_must_be_given || takes || (narrows && !widens))
        }
        ["CREATE", "UNIQUE", "INDEX", ..] => {
            let on =
                words.iter().position(|word| *word == "ON").and_then(|place| words.get(place + 1)).copied();
            is_new(on)
        }
        _ => true,
    }
}

/// The table that a statement begins with.
fn table_after<'a>(words: &[&'a str], beginning: &[&'static str]) -> Option<&'a str> {
    let rest = words.strip_prefix(beginning)?;
    rest.iter().find(|word| !["IF", "NOT", "EXISTS", "ONLY"].contains(word)).copied()
}

/// The old name that a table of this migration takes.
fn renewed<'a>(words: &[&'a str], created: &BTreeSet<&str>) -> Option<&'a str> {
    match words {
        ["ALTER", "TABLE", new, "RENAME", "TO", old] if created.contains(new) => Some(old),
        _ => None,
    }
}

fn notes(sql: &str) -> Vec<&str> {
    sql.lines().filter_map(|line| line.trim().strip_prefix("-- ")).collect()
}

/// In capitals, without comments, with brackets apart. What stands between `$$` is the body of a function.
fn statements(sql: &str) -> Vec<String> {
    let without_bodies: String = sql.split("$$").step_by(2).collect();
    let lines = without_bodies.lines().map(|line| line.split("--").next().unwrap_or_default());
    let text = lines.collect::<Vec<_>>().join("\n").to_uppercase().replace('(', " ( ");
    text.split(';')
        .map(|statement| statement.trim().to_owned())
        .filter(|statement| !statement.is_empty())
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The versions that the changelog has, without the one to come.
fn released() -> Vec<String> {
    let changelog = std::fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    let headings = changelog.lines().filter_map(|line| line.strip_prefix("## [")?.split_once(']'));
    headings.map(|(version, _)| version.to_owned()).filter(|version| version != "Unreleased").collect()
}

#[test]
fn every_migration_leaves_old_binaries_what_they_use() {
    let released = released();
    for backend in ["postgres", "sqlite"] {
        for entry in std::fs::read_dir(root().join("migrations").join(backend)).unwrap() {
            let path = entry.unwrap().path().join("up.sql");
            let found = contractions(&std::fs::read_to_string(&path).unwrap(), &released);
            assert!(found.is_empty(), "{}: see migrations/README.md: {found:#?}", path.display());
        }
    }
}

#[test]
fn what_old_binaries_would_stumble_over_is_found() {
    let breaking = [
        "ALTER TABLE checks DROP COLUMN tld",
        "ALTER TABLE checks RENAME COLUMN tld TO suffix",
        "ALTER TABLE checks RENAME TO log",
        "alter table checks\n  alter column tld type varchar(10)",
        "ALTER TABLE checks ALTER COLUMN tld SET NOT NULL",
        "ALTER TABLE checks ADD COLUMN shard INTEGER NOT NULL",
        "ALTER TABLE checks ADD CONSTRAINT short CHECK (length(host) < 10)",
        "CREATE UNIQUE INDEX checks_host ON checks (host)",
        "DROP TABLE jobs",
        "DROP TABLE IF EXISTS jobs",
        "DROP FUNCTION record_catalog_changes",
        "CREATE TABLE x (id INTEGER);\nDROP TABLE checks",
    ];
    for statement in breaking {
        assert_eq!(contractions(statement, &[]).len(), 1, "{statement}");
    }
}

#[test]
fn what_only_adds_is_let_through() {
    let harmless = [
        "-- DROP TABLE checks;\nCREATE TABLE shards (id INTEGER NOT NULL); CREATE UNIQUE INDEX s ON shards (id)",
        "ALTER TABLE checks ADD COLUMN shard INTEGER; ALTER TABLE checks ADD COLUMN n INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE carbon_txts ALTER COLUMN domain DROP NOT NULL",
        "CREATE TABLE new_jobs (name TEXT); DROP TABLE jobs; ALTER TABLE new_jobs RENAME TO jobs",
        "-- widens: one more source\nALTER TABLE checks DROP CONSTRAINT c; ALTER TABLE checks ADD CONSTRAINT c CHECK (true)",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DROP TABLE x; END $$",
    ];
    for statements in harmless {
        assert_eq!(contractions(statements, &[]), Vec::<String>::new());
    }
}

#[test]
fn what_nobody_needs_since_a_release_may_go() {
    let sql = "-- contract: released since 0.2.0\nALTER TABLE checks DROP COLUMN tld";
    assert_eq!(contractions(sql, &["0.2.0".to_owned()]), Vec::<String>::new());
    assert_eq!(contractions(sql, &["0.1.0".to_owned()]), ["`0.2.0` is no release of the changelog"]);
}
