//! What is recorded and not yet confirmed.
//!
//! A check is added to the *open* batch. A closed batch waits in memory (*ready*) while there is room, else it is only in
//! the spool, and from then on all later ones are: the *cursor* reads them back in order until it has caught up.

use std::collections::BTreeMap;
use std::sync::Arc;

use greencheck_core::{Check, CheckBatch, Usage};
use tokio::time::Instant;
use uuid::Uuid;

use crate::metrics::DropReason;
use crate::spool::{Chunk, End, Frame, Position, Readable, Spool};
use crate::{LogConfig, Metrics};

pub(super) struct Buffer {
    batch_max: usize,
    ready_max: usize,
    open: Option<Open>,
    /// By sequence number: a batch that comes back after a failure finds its old place.
    ready: BTreeMap<u64, Closed>,
    /// Entries in them.
    ready_size: usize,
    next_sequence: u64,
    /// The first batch that is only in the spool.
    cursor: Option<Position>,
    spool: Spool,
    closed: bool,
    usual_size: usize,
    metrics: Metrics,
}

/// What goes into a batch.
pub(super) enum Entry {
    Check(Check),
    Usage(Usage),
}

impl Entry {
    fn add_to(self, batch: &mut CheckBatch) {
        match self {
            Self::Check(check) => batch.checks.push(check),
            Self::Usage(usage) => batch.count(usage),
        }
    }
}

/// The batch that still takes checks.
struct Open {
    batch: CheckBatch,
    since: Instant,
    place: Place,
}

enum Place {
    Spool(Position),
    /// Only in memory: the spool is not asked (`answer_first`), or has refused.
    Memory(Option<DropReason>),
}

/// A batch to publish. Its content never changes.
#[derive(Clone)]
pub(super) struct Closed {
    pub(super) batch: Arc<CheckBatch>,
    pub(super) spooled: Option<Position>,
}

impl Buffer {
    pub(super) fn new(config: &LogConfig, spool: Spool, metrics: Metrics) -> Self {
        Self {
            batch_max: config.batch_max.max(1),
            ready_max: config.buffer_max,
            open: None,
            ready: BTreeMap::new(),
            ready_size: 0,
            next_sequence: 0,
            cursor: spool.first(),
            spool,
            closed: false,
            usual_size: 0,
            metrics,
        }
    }

    /// Adds the entry to the open batch. Says whether the task has to wake up.
    pub(super) fn add(&mut self, entry: Entry, frame: Option<&Frame>) -> bool {
        if self.closed {
            match entry {
                Entry::Check(_) => self.metrics.drop_checks(DropReason::Closed, 1),
                Entry::Usage(usage) => self.metrics.usage_lost.inc_by(usage.requests),
            }
            return false;
        }
        let refused = self.extend_spooled(frame);
        let Some(open) = &mut self.open else {
            self.begin(entry, frame, refused);
            return true;
        };
        entry.add_to(&mut open.batch);
        if open.batch.len() < self.batch_max {
            return false;
        }
        self.close_open();
        true
    }

    /// Writes the frame behind the open batch. Where that is refused the batch ends, so that memory and file stay equal.
    fn extend_spooled(&mut self, frame: Option<&Frame>) -> Option<DropReason> {
        let (Some(frame), Some(Open { place: Place::Spool(_), .. })) = (frame, &self.open) else {
            return None;
        };
        let refused = self.spool.extend(frame.bytes()).err()?;
        self.close_open();
        Some(refused)
    }

    fn begin(&mut self, entry: Entry, frame: Option<&Frame>, refused: Option<DropReason>) {
        let id = Uuid::now_v7();
        let place = match (frame, refused) {
            (None, refused) | (Some(_), refused @ Some(_)) => Place::Memory(refused),
            (Some(frame), None) => match self.spool.begin(id, frame.bytes()) {
                Ok(position) => Place::Spool(position),
                Err(refused) => Place::Memory(Some(refused)),
            },
        };
        let mut batch = CheckBatch::with_capacity(id, self.usual_size.clamp(4, self.batch_max.max(4)));
        entry.add_to(&mut batch);
        self.open = Some(Open { batch, since: Instant::now(), place });
        if self.batch_max == 1 {
            self.close_open();
        }
    }

