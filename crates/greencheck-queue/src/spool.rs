//! Batches of checks in files, until the queue has confirmed them.
//!
//! A process owns one *slot*, a sub-folder of `log.spool_dir` under a file lock, and takes over the slots of dead processes
//! when it starts. A slot holds *segments*: append-only files of framed records. A batch is a record with its id, then a
//! record for each check and for what each caller with a key asked, and ends where the next batch or the file ends; it is published only after its last record was
//! written, so that after `kill -9` the same batch is published again, with the same id and the same content. Beside each
//! segment a `.done` file lists the confirmed batches; a segment goes when all of its batches are confirmed.

mod chunk;
mod frame;
mod probe;
mod segment;
mod slot;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) use chunk::{Chunk, End};
pub(crate) use frame::Frame;
use greencheck_core::CheckBatch;
pub use probe::{SpoolProbe, SpoolProblem};
use segment::{Segment, Writer};
use slot::Slot;
use uuid::Uuid;

use crate::Metrics;
use crate::metrics::DropReason;

/// Segments are this big, or an eighth of the spool when that is less.
const SEGMENT_BYTES: u64 = 8 << 20;

/// The folder of the spool cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the spool folder {dir:?} cannot be used, check log.spool_dir: {source}")]
pub struct SpoolError {
    dir: PathBuf,
    source: io::Error,
}

/// Where a batch begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    /// The place of its segment in the chain of all segments of this process.
    segment: u64,
    offset: u64,
    /// Batches before it in its segment.
    ordinal: u32,
}

/// What can be read at a position.
pub(crate) enum Readable {
    /// Whole batches from the position up to `end`.
    Span {
        path: PathBuf,
        from: Position,
        end: u64,
        /// Whether this process found the segment: some of its batches may be confirmed already.
        recovered: bool,
    },
    /// Everything that is closed has been read.
    Nothing,
}

pub(crate) struct Spool {
    /// The first is for writing. The others are held for their locks: no other process may replay them too.
    slots: Vec<Slot>,
    /// All segments, oldest first. The last one may be the writer's.
    chain: BTreeMap<u64, Segment>,
    writer: Option<Writer>,
    bytes: u64,
    max_bytes: u64,
    next_key: u64,
    next_file: u64,
    scratch: Vec<u8>,
    /// Files that are not needed any more.
    obsolete: Vec<PathBuf>,
    metrics: Metrics,
}

impl Spool {
    /// Takes a slot, and what dead processes left.
    pub(crate) fn open(dir: &Path, max_bytes: u64, metrics: Metrics) -> Result<Self, SpoolError> {
        Self::take_slots(dir, max_bytes, metrics).map_err(|source| SpoolError { dir: dir.to_owned(), source })
    }

    fn take_slots(dir: &Path, max_bytes: u64, metrics: Metrics) -> io::Result<Self> {
        let slots = slot::take(dir)?;
        let mut found = Vec::new();
        for slot in &slots {
            found.extend(slot.segments()?);
        }
        let mut spool = Self {
            next_file: slots[0].last_file()? + 1,
            slots,
            chain: BTreeMap::new(),
            writer: None,
            bytes: 0,
            max_bytes,
            next_key: 0,
            scratch: Vec::new(),
            obsolete: Vec::new(),
            metrics,
        };
        for path in found {
            let segment = Segment::recovered(path)?;
            if segment.bytes == 0 {
                spool.obsolete.push(segment.path);
                continue;
            }
            spool.bytes += segment.bytes;
            spool.chain.insert(spool.next_key, segment);
            spool.next_key += 1;
        }
        spool.count_bytes();
        Ok(spool)
    }

    /// Where a replay of what was found at the start begins.
    pub(crate) fn first(&self) -> Option<Position> {
        self.chain.keys().next().map(|segment| Position { segment: *segment, offset: 0, ordinal: 0 })
    }

    /// Writes the head of a new batch and its first checks, given as frames; all of it or nothing.
    pub(crate) fn begin(&mut self, id: Uuid, checks: &[u8]) -> Result<Position, DropReason> {
        let mut head = std::mem::take(&mut self.scratch);
        head.clear();
        frame::batch(id, &mut head);
        head.extend_from_slice(checks);
        let written = self.begin_written(&head);
        self.scratch = head;
        written
    }

    fn begin_written(&mut self, bytes: &[u8]) -> Result<Position, DropReason> {
        self.admit(bytes)?;
        if self.writer.as_ref().is_some_and(|writer| writer.is_broken() || self.is_long(writer.key)) {
            self.seal();
        }
        if self.writer.is_none() {
            self.create_segment()?;
        }
        let writer = self.writer.as_ref().expect("it was just created");
        let segment = &self.chain[&writer.key];
        let position = Position { segment: writer.key, offset: segment.bytes, ordinal: segment.batches };
        self.write(bytes)?;
        self.chain.get_mut(&position.segment).expect("segments with unconfirmed batches stay").batches += 1;
        self.metrics.spool_batches.inc();
        Ok(position)
    }

    /// Adds a check or what was asked, given as a frame, to the batch that was begun last.
    pub(crate) fn extend(&mut self, check: &[u8]) -> Result<(), DropReason> {
        self.admit(check)?;
        self.write(check)
    }

