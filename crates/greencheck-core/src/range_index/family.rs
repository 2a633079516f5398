use std::num::NonZeroU32;

use super::Label;
use crate::IpRange;
use crate::ip_range::Bounds;

/// The addresses of one family as integers.
pub(super) trait Family: Copy + Ord {
    /// The next address, unless this is the last.
    fn next(self) -> Option<Self>;
    /// How far `self` lies behind `first`.
    fn behind(self, first: Self) -> Self;
    /// How many bits the number needs.
    fn bits(self) -> u32;
    /// What is left of the number without its `shift` lowest bits.
    fn slot(self, shift: u32) -> usize;
}

macro_rules! family {
    ($number:ty) => {
        impl Family for $number {
            fn next(self) -> Option<Self> {
                self.checked_add(1)
            }

            fn behind(self, first: Self) -> Self {
                self - first
            }

            fn bits(self) -> u32 {
                Self::BITS - self.leading_zeros()
            }

            fn slot(self, shift: u32) -> usize {
                usize::try_from(self >> shift).unwrap_or(usize::MAX)
            }
        }
    };
}

family!(u32);
family!(u64);
family!(u128);

/// A range of one family, with what ranks and labels it.
#[derive(Clone, Copy)]
pub(super) struct Span<A> {
    pub(super) start: A,
    pub(super) end: A,
    pub(super) id: i64,
    pub(super) label: NonZeroU32,
}

/// Width, id, label.
pub(super) type Rank<A> = (A, i64, NonZeroU32);

impl<A: Family> Span<A> {
    /// Narrow before wide, low ids before high ones. The label only makes the order total.
    pub(super) fn rank(&self) -> Rank<A> {
        (self.end.behind(self.start), self.id, self.label)
    }
}

/// Sorts ranges by family.
pub(super) fn spans<T: Label>(
    ranges: impl IntoIterator<Item = (IpRange, i64, T)>,
) -> (Vec<Span<u32>>, Vec<Span<u128>>) {
    let (mut v4, mut v6) = (Vec::new(), Vec::new());
    for (range, id, label) in ranges {
        let label = label.to_number();
        match range.bounds() {
            Bounds::V4(start, end) => v4.push(Span { start: start.to_bits(), end: end.to_bits(), id, label }),
            Bounds::V6(start, end) => v6.push(Span { start: start.to_bits(), end: end.to_bits(), id, label }),
        }
    }
    (v4, v6)
}
