//! One file of batches and the list of those that are confirmed.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What is known of a segment.
pub(super) struct Segment {
    pub(super) path: PathBuf,
    /// Bytes of whole records; nothing behind them is ever read.
    pub(super) bytes: u64,
    pub(super) batches: u32,
    confirmed: u32,
    state: State,
    damaged: bool,
    done: Option<File>,
}

#[derive(PartialEq, Eq)]
enum State {
    /// Batches are being added.
    Written,
    /// Found at the start; how many batches it has is known once it is read.
    Recovered,
    /// Nothing will be added, and the number of batches is known.
    Sealed,
}

impl Segment {
    pub(super) fn written(path: PathBuf) -> Self {
        Self { path, bytes: 0, batches: 0, confirmed: 0, state: State::Written, damaged: false, done: None }
    }

    pub(super) fn recovered(path: PathBuf) -> io::Result<Self> {
        let bytes = path.metadata()?.len();
        Ok(Self {
            path,
            bytes,
            batches: 0,
            confirmed: 0,
            state: State::Recovered,
            damaged: false,
            done: None,
        })
    }

    pub(super) fn is_recovered(&self) -> bool {
        self.state == State::Recovered
    }

    pub(super) fn seal(&mut self) {
        self.state = State::Sealed;
    }

    /// A recovered segment was read to its end.
    pub(super) fn finish(&mut self, batches: u32, confirmed_before: u32, damaged: bool) {
        self.batches = batches;
        self.confirmed += confirmed_before;
        self.damaged = damaged;
        self.state = State::Sealed;
    }

    pub(super) fn confirm(&mut self, ordinal: u32) {
        self.confirmed += 1;
        // Not being able to write this down costs a repetition after a crash, which the log recognises by the id.
        if let Err(error) = self.write_down(ordinal) {
            tracing::debug!(path = %self.path.display(), %error, "a confirmation cannot be written to the spool");
        }
    }

    fn write_down(&mut self, ordinal: u32) -> io::Result<()> {
        if self.done.is_none() {
            self.done = Some(OpenOptions::new().create(true).append(true).open(done_path(&self.path))?);
        }
        self.done.as_mut().expect("it was just opened").write_all(&ordinal.to_le_bytes())
    }

    pub(super) fn is_done(&self) -> bool {
        self.state == State::Sealed && self.confirmed >= self.batches
    }

    /// The files to remove. A segment with unreadable bytes is kept for the operator under another name.
    pub(super) fn into_obsolete_files(self) -> Vec<PathBuf> {
        let done = done_path(&self.path);
        if self.damaged {
            let kept = self.path.with_extension("damaged");
            tracing::error!(path = %kept.display(), "a damaged spool file is kept");
            return match std::fs::rename(&self.path, &kept) {
                Ok(()) => vec![done],
                Err(_) => Vec::new(),
            };
        }
        // The segment goes first: a list without its segment is harmless, a segment without its list would be replayed.
        vec![self.path, done]
    }
}

/// The batches of the segment that were confirmed before.
pub(super) fn confirmed(segment: &Path) -> io::Result<HashSet<u32>> {
    match std::fs::read(done_path(segment)) {
        // A last entry of less than four bytes was torn.
        Ok(bytes) => Ok(bytes.as_chunks::<4>().0.iter().map(|entry| u32::from_le_bytes(*entry)).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(HashSet::new()),
        Err(error) => Err(error),
    }
}

fn done_path(segment: &Path) -> PathBuf {
    segment.with_extension("done")
}

/// The end at which a segment grows.
pub(super) struct Writer {
    pub(super) key: u64,
    file: File,
    broken: bool,
}

impl Writer {
    pub(super) fn create(path: &Path, key: u64) -> io::Result<Self> {
        Ok(Self::on(OpenOptions::new().create_new(true).append(true).open(path)?, key))
    }

    pub(super) fn on(file: File, key: u64) -> Self {
        Self { key, file, broken: false }
    }

    /// Whether the end of the file is in an unknown state, so that nothing may be written behind it.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Writes all of `bytes` to the file, which is `length` long, or leaves it as it was.
    pub(super) fn append(&mut self, bytes: &[u8], length: u64) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("an earlier write failed and could not be taken back"));
        }
        self.file.write_all(bytes).inspect_err(|_| {
            self.broken = self.file.set_len(length).is_err();
        })
    }
}
