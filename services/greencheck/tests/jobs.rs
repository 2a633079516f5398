//! `greencheck jobs`, `greencheck notices` and `greencheck queue dead`, as an operator types them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::Command;
use std::thread::JoinHandle;

use tempfile::TempDir;

/// A store with provider 1, whose evidence ended yesterday or ends in five days, in a folder of its own.
struct Desk {
    folder: TempDir,
    settings: Vec<(String, String)>,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let settings = [
            ("STORE__URL", format!("sqlite:{}", at("store.db"))),
            ("SNAPSHOTS__URL", format!("file:{}", at("snapshots"))),
            ("QUEUE__DEAD_LETTER_DIR", at("dead")),
        ];
        let settings = settings.map(|(key, value)| (format!("GREENCHECK__{key}"), value)).into();
        let desk = Self { folder, settings };
        let day = |days: i64| {
            (chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now())
                + chrono::TimeDelta::days(days))
            .date_naive()
        };
        let document = format!(
            r#"{{"providers":[{{"id":1,"name":"Leaf"}}],"supporting_documents":[
            {{"id":1,"provider":1,"title":"Old","valid_from":"2020-01-01","valid_to":"{}"}},
            {{"id":2,"provider":1,"title":"Origin","valid_from":"2020-01-01","valid_to":"{}"}}]}}"#,
            day(-1),
            day(5)
        );
        let file = desk.folder.path().join("catalog.json");
        std::fs::write(&file, document).unwrap();
        desk.run(&format!("import catalog {}", file.display()), 0);
        desk
    }

    fn with(mut self, key: &str, value: &str) -> Self {
        self.settings.push((format!("GREENCHECK__{key}"), value.to_owned()));
        self
    }

    /// What it printed, and after that what it complained of.
    fn run(&self, words: &str, code: i32) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_greencheck"));
        let ended = command.args(words.split(' ')).envs(self.settings.iter().cloned()).output().unwrap();
        let text = String::from_utf8([ended.stdout, ended.stderr].concat()).unwrap();
        assert_eq!(ended.status.code(), Some(code), "{words}: {text}");
        text
    }
}

/// Takes so many mails; the lines of each.
fn mail_server(mails: usize) -> (String, JoinHandle<Vec<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let taking = std::thread::spawn(move || {
        let mut taken = Vec::new();
        while taken.len() < mails {
            let (stream, _) = listener.accept().unwrap();
            let mut out = stream.try_clone().unwrap();
            out.write_all(b"220 test\r\n").unwrap();
            let (mut lines, mut in_mail) = (Vec::new(), false);
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                let answer = match line.split(' ').next().unwrap() {
                    "." => "250 taken\r\n",
                    _ if in_mail => "",
                    "DATA" => "354 go on\r\n",
                    _ => "250 ok\r\n",
                };
                in_mail = (in_mail || line == "DATA") && line != ".";
                lines.push(line);
                if out.write_all(answer.as_bytes()).is_err() {
                    break;
                }
            }
            taken.push(lines);
        }
        taken
    });
    (url, taking)
}

#[test]
fn a_job_runs_when_asked_and_its_last_run_is_shown() {
    let desk = Desk::new();
    let list = desk.run("jobs", 0);
    assert!(list.starts_with("job         last run"), "{list}");
    for (job, next) in
        [("evidence", "now"), ("expiry", "now"), ("partitions", "now"), ("snapshot", "when asked for")]
    {
        let line = list.lines().find(|line| line.starts_with(job)).unwrap();
        assert!(line.ends_with(next) && line.contains("  -  "), "{line}");
    }
    assert_eq!(
        desk.run("jobs run expiry", 0).lines().next().unwrap(),
        "expiry: dropped 0 verdicts and 0 carbon.txt locations"
    );
    let list = desk.run("jobs list", 0);
    let line = list.lines().find(|line| line.starts_with("expiry")).unwrap();
    assert!(line.contains("  done  ") && !line.ends_with("now"), "{line}");
    assert!(list.contains("dropped 0 verdicts"), "{list}");
    let refused = desk.run("jobs run expire", 2);
    assert!(
        refused.contains("there is no job `expire`: there are evidence, expiry, partitions, snapshot"),
        "{refused}"
    );
}

