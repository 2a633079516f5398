use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Stands for "no range" among the labels.
const NONE: u32 = u32::MAX;
/// Slots of the direct table: one for each value of the upper 16 bits.
const SLOTS: usize = 1 << 16;

/// An address as a number.
pub(super) trait Position: Copy + Ord {
    /// The upper 16 bits.
    fn slot(self) -> usize;
    fn successor(self) -> Option<Self>;
    fn distance(self, from: Self) -> u128;
}

impl Position for u32 {
    fn slot(self) -> usize {
        (self >> 16) as usize
    }

    fn successor(self) -> Option<Self> {
        self.checked_add(1)
    }

    fn distance(self, from: Self) -> u128 {
        (self - from).into()
    }
}

impl Position for u128 {
    fn slot(self) -> usize {
        (self >> 112) as usize
    }

    fn successor(self) -> Option<Self> {
        self.checked_add(1)
    }

    fn distance(self, from: Self) -> u128 {
        self - from
    }
}

/// An address space in disjoint pieces. Piece `i` begins at `starts[i]` and ends before the next.
pub(super) struct Pieces<P> {
    starts: Vec<P>,
    labels: Vec<u32>,
    /// `slots[s]` is the first piece that begins in slot `s` or later. Empty when there are no pieces.
    slots: Vec<u32>,
}

impl<P: Position> Pieces<P> {
    /// Walks over all boundaries in order and notes which range is the narrowest there. `ranges` are start, end, id and
    /// label.
    pub(super) fn sweep(mut ranges: Vec<(P, P, i64, u32)>) -> Self {
        ranges.sort_unstable_by_key(|&(start, ..)| start);
        let mut boundaries: Vec<P> = Vec::with_capacity(ranges.len() * 2);
        boundaries.extend(ranges.iter().map(|&(start, ..)| start));
        boundaries.extend(ranges.iter().filter_map(|&(_, end, ..)| end.successor()));
        boundaries.sort_unstable();
        boundaries.dedup();

        let (mut starts, mut labels) =
            (Vec::with_capacity(boundaries.len()), Vec::with_capacity(boundaries.len()));
        let mut open = BinaryHeap::new();
        let mut coming = ranges.into_iter().peekable();
        for boundary in boundaries {
            while let Some((start, end, id, label)) = coming.next_if(|&(start, ..)| start <= boundary) {
                open.push(Reverse((end.distance(start), id, label, end)));
            }
            while open.peek().is_some_and(|&Reverse((.., end))| end < boundary) {
                open.pop();
            }
            let label = open.peek().map_or(NONE, |&Reverse((_, _, label, _))| label);
            if labels.last().copied().unwrap_or(NONE) != label {
                starts.push(boundary);
                labels.push(label);
            }
        }
        starts.shrink_to_fit();
        labels.shrink_to_fit();
        let slots = direct_table(&starts);
        Self { starts, labels, slots }
    }

    pub(super) fn label(&self, address: P) -> Option<u32> {
        let slot = address.slot();
        let first = *self.slots.get(slot)? as usize;
        let next = self.slots[slot + 1] as usize;
        let after = first + self.starts[first..next].partition_point(|&start| start <= address);
        let label = self.labels[after.checked_sub(1)?];
        (label != NONE).then_some(label)
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn size_bytes(&self) -> usize {
        size_of_val(self.starts.as_slice())
            + size_of_val(self.labels.as_slice())
            + size_of_val(self.slots.as_slice())
    }
}

fn direct_table<P: Position>(starts: &[P]) -> Vec<u32> {
    if starts.is_empty() {
        return Vec::new();
    }
    let mut slots = Vec::with_capacity(SLOTS + 1);
    let mut piece = 0;
    for slot in 0..=SLOTS {
        while piece < starts.len() && starts[piece].slot() < slot {
            piece += 1;
        }
        slots.push(u32::try_from(piece).expect("fewer than 2^32 boundaries fit in memory"));
    }
    slots
}
