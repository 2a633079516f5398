use std::num::NonZeroU32;

use super::family::{Family, Span};
use super::sweep::{Swept, sweep};

/// At most 2^20 slots: 4 MiB.
const MAX_TABLE_BITS: u32 = 20;

/// A sample of the boundaries: two cache lines of IPv6 networks lie between two of it.
const EVERY: usize = 16;

/// The pieces of one family and a table that says where among them to look.
///
/// The table cuts the space from the first boundary to the last into equal slots, at most one a boundary: IPv6 networks lie so
/// close together that the upper bits of an address alone tell little. `table[slot + 1]` is the last piece that begins in
/// the slot or before it, so an address in the slot lies in one of the pieces `table[slot]..=table[slot + 1]`. Where these
/// are many, a search among samples, a table of a sixteenth the size, leaves few of them.
pub(super) struct Pieces<A> {
    starts: Box<[A]>,
    /// Each [`EVERY`]th start.
    samples: Box<[A]>,
    labels: Box<[Option<NonZeroU32>]>,
    table: Box<[u32]>,
    shift: u32,
}

impl<A: Family> Pieces<A> {
    pub(super) fn of(spans: Vec<Span<A>>) -> Self {
        let Swept { starts, labels } = sweep(spans);
        let (table, shift) = table(&starts);
        let samples = starts.iter().copied().step_by(EVERY).collect();
        Self { starts: starts.into(), samples, labels: labels.into(), table: table.into(), shift }
    }

    pub(super) fn get(&self, address: A) -> Option<NonZeroU32> {
        let first = *self.starts.first()?;
        if address < first {
            return None;
        }
        // What lies behind the last slot is in the last piece, with which that slot ends.
        let slot = address.behind(first).slot(self.shift).min(self.table.len() - 2);
        let (from, to) = self.narrowed(self.table[slot] as usize, self.table[slot + 1] as usize, address);
        let piece = from + self.starts[from + 1..=to].partition_point(|start| *start <= address);
        self.labels[piece]
    }

    /// The pieces from the last sample at or before `address` to the next one, of those from `from` to `to`.
    fn narrowed(&self, from: usize, to: usize, address: A) -> (usize, usize) {
        if to - from < EVERY {
            return (from, to);
        }
        let first = from / EVERY + 1;
        let next = first + self.samples[first..=to / EVERY].partition_point(|start| *start <= address);
        let before = if next == first { from } else { (next - 1) * EVERY };
        (before, to.min(next * EVERY - 1))
    }

    pub(super) fn boundaries(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn size_bytes(&self) -> usize {
        size_of_val(&*self.starts)
            + size_of_val(&*self.samples)
            + size_of_val(&*self.labels)
            + size_of_val(&*self.table)
    }
}

/// The table over `starts`, and how many low bits of an address the slots leave out.
fn table<A: Family>(starts: &[A]) -> (Vec<u32>, u32) {
    let (Some(&first), Some(&last)) = (starts.first(), starts.last()) else {
        return (Vec::new(), 0);
    };
    let bits = starts.len().ilog2().min(MAX_TABLE_BITS);
    let shift = last.behind(first).bits().saturating_sub(bits);
    let slot = |start: A| start.behind(first).slot(shift);
    let mut table = vec![0; slot(last) + 2];
    for (piece, &start) in (0..).zip(starts) {
        table[slot(start) + 1] = piece;
    }
    // A slot in which no piece begins lies in the piece that began before.
    for slot in 1..table.len() {
        table[slot] = table[slot].max(table[slot - 1]);
    }
    (table, shift)
}
