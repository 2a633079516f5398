use std::net::IpAddr;

use crate::IpRange;

/// Says for an address which ranges cover it, from narrowest to widest: for explanations. Takes O(log n + k) for k
/// ranges.
///
/// The ranges lie in order of their start, and each middle of a slice knows the highest end within the slice: an interval
/// tree (Cormen et al., "Introduction to Algorithms", section 14.3) without pointers.
pub struct CoveringIndex {
    v4: Intervals<u32>,
    v6: Intervals<u128>,
}

impl CoveringIndex {
    /// Indexes ranges, each with its id, which breaks ties, and its label.
    pub fn build(ranges: impl IntoIterator<Item = (IpRange, i64, u32)>) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for (range, id, label) in ranges {
            match (range.start(), range.end()) {
                (IpAddr::V4(start), IpAddr::V4(end)) => {
                    v4.push(Interval { start: start.to_bits(), end: end.to_bits(), id, label });
                }
                (IpAddr::V6(start), IpAddr::V6(end)) => {
                    v6.push(Interval { start: start.to_bits(), end: end.to_bits(), id, label });
                }
                _ => unreachable!("both ends of a range are of one family"),
            }
        }
        Self { v4: Intervals::of(v4), v6: Intervals::of(v6) }
    }

    /// The labels of the ranges that cover `address`, from narrowest to widest, equally wide ones by id.
    pub fn covering(&self, address: IpAddr) -> Vec<u32> {
        match address {
            IpAddr::V4(address) => self.v4.covering(address.to_bits(), |end, start| (end - start).into()),
            IpAddr::V6(address) => self.v6.covering(address.to_bits(), |end, start| end - start),
        }
    }
}

#[derive(Clone, Copy)]
struct Interval<P> {
    start: P,
    end: P,
    id: i64,
    label: u32,
}

struct Intervals<P> {
    by_start: Vec<Interval<P>>,
    /// At the middle of each slice that halving yields: the highest end within that slice.
    highest_end: Vec<P>,
}

impl<P: Copy + Ord> Intervals<P> {
    fn of(mut by_start: Vec<Interval<P>>) -> Self {
        by_start.sort_unstable_by_key(|interval| interval.start);
        let mut highest_end: Vec<P> = by_start.iter().map(|interval| interval.end).collect();
        note_highest(&by_start, &mut highest_end);
        Self { by_start, highest_end }
    }

    fn covering(&self, position: P, width: impl Fn(P, P) -> u128) -> Vec<u32> {
        let mut found = Vec::new();
        collect(&self.by_start, &self.highest_end, position, &mut found);
        found.sort_unstable_by_key(|interval| (width(interval.end, interval.start), interval.id));
        found.into_iter().map(|interval| interval.label).collect()
    }
}

/// Writes the highest end of the slice to its middle, the same for both halves, and returns it.
fn note_highest<P: Copy + Ord>(intervals: &[Interval<P>], highest: &mut [P]) -> Option<P> {
    if intervals.is_empty() {
        return None;
    }
    let middle = intervals.len() / 2;
    let left = note_highest(&intervals[..middle], &mut highest[..middle]);
    let right = note_highest(&intervals[middle + 1..], &mut highest[middle + 1..]);
    let own = Some(intervals[middle].end).max(left).max(right);
    highest[middle] = own.unwrap_or(intervals[middle].end);
    own
}

/// Halves: the depth of the recursion is the logarithm of the number of ranges.
fn collect<P: Copy + Ord>(
    intervals: &[Interval<P>],
    highest: &[P],
    position: P,
    found: &mut Vec<Interval<P>>,
) {
    let middle = intervals.len() / 2;
    if intervals.is_empty() || highest[middle] < position {
        return;
    }
    collect(&intervals[..middle], &highest[..middle], position, found);
    let interval = intervals[middle];
    if interval.start <= position {
        if interval.end >= position {
            found.push(interval);
        }
        collect(&intervals[middle + 1..], &highest[middle + 1..], position, found);
    }
}