    /// Writes a whole batch.
    pub(crate) fn write_batch(&mut self, batch: &CheckBatch) -> Result<Position, DropReason> {
        let mut frames = Vec::with_capacity(batch.len() * 160);
        for check in &batch.checks {
            frames.extend_from_slice(Frame::check(check).bytes());
        }
        for usage in &batch.usage {
            frames.extend_from_slice(Frame::usage(usage).bytes());
        }
        self.begin(batch.id, &frames)
    }

    /// The queue has the batch.
    pub(crate) fn confirm(&mut self, position: Position) {
        self.metrics.spool_batches.dec();
        if let Some(segment) = self.chain.get_mut(&position.segment) {
            segment.confirm(position.ordinal);
        }
        self.retire(position.segment);
    }

    /// Says how a segment that was found at the start ends, once all of it was read.
    pub(crate) fn finish_recovered(&mut self, end: &Chunk) {
        let key = end.segment();
        if let Some(segment) = self.chain.get_mut(&key) {
            segment.finish(end.batches(), end.confirmed_before(), end.end() == End::Damaged);
        }
        self.retire(key);
    }

    /// What can be read at `position`, given where the batch that is still open begins.
    pub(crate) fn readable(&self, position: Position, open: Option<Position>) -> Readable {
        let mut from = position;
        loop {
            if let Some(segment) = self.chain.get(&from.segment) {
                let end = open
                    .filter(|open| open.segment == from.segment)
                    .map_or(segment.bytes, |open| open.offset);
                if from.offset < end {
                    return Readable::Span {
                        path: segment.path.clone(),
                        from,
                        end,
                        recovered: segment.is_recovered(),
                    };
                }
            }
            match self.chain.range(from.segment + 1..).next() {
                Some((next, _)) => from = Position { segment: *next, offset: 0, ordinal: 0 },
                None => return Readable::Nothing,
            }
        }
    }

    /// Ends the segment that is written to; the next batch begins a new one.
    pub(crate) fn seal(&mut self) {
        if let Some(writer) = self.writer.take()
            && let Some(segment) = self.chain.get_mut(&writer.key)
        {
            segment.seal();
            self.retire(writer.key);
        }
    }

    fn retire(&mut self, key: u64) {
        if let Some(segment) = self.chain.remove(&key) {
            if segment.is_done() {
                self.bytes -= segment.bytes;
                self.obsolete.extend(segment.into_obsolete_files());
                self.count_bytes();
            } else {
                self.chain.insert(key, segment);
            }
        }
    }

    /// What is in the spool, for [`count`].
    pub(crate) fn segments(&self) -> Vec<(PathBuf, u64)> {
        self.chain.values().map(|segment| (segment.path.clone(), segment.bytes)).collect()
    }

    /// The files that are not needed any more, to be removed by [`remove`] where that may take its time.
    pub(crate) fn take_obsolete(&mut self) -> Vec<PathBuf> {
        std::mem::take(&mut self.obsolete)
    }

    fn is_long(&self, key: u64) -> bool {
        self.chain.get(&key).is_none_or(|segment| segment.bytes >= SEGMENT_BYTES.min(self.max_bytes / 8))
    }

    fn admit(&self, bytes: &[u8]) -> Result<(), DropReason> {
        if self.bytes + bytes.len() as u64 > self.max_bytes { Err(DropReason::SpoolFull) } else { Ok(()) }
    }

    fn create_segment(&mut self) -> Result<(), DropReason> {
        let path = self.slots[0].segment_path(self.next_file);
        self.next_file += 1;
        let writer = Writer::create(&path, self.next_key).map_err(|error| disk_error(&path, &error))?;
        self.chain.insert(self.next_key, Segment::written(path));
        self.next_key += 1;
        self.writer = Some(writer);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), DropReason> {
        let writer = self.writer.as_mut().ok_or(DropReason::DiskError)?;
        let segment = self.chain.get_mut(&writer.key).ok_or(DropReason::DiskError)?;
        writer.append(bytes, segment.bytes).map_err(|error| disk_error(&segment.path, &error))?;
        segment.bytes += bytes.len() as u64;
        self.bytes += bytes.len() as u64;
        self.count_bytes();
        Ok(())
    }

    fn count_bytes(&self) {
        self.metrics.spool_bytes.set(i64::try_from(self.bytes).unwrap_or(i64::MAX));
    }
}

/// What is left in segments.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Left {
    pub(crate) batches: u64,
    pub(crate) checks: u64,
}

/// Counts the batches in `segments` that are not confirmed. This reads them all.
pub(crate) fn count(segments: &[(PathBuf, u64)]) -> Left {
    let mut left = Left::default();
    for (path, bytes) in segments {
        let start = Position { segment: 0, offset: 0, ordinal: 0 };
        let Ok(mut chunk) = Chunk::read(path, start, *bytes, true) else { continue };
        while let Some(found) = chunk.next() {
            left.batches += 1;
            left.checks += found.batch.checks.len() as u64;
        }
    }
    left
}

pub(crate) fn remove(obsolete: Vec<PathBuf>) {
    for path in obsolete {
        if let Err(error) = std::fs::remove_file(&path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = %path.display(), %error, "a confirmed spool file cannot be removed");
        }
    }
}

fn disk_error(path: &Path, error: &io::Error) -> DropReason {
    tracing::warn!(path = %path.display(), %error, "the spool cannot be written");
    DropReason::DiskError
}

#[cfg(test)]
mod tests;
