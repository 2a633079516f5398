//! `greencheck queue`.

use std::fmt::Write as _;

use greencheck_core::ports::{CheckLog, QueueError};
use greencheck_queue::{DeadLetter, DeadLetterFolder, DeadLetters, Replayed};
use serde_json::json;

use crate::cli::{Dead, DeadListArgs, DeadReplayArgs, Queue};
use crate::failure::Failure;
use crate::settings::Settings;
use crate::{database, output};

pub(crate) async fn run(settings: &Settings, what: Queue) -> Result<(), Failure> {
    let letters = DeadLetters::open(&settings.queue).map_err(Failure::input)?;
    match what {
        Queue::Dead(Dead::List(args)) => list(&letters, &args).await,
        Queue::Dead(Dead::Replay(args)) => replay(settings, &letters, &args).await,
    }
}

async fn list(letters: &DeadLetters, args: &DeadListArgs) -> Result<(), Failure> {
    let letters = letters.list(args.limit).await.map_err(unreachable)?;
    let text = if args.json { letters.iter().map(object).collect() } else { table(&letters) };
    Ok(output::print(&text)?)
}

async fn replay(settings: &Settings, letters: &DeadLetters, args: &DeadReplayArgs) -> Result<(), Failure> {
    let limit = args.limit.unwrap_or(usize::MAX);
    let replayed = match letters {
        DeadLetters::Amqp(letters) => letters.replay(limit, args.dry_run).await.map_err(unreachable)?,
        DeadLetters::Folder(folder) => {
            let log = database::open(settings).await?;
            store(folder, &*log, limit, args.dry_run).await?
        }
    };
    Ok(output::print(&told(&replayed, args.dry_run))?)
}

/// Writes the batches of files to the log; a file goes when its rows are committed.
async fn store(
    folder: &DeadLetterFolder,
    log: &dyn CheckLog,
    limit: usize,
    dry_run: bool,
) -> Result<Replayed, Failure> {
    let mut replayed = Replayed::default();
    for file in folder.files(limit).map_err(unreachable)? {
        let Some(batch) = file.batch else {
            replayed.unreadable += 1;
            continue;
        };
        let checks = batch.checks.len();
        if !dry_run {
            let doing = || format!("`{}` stays; {} came before it", file.path.display(), replayed.messages);
            log.append(&[batch]).await.map_err(|error| Failure::from(error).context(doing()))?;
            std::fs::remove_file(&file.path)?;
        }
        replayed += Replayed { messages: 1, checks, unreadable: 0 };
    }
    Ok(replayed)
}

fn unreachable(error: QueueError) -> Failure {
    Failure::Work(error.into())
}

fn told(replayed: &Replayed, dry_run: bool) -> String {
    let Replayed { messages, checks, unreadable } = replayed;
    let verb = if dry_run { "would replay" } else { "replayed" };
    let mut text = format!("{verb} {messages} batches with {checks} checks\n");
    if *unreadable > 0 {
        let _ = writeln!(text, "{unreadable} messages cannot be read and stay where they are");
    }
    text
}

fn object(letter: &DeadLetter) -> String {
    let object = json!({
        "since": letter.since,
        "reason": letter.reason,
        "checks": letter.checks,
        "bytes": letter.bytes,
        "begins": letter.begins,
    });
    format!("{object}\n")
}

fn table(letters: &[DeadLetter]) -> String {
    let mut text = format!("{:<20}  {:>6}  {:>8}  reason\n", "since", "checks", "bytes");
    for letter in letters {
        let since =
            letter.since.map_or_else(|| "-".to_owned(), |at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string());
        let checks = letter.checks.map_or_else(|| "-".to_owned(), |checks| checks.to_string());
        let _ = writeln!(text, "{since:<20}  {checks:>6}  {:>8}  {}", letter.bytes, letter.reason);
        let _ = writeln!(text, "{:<20}  {}", "", letter.begins);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(checks: Option<usize>) -> DeadLetter {
        DeadLetter {
            since: chrono::DateTime::from_timestamp(1_795_000_000, 0),
            reason: "no partition".to_owned(),
            checks,
            bytes: 120,
            begins: "{\"v\":1".to_owned(),
        }
    }

    #[test]
    fn each_letter_has_a_line_and_its_beginning() {
        let text = table(&[letter(Some(500)), DeadLetter { since: None, ..letter(None) }]);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[1], "2026-11-18T11:06:40Z     500       120  no partition");
        assert_eq!(lines[2], "                      {\"v\":1");
        assert_eq!(lines[3], "-                          -       120  no partition");
        assert_eq!(
            object(&letter(None)),
            "{\"begins\":\"{\\\"v\\\":1\",\"bytes\":120,\"checks\":null,\"reason\":\"no partition\",\"since\":\"2026-11-18T11:06:40Z\"}\n"
        );
    }

    #[test]
    fn what_stays_is_told() {
        let replayed = Replayed { messages: 2, checks: 7, unreadable: 0 };
        assert_eq!(told(&replayed, false), "replayed 2 batches with 7 checks\n");
        let text = told(&Replayed { unreadable: 1, ..replayed }, true);
        assert_eq!(
            text,
            "would replay 2 batches with 7 checks\n1 messages cannot be read and stay where they are\n"
        );
    }
}
