//! What operators see of batches that were given up, and how these come back.

mod folder;

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
pub use folder::{DeadFile, DeadLetterFolder};
use greencheck_core::CheckBatch;
use greencheck_core::ports::QueueError;

use crate::amqp::AmqpDeadLetters;
use crate::{AmqpQueue, QueueConfig};

/// Bytes of a message that are shown.
const SHOWN: usize = 60;

/// A message that nobody could store or read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// When it was given up, if that is known.
    pub since: Option<DateTime<Utc>>,
    /// Why, in the words of the database or of the reader.
    pub reason: String,
    /// Its checks; `None` if it cannot be read.
    pub checks: Option<usize>,
    /// Size of its body.
    pub bytes: usize,
    /// How it begins, with everything escaped that a terminal might take for a command.
    pub begins: String,
}

/// What became of dead letters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Messages that are back in the queue of checks, or would be.
    pub messages: usize,
    /// Checks in them.
    pub checks: usize,
    /// Messages that cannot be read: they stay where they are.
    pub unreadable: usize,
}

/// Where dead letters are kept.
pub enum DeadLetters {
    /// At the broker.
    Amqp(AmqpDeadLetters),
    /// As files, for the queue in process.
    Folder(DeadLetterFolder),
}

impl DeadLetters {
    /// Those of the queue that `config.url` names.
    pub fn open(config: &QueueConfig) -> Result<Self, crate::ConnectError> {
        match config.url.scheme() {
            "memory" => Ok(Self::Folder(DeadLetterFolder::new(config.dead_letter_dir.clone()))),
            "amqp" | "amqps" => {
                let metrics = crate::Metrics::register(&prometheus::Registry::new())
                    .expect("a new registry has no metric of the same name");
                Ok(Self::Amqp(AmqpQueue::connect(config, &metrics)?.dead_letters()))
            }
            _ => Err(crate::ConnectError::UnknownScheme(config.url.to_string())),
        }
    }

    /// The oldest `limit` of them. Nothing is taken away.
    pub async fn list(&self, limit: usize) -> Result<Vec<DeadLetter>, QueueError> {
        match self {
            Self::Amqp(letters) => letters.list(limit).await,
            Self::Folder(folder) => folder.list(limit),
        }
    }
}

/// The beginning of `body` in plain letters.
pub(crate) fn beginning(body: &[u8]) -> String {
    let mut shown = String::new();
    for character in String::from_utf8_lossy(&body[..body.len().min(SHOWN)]).chars() {
        match character {
            ' '..='~' => shown.push(character),
            _ => write!(shown, "{}", character.escape_unicode()).expect("a String takes every write"),
        }
    }
    if body.len() > SHOWN {
        shown.push('…');
    }
    shown
}

/// As many words of a reason as a header should carry.
pub(crate) fn short(reason: &str) -> String {
    const LONGEST: usize = 500;
    reason
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .take(LONGEST)
        .collect()
}

pub(crate) fn counted(batch: &CheckBatch) -> Replayed {
    Replayed { messages: 1, checks: batch.checks.len(), unreadable: 0 }
}

impl std::ops::AddAssign for Replayed {
    fn add_assign(&mut self, other: Self) {
        self.messages += other.messages;
        self.checks += other.checks;
        self.unreadable += other.unreadable;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_might_obey_is_escaped() {
        assert_eq!(beginning(b"{\"v\":1}"), "{\"v\":1}");
        assert_eq!(beginning(b"\x1b[2J\x07\n"), r"\u{1b}[2J\u{7}\u{a}");
        assert_eq!(beginning("ü\u{202e}\u{ff}".as_bytes()), r"\u{fc}\u{202e}\u{ff}");
        assert_eq!(beginning(&[b'a'; 61]), format!("{}…", "a".repeat(60)));
        assert_eq!(beginning(&[0xff, b'a']), r"\u{fffd}a");
    }

    #[test]
    fn a_reason_is_one_line_of_bounded_length() {
        assert_eq!(short("no\nsuch\ttable"), "no such table");
        assert_eq!(short(&"x".repeat(900)).len(), 500);
    }
}