    /// Closes the open batch: nothing is added to it any more, so it may be published.
    pub(super) fn close_open(&mut self) {
        let Some(Open { batch, place, .. }) = self.open.take() else { return };
        self.usual_size = batch.checks.len();
        let place = match place {
            Place::Memory(None) if !self.fits(&batch) || self.cursor.is_some() => self.spill(&batch),
            place => place,
        };
        match place {
            Place::Spool(position) if self.cursor.is_some() || !self.fits(&batch) => {
                self.cursor.get_or_insert(position);
            }
            Place::Spool(position) => self.push(batch, Some(position)),
            Place::Memory(Some(refused)) if !self.fits(&batch) => {
                self.metrics.drop_batch(refused, &batch);
            }
            Place::Memory(_) => self.push(batch, None),
        }
    }

    fn fits(&self, batch: &CheckBatch) -> bool {
        self.ready_size + batch.len() <= self.ready_max
    }

    fn spill(&mut self, batch: &CheckBatch) -> Place {
        match self.spool.write_batch(batch) {
            Ok(position) => Place::Spool(position),
            Err(refused) => Place::Memory(Some(refused)),
        }
    }

    fn push(&mut self, batch: CheckBatch, spooled: Option<Position>) {
        let sequence = self.number();
        self.put_back(sequence, Closed { batch: Arc::new(batch), spooled });
    }

    pub(super) fn number(&mut self) -> u64 {
        self.next_sequence += 1;
        self.next_sequence
    }

    /// Makes a batch wait (again) for being published.
    pub(super) fn put_back(&mut self, sequence: u64, closed: Closed) {
        self.count_ready(self.ready_size + closed.batch.len());
        self.ready.insert(sequence, closed);
    }

    fn count_ready(&mut self, size: usize) {
        self.ready_size = size;
        self.metrics.buffered.set(i64::try_from(size).unwrap_or(i64::MAX));
    }

    pub(super) fn pop_ready(&mut self) -> Option<(u64, Closed)> {
        let (sequence, closed) = self.ready.pop_first()?;
        self.count_ready(self.ready_size - closed.batch.len());
        Some((sequence, closed))
    }

    /// Where to read the next batch that is only in the spool. When there is none, memory takes over again.
    pub(super) fn readable(&mut self) -> Readable {
        let Some(cursor) = self.cursor else { return Readable::Nothing };
        let open = self.open.as_ref().and_then(|open| match open.place {
            Place::Spool(position) => Some(position),
            Place::Memory(_) => None,
        });
        let readable = self.spool.readable(cursor, open);
        if matches!(readable, Readable::Nothing) {
            self.cursor = None;
        }
        readable
    }

    pub(super) fn is_empty(&mut self) -> bool {
        self.open.is_none() && self.ready.is_empty() && matches!(self.readable(), Readable::Nothing)
    }

    /// A chunk was read to its end: the cursor moves behind it.
    pub(super) fn finish(&mut self, chunk: &Chunk) {
        match chunk.end() {
            End::Whole => {}
            End::Torn => self.metrics.spool_damaged.with_label_values(&["torn"]).inc(),
            End::Damaged => self.metrics.spool_damaged.with_label_values(&["damaged"]).inc(),
        }
        if chunk.is_recovered() {
            self.spool.finish_recovered(chunk);
        }
        self.cursor = Some(chunk.position_behind());
    }

    pub(super) fn confirm(&mut self, closed: &Closed) {
        self.metrics.confirmed.inc_by(closed.batch.checks.len() as u64);
        if let Some(position) = closed.spooled {
            self.spool.confirm(position);
        }
    }

    /// Moves whatever is only in memory to the spool, as far as it takes it. What it refuses stays in memory.
    pub(super) fn make_safe(&mut self) {
        // A file takes one batch after the other: what comes behind the open one would end it.
        self.close_open();
        let waiting = std::mem::take(&mut self.ready);
        self.count_ready(0);
        for (sequence, closed) in waiting {
            if closed.spooled.is_some() {
                self.put_back(sequence, closed);
                continue;
            }
            match self.spool.write_batch(&closed.batch) {
                Ok(position) => {
                    self.cursor.get_or_insert(position);
                }
                Err(_) => self.put_back(sequence, closed),
            }
        }
    }

    /// Gives up what neither the queue nor the spool has taken; says how many entries that were.
    pub(super) fn drop_unsafe(&mut self) -> u64 {
        let mut dropped = 0;
        self.ready.retain(|_, closed| {
            if closed.spooled.is_none() {
                dropped += closed.batch.len();
                self.metrics.drop_batch(DropReason::DiskError, &closed.batch);
            }
            closed.spooled.is_some()
        });
        dropped as u64
    }

    pub(super) fn close(&mut self) {
        self.closed = true;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(super) fn open_since(&self) -> Option<Instant> {
        self.open.as_ref().map(|open| open.since)
    }

    pub(super) fn spool_mut(&mut self) -> &mut Spool {
        &mut self.spool
    }
}