/// The store is empty, so the snapshot is refused.
#[test]
fn a_job_that_fails_is_shown_and_told_once() {
    let (url, taking) = mail_server(1);
    let desk = Desk::new().with("NOTICES__SMTP_URL", &url).with("NOTICES__JOB_FAILED", "ops@example.org");
    for _ in 0..2 {
        let failed = desk.run("jobs run snapshot", 2);
        assert!(failed.contains("the job `snapshot` failed: nothing was written"), "{failed}");
    }
    let list = desk.run("jobs", 0);
    assert!(list.lines().any(|line| line.starts_with("snapshot") && line.contains("  failed  ")), "{list}");
    let mails = taking.join().unwrap();
    let mail = mails[0].join("\n");
    for line in [
        "RCPT TO:<ops@example.org>",
        "Subject: greencheck: the job snapshot failed",
        "It did well last: never.",
    ] {
        assert!(mail.contains(line), "{line} is missing in {mail}");
    }
}

#[test]
fn evidence_that_ends_is_told_once() {
    let (url, taking) = mail_server(1);
    let desk =
        Desk::new().with("NOTICES__SMTP_URL", &url).with("NOTICES__EVIDENCE_EXPIRES", "ops@example.org");
    let first = desk.run("jobs run evidence", 0);
    assert!(first.contains("1 documents end within 60 days; 1 new notices"), "{first}");
    let second = desk.run("jobs run evidence", 0);
    assert!(second.contains("1 documents end within 60 days; 0 new notices"), "{second}");
    let mail = taking.join().unwrap()[0].join("\n");
    assert!(
        mail.contains("evidence of Leaf ends in 5 days") && mail.contains("document 2: Origin"),
        "{mail}"
    );
}

#[test]
fn notices_are_tried_out() {
    let (url, taking) = mail_server(1);
    let desk = Desk::new();
    assert!(desk.run("notices test", 2).contains("names no recipient"));
    let desk = desk.with("NOTICES__JOB_FAILED", "ops@example.org");
    assert!(desk.run("notices test", 2).contains("notices.smtp_url is empty"));
    let desk = desk.with("NOTICES__SMTP_URL", &url);
    assert_eq!(desk.run("notices test", 0).lines().next().unwrap(), "ops@example.org: sent");
    assert!(taking.join().unwrap()[0].iter().any(|line| line == "Subject: greencheck: a test"));
    let desk = desk.with("NOTICES__SNAPSHOT_SHRUNK", "https://127.0.0.1/hook");
    assert!(desk.run("notices test", 2).contains("notices.webhook_secret has less than 16 characters"));
    let desk = desk.with("NOTICES__WEBHOOK_SECRET", "a-secret-for-tests").with("NOTICES__JOB_FAILED", "");
    let told = desk.run("notices test", 3);
    assert!(told.contains("https://127.0.0.1/hook: failed: ") && told.contains("not global"), "{told}");
}

#[test]
fn dead_letters_of_one_process_are_listed_and_stored_after_all() {
    let desk = Desk::new();
    assert_eq!(desk.run("queue dead list", 0).lines().count(), 1);
    let dead = desk.folder.path().join("dead");
    std::fs::create_dir(&dead).unwrap();
    let batch = r#"{"v":1,"id":"01981234-0000-7000-8000-000000000001","checks":[{"t":1763700000000000,"h":"leaf.com","v":"grey","c":false,"s":"api"}],"reason":"no disk"}"#;
    std::fs::write(dead.join("a.json"), batch).unwrap();
    std::fs::write(dead.join("b.json"), "\u{1b}[2J{").unwrap();
    let list = desk.run("queue dead list", 0);
    assert!(list.contains("no disk") && list.contains(r"\u{1b}[2J{") && !list.contains('\u{1b}'), "{list}");
    let trial = desk.run("queue dead replay --dry-run", 0);
    assert!(trial.starts_with("would replay 1 batches with 1 checks\n1 messages cannot be read"), "{trial}");
    let done = desk.run("queue dead replay", 0);
    assert!(done.starts_with("replayed 1 batches with 1 checks\n"), "{done}");
    assert!(!dead.join("a.json").exists() && dead.join("b.json").exists());
    assert_eq!(desk.run("queue dead list --json", 0).lines().count(), 1);
}
