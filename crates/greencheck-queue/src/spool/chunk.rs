//! Reading batches back.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use greencheck_core::CheckBatch;
use uuid::Uuid;

use super::frame::{self, Record};
use super::{Position, segment};
use crate::wire;

/// A batch of the spool, and where it begins.
pub(crate) struct SpooledBatch {
    pub(crate) batch: CheckBatch,
    pub(crate) position: Position,
}

/// Part of a segment, in memory: whole batches, from a position to the end of what is closed.
pub(crate) struct Chunk {
    bytes: Vec<u8>,
    /// How many of the bytes are read.
    at: usize,
    /// Where the bytes end in the segment.
    limit: u64,
    next: Position,
    confirmed: HashSet<u32>,
    skipped: u32,
    recovered: bool,
    end: End,
}

/// How the bytes end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Whole,
    /// Within a record: its writer died there.
    Torn,
    /// With bytes that are no record.
    Damaged,
}

impl Chunk {
    /// Reads the bytes from `from` to `end`. This blocks.
    pub(crate) fn read(path: &Path, from: Position, end: u64, recovered: bool) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(from.offset))?;
        let mut bytes = Vec::with_capacity(usize::try_from(end - from.offset).unwrap_or_default());
        file.take(end - from.offset).read_to_end(&mut bytes)?;
        let confirmed = if recovered { segment::confirmed(path)? } else { HashSet::new() };
        Ok(Self { bytes, at: 0, limit: end, next: from, confirmed, skipped: 0, recovered, end: End::Whole })
    }

    /// The segment at `from` cannot be read at all: it ends here, and its file is kept.
    pub(crate) fn unreadable(from: Position, end: u64) -> Self {
        let (bytes, confirmed) = (Vec::new(), HashSet::new());
        Self {
            bytes,
            at: 0,
            limit: end,
            next: from,
            confirmed,
            skipped: 0,
            recovered: true,
            end: End::Damaged,
        }
    }

    /// The next batch that is not confirmed yet.
    pub(crate) fn next(&mut self) -> Option<SpooledBatch> {
        loop {
            let position = self.next;
            let start = self.at;
            let mut batch = CheckBatch::with_capacity(self.batch_id()?, 0);
            self.fill(&mut batch);
            self.next.offset += (self.at - start) as u64;
            self.next.ordinal += 1;
            if self.confirmed.contains(&position.ordinal) {
                self.skipped += 1;
            } else {
                return Some(SpooledBatch { batch, position });
            }
        }
    }

    fn batch_id(&mut self) -> Option<Uuid> {
        if self.at == self.bytes.len() {
            return None;
        }
        match frame::read(&self.bytes[self.at..]) {
            Record::Batch { id, length } => {
                self.at += length;
                Some(id)
            }
            Record::Torn => self.stop(End::Torn),
            Record::Check { .. } | Record::Usage { .. } | Record::Damaged => self.stop(End::Damaged),
        }
    }

    /// Reads what is in the batch whose id was read.
    fn fill(&mut self, batch: &mut CheckBatch) {
        while self.at < self.bytes.len() {
            match frame::read(&self.bytes[self.at..]) {
                Record::Check { json, length } => {
                    match wire::read_check(json) {
                        Ok(check) => batch.checks.push(check),
                        Err(_) => self.end = End::Damaged,
                    }
                    self.at += length;
                }
                Record::Usage { json, length } => {
                    match wire::read_usage(json) {
                        Ok(usage) => batch.count(usage),
                        Err(_) => self.end = End::Damaged,
                    }
                    self.at += length;
                }
                Record::Batch { .. } => break,
                Record::Torn => drop(self.stop(End::Torn)),
                Record::Damaged => drop(self.stop(End::Damaged)),
            }
        }
    }

    /// Nothing behind this can be read.
    fn stop(&mut self, end: End) -> Option<Uuid> {
        self.bytes.truncate(self.at);
        self.end = end;
        None
    }

    /// Where to read on after the last batch.
    pub(crate) fn position_behind(&self) -> Position {
        Position { offset: self.limit, ..self.next }
    }

    pub(crate) fn is_recovered(&self) -> bool {
        self.recovered
    }

    pub(crate) fn end(&self) -> End {
        self.end
    }

    pub(super) fn segment(&self) -> u64 {
        self.next.segment
    }

    pub(super) fn batches(&self) -> u32 {
        self.next.ordinal
    }

    pub(super) fn confirmed_before(&self) -> u32 {
        self.skipped
    }
}
