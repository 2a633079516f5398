//! Which range covers an address: arbitrary ranges, the narrowest wins.

use std::fmt;
use std::marker::PhantomData;
use std::net::IpAddr;

use crate::IpRange;

mod covering;
mod family;
mod label;
mod pieces;
mod sweep;
#[cfg(test)]
mod tests;
mod v6;

pub use covering::CoveringIndex;
use family::spans;
use label::Label;
use pieces::Pieces;
use v6::V6;

/// An immutable index from addresses to the label of the narrowest range that covers them. IPv4 and IPv6 are kept apart.
///
/// Overlapping ranges are cut into disjoint pieces once, when the index is built; a look-up is a step in a table and a
/// binary search among the few pieces that begin in its slot, in blocks of sixteen. The layout is that of DXR (Zec, Rizzo,
/// Mikuc: "DXR: towards a billion routing lookups per second in software", ACM SIGCOMM CCR 42(5), 2012), which needs no
/// prefixes. A boundary takes 8.3 bytes for IPv4, 12.5 for IPv6 networks, 20 to 21 for other IPv6 ranges, its share of the
/// table at most one more.
pub struct RangeIndex<T: Label = u32> {
    v4: Pieces<u32>,
    v6: V6,
    ranges: usize,
    label: PhantomData<T>,
}

impl<T: Label> RangeIndex<T> {
    /// Indexes ranges, each with its id and label. Of equally narrow ranges that with the lowest id wins, of those with
    /// one id that with the lowest label.
    pub fn build(ranges: impl IntoIterator<Item = (IpRange, i64, T)>) -> Self {
        let (v4, v6) = spans(ranges);
        let ranges = v4.len() + v6.len();
        Self { v4: Pieces::of(v4), v6: V6::of(v6), ranges, label: PhantomData }
    }

    /// The label of the narrowest range that covers `address`.
    // Small enough for its caller: an address that is handed on in memory is read in other pieces than it was written in, which
    // holds up look-ups that could overlap.
    #[inline]
    pub fn get(&self, address: IpAddr) -> Option<T> {
        let label = match address {
            IpAddr::V4(address) => self.v4.get(address.to_bits()),
            IpAddr::V6(address) => self.v6.get(address.to_bits()),
        };
        label.map(T::from_number)
    }

    /// How many ranges went in.
    pub fn len(&self) -> usize {
        self.ranges
    }

    pub fn is_empty(&self) -> bool {
        self.ranges == 0
    }

    /// How many boundaries between pieces there are, of both families.
    pub fn boundaries(&self) -> usize {
        self.v4.boundaries() + self.v6.boundaries()
    }

    /// How much memory the index takes, in bytes.
    pub fn size_bytes(&self) -> usize {
        size_of::<Self>() + self.v4.size_bytes() + self.v6.size_bytes()
    }
}

impl<T: Label> Default for RangeIndex<T> {
    fn default() -> Self {
        Self::build([])
    }
}

impl<T: Label> fmt::Debug for RangeIndex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RangeIndex")
            .field("ranges", &self.ranges)
            .field("boundaries", &self.boundaries())
            .finish_non_exhaustive()
    }
}
