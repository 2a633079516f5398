use std::num::NonZeroU32;

use super::family::{Family, Span};
use super::sweep::{Swept, sweep};

mod block;

use block::Block;

/// At most 2^20 slots: 4 MiB.
const MAX_TABLE_BITS: u32 = 20;

/// The pieces of one family in blocks, and a table that says where among the blocks to look.
///
/// The table cuts the space from the first block to the last into equal slots, four a block at most. `table[slot + 1]` is the
/// last block that begins in the slot or before it, so an address in the slot lies in one of the blocks
/// `table[slot]..=table[slot + 1]`: one or two mostly, and as many as a binary search is for where networks lie close together.
pub(super) struct Pieces<A> {
    /// Where each block begins.
    starts: Box<[A]>,
    blocks: Box<[Block<A>]>,
    table: Box<[u32]>,
    shift: u32,
    boundaries: usize,
}

impl<A: Family> Pieces<A> {
    pub(super) fn of(spans: Vec<Span<A>>) -> Self {
        let Swept { starts, labels } = sweep(spans);
        let boundaries = starts.len();
        let blocks = Block::of(&starts, &labels);
        let starts: Box<[A]> = starts.into_iter().step_by(Block::<A>::PIECES).collect();
        let (table, shift) = table(&starts);
        Self { starts, blocks, table: table.into(), shift, boundaries }
    }

    // What calls it stays small and is taken into its own callers; the address comes in registers.
    #[inline(never)]
    pub(super) fn get(&self, address: A) -> Option<NonZeroU32> {
        let first = *self.starts.first()?;
        if address < first {
            return None;
        }
        // What lies behind the last slot is in the last block, with which that slot ends.
        let slot = address.behind(first).slot(self.shift).min(self.table.len() - 2);
        let (from, to) = (self.table[slot] as usize, self.table[slot + 1] as usize);
        let block = from + self.starts[from + 1..=to].partition_point(|start| *start <= address);
        self.blocks[block].get(address)
    }

    pub(super) fn boundaries(&self) -> usize {
        self.boundaries
    }

    pub(super) fn size_bytes(&self) -> usize {
        size_of_val(&*self.starts) + size_of_val(&*self.blocks) + size_of_val(&*self.table)
    }
}

/// The table over blocks that begin at `starts`, and how many low bits of an address the slots leave out.
fn table<A: Family>(starts: &[A]) -> (Vec<u32>, u32) {
    let (Some(&first), Some(&last)) = (starts.first(), starts.last()) else {
        return (Vec::new(), 0);
    };
    let bits = (starts.len().ilog2() + 2).min(MAX_TABLE_BITS);
    let shift = last.behind(first).bits().saturating_sub(bits);
    let slot = |start: A| start.behind(first).slot(shift);
    let mut table = vec![0; slot(last) + 2];
    for (block, &start) in (0..).zip(starts) {
        table[slot(start) + 1] = block;
    }
    // A slot in which no block begins lies in the block that began before.
    for slot in 1..table.len() {
        table[slot] = table[slot].max(table[slot - 1]);
    }
    (table, shift)
}
