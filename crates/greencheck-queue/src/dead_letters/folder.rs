use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use greencheck_core::CheckBatch;
use greencheck_core::ports::QueueError;
use serde::Deserialize;

use super::{DeadLetter, beginning, short};
use crate::wire;

/// The folder of `queue.dead_letter_dir`: one file for each batch that was given up, its reason inside.
pub struct DeadLetterFolder {
    dir: PathBuf,
}

/// What a file holds besides the batch.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Note {
    reason: String,
}

/// One file of the folder.
pub struct DeadFile {
    /// Where it is.
    pub path: PathBuf,
    /// The batch in it; `None` if it cannot be read.
    pub batch: Option<CheckBatch>,
}

impl DeadLetterFolder {
    pub(crate) fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// Keeps `batch` and why it was given up; says where.
    pub(crate) fn keep(&self, batch: &CheckBatch, reason: &str) -> io::Result<PathBuf> {
        let mut body = wire::encode_readable(batch);
        // A batch is an object: the reason is one more key, which readers of batches do not look at.
        body.pop();
        body.extend_from_slice(b",\"reason\":");
        serde_json::to_writer(&mut body, &short(reason))?;
        body.push(b'}');
        std::fs::create_dir_all(&self.dir)?;
        let path = self.dir.join(format!("{}.json", batch.id));
        std::fs::write(&path, body)?;
        Ok(path)
    }

    /// The oldest `limit` of them.
    pub fn list(&self, limit: usize) -> Result<Vec<DeadLetter>, QueueError> {
        let shown = |path: &PathBuf| describe(path).map_err(|error| unreadable(path, &error));
        self.paths()?.iter().take(limit).map(shown).collect()
    }

    /// The oldest `limit` of them, to be stored after all.
    pub fn files(&self, limit: usize) -> Result<Vec<DeadFile>, QueueError> {
        let read = |path: PathBuf| {
            let body = std::fs::read(&path).map_err(|error| unreadable(&path, &error))?;
            Ok(DeadFile { batch: wire::decode_batch(&body).ok(), path })
        };
        self.paths()?.into_iter().take(limit).map(read).collect()
    }

    /// Batches are called by ids that begin with their time, so that this is the order in which they were made.
    fn paths(&self) -> Result<Vec<PathBuf>, QueueError> {
        let entries = match std::fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(&self.dir, &error)),
        };
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        let mut paths =
            paths.collect::<io::Result<Vec<_>>>().map_err(|error| unreadable(&self.dir, &error))?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        paths.sort_unstable();
        Ok(paths)
    }
}

fn describe(path: &Path) -> io::Result<DeadLetter> {
    let body = std::fs::read(path)?;
    let since = path.metadata()?.modified().ok().map(DateTime::<Utc>::from);
    let read = wire::decode_batch(&body);
    let note: Note = serde_json::from_slice(&body).unwrap_or_default();
    let reason = match &read {
        Ok(_) => note.reason,
        Err(error) => error.to_string(),
    };
    let checks = read.ok().map(|batch| batch.checks.len());
    Ok(DeadLetter { since, reason, checks, bytes: body.len(), begins: beginning(&body) })
}

fn unreadable(path: &Path, error: &io::Error) -> QueueError {
    QueueError::Unavailable(format!("cannot read `{}`: {error}", path.display()).into())
}

#[cfg(test)]
mod tests {
    use greencheck_testkit::contract::queue::samples;

    use super::*;

    #[test]
    fn a_kept_batch_is_listed_and_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let folder = DeadLetterFolder::new(dir.path().join("dead"));
        assert_eq!(folder.list(10).unwrap(), []);
        let batch = samples::batch(3);
        let path = folder.keep(&batch, "no\nsuch \"column\"").unwrap();
        let letters = folder.list(10).unwrap();
        assert_eq!((letters.len(), letters[0].checks), (1, Some(3)));
        assert_eq!(letters[0].reason, "no such \"column\"");
        let files = folder.files(10).unwrap();
        assert_eq!((&files[0].path, files[0].batch.as_ref()), (&path, Some(&batch)));
        assert!(folder.files(0).unwrap().is_empty());
    }

    #[test]
    fn a_file_that_is_no_batch_says_why() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("x.json"), "{\"v\":9}").unwrap();
        let folder = DeadLetterFolder::new(dir.path().to_owned());
        let letters = folder.list(10).unwrap();
        assert_eq!(letters[0].reason, "its schema version is 9, this process knows 1 to 3");
        assert!(folder.files(1).unwrap()[0].batch.is_none());
    }
}
