use std::array::from_fn;
use std::num::NonZeroU32;

use super::Family;

const PIECES: usize = 16;

/// Neighbours with their labels: a search touches two or three cache lines side by side, all in one page.
#[repr(align(64))]
pub(super) struct Block<A> {
    starts: [A; PIECES],
    labels: [Option<NonZeroU32>; PIECES],
}

impl<A: Family> Block<A> {
    pub(super) const PIECES: usize = PIECES;

    pub(super) fn of(starts: &[A], labels: &[Option<NonZeroU32>]) -> Box<[Self]> {
        let blocks = starts.chunks(PIECES).zip(labels.chunks(PIECES));
        blocks.map(|(starts, labels)| Self::filled(starts, labels)).collect()
    }

    /// What there are no pieces for repeats the last one.
    fn filled(starts: &[A], labels: &[Option<NonZeroU32>]) -> Self {
        let last = starts.len() - 1;
        Self {
            starts: from_fn(|place| starts[place.min(last)]),
            labels: from_fn(|place| labels[place.min(last)]),
        }
    }

    /// The label of the piece in which `address` lies, which is not before the block.
    pub(super) fn get(&self, address: A) -> Option<NonZeroU32> {
        let later = self.starts[1..].partition_point(|start| *start <= address);
        self.labels[later]
    }
}
