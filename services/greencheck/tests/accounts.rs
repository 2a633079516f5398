//! `greencheck user` and `greencheck key`, as an operator types them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::Write;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A store with provider 1 in a folder of its own.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        let file = desk.0.path().join("catalog.json");
        std::fs::write(&file, r#"{"providers":[{"id":1,"name":"Leaf"}]}"#).unwrap();
        desk.done(&format!("import catalog {}", file.display()), "");
        desk
    }

    /// Exit code, standard output and standard error.
    fn run(&self, words: &str, input: &str) -> (i32, String, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_greencheck"))
            .args(words.split(' '))
            .env("GREENCHECK__STORE__URL", format!("sqlite:{}/store.db", self.0.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let ended = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (ended.status.code().unwrap(), text(ended.stdout), text(ended.stderr))
    }

    fn done(&self, words: &str, input: &str) -> String {
        let (code, out, err) = self.run(words, input);
        assert_eq!(code, 0, "{words}: {err}");
        out
    }

    /// The input is at fault; what is said about it.
    fn refused(&self, words: &str, input: &str) -> String {
        let (code, out, err) = self.run(words, input);
        assert_eq!((code, out.as_str()), (2, ""), "{words}: {err}");
        err
    }
}

#[test]
fn a_user_gets_a_password_that_nobody_has_chosen() {
    let desk = Desk::new();
    let out = desk.done("user create ada --provider 1", "");
    let (done, password) = out.split_once("\npassword: ").unwrap();
    assert_eq!((done, password.trim_end().len()), ("created the user ada", 24));
    let out = desk.done("user password ada", "");
    assert!(out.starts_with("changed the password of ada\npassword: ") && !out.contains(password), "{out}");
    assert!(desk.refused("user create ada", "").contains("there is a user `ada` already"));
    assert!(desk.refused("user password eve", "").contains("there is no user `eve`"));
    assert!(desk.refused("user create eve --provider 9", "").contains("provider 9 is neither"));
}

#[test]
fn a_chosen_password_is_read_from_standard_input_and_never_shown() {
    let desk = Desk::new();
    let out = desk.done("user create ada --group admin --password-stdin", "correct horse\nand more");
    assert_eq!(out, "created the user ada\n");
    let exported = desk.done("export catalog --with-secrets", "");
    assert!(exported.contains("$argon2id$") && !exported.contains("correct horse"));
    for password in ["", "short\n", "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA\n"] {
        let err = desk.refused("user password ada --password-stdin", password);
        assert!(err.contains("at least 8 characters") && !err.contains("$AAAA"), "{err}");
    }
}

#[test]
fn a_key_is_shown_once_and_listed_without_its_secret() {
    let desk = Desk::new();
    desk.done("user create ada", "");
    let (_, key, told) = desk.run("key create ada --level research --expires 2999-12-31 --note crawler", "");
    assert!(told.contains("the only time"), "{told}");
    let (name, secret) = key.trim_end().split_once('.').unwrap();
    assert_eq!((&name[..4], name.len(), secret.len()), ("gwf_", 12, 32));
    let list = desk.done("key list", "");
    assert!(!list.contains(secret), "{list}");
    let row: Vec<&str> = list.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(row[..5], ["1", &name[4..], "ada", "greencheck", "research"]);
    assert_eq!(row[6..], ["2999-12-31", "usable", "crawler"]);
    assert_eq!(desk.done("key revoke 1", ""), "revoked key 1\n");
    assert!(desk.done("key list ada", "").contains("revoked"));
    assert_eq!(desk.done("key list eve", "").lines().count(), 1);
    assert!(desk.refused("key revoke 7", "").contains("there is no key 7"));
}

#[test]
fn a_key_that_nobody_has_used_has_no_usage() {
    let desk = Desk::new();
    desk.done("user create ada", "");
    desk.done("key create ada", "");
    let usage = desk.done("key usage 1 --days 2", "");
    let lines: Vec<Vec<&str>> = usage.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["DAY", "REQUESTS", "NAMES", "ROUTE"]);
    assert_eq!((lines.len(), &lines[1][..4]), (2, &["total", "0", "0", "since"][..]));
    assert!(desk.refused("key usage 7", "").contains("there is no key 7"));
    assert!(desk.refused("key usage 1 --days 0", "").contains("--days"));
}

#[test]
fn keys_have_limits() {
    let desk = Desk::new();
    desk.done("user create ada", "");
    for _ in 0..3 {
        desk.done("key create ada", "");
    }
    assert!(desk.refused("key create ada", "").contains("`ada` has 3 usable keys"));
    desk.done("key revoke 2", "");
    desk.done("key create ada", "");
    assert!(desk.refused("key create eve", "").contains("there is no user `eve`"));
    assert!(desk.refused("key create ada --expires 2020-01-01", "").contains("2020-01-01 is over"));
}
