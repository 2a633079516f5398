use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::*;

type Entry = (IpRange, i64, u32);

/// What the index must equal: a look at every range.
fn naive(ranges: &[Entry], address: IpAddr) -> Vec<u32> {
    let mut covering: Vec<_> = ranges.iter().filter(|(range, ..)| range.contains(address)).collect();
    let width = |range: &IpRange| match (range.start(), range.end()) {
        (IpAddr::V4(start), IpAddr::V4(end)) => u128::from(end.to_bits() - start.to_bits()),
        (IpAddr::V6(start), IpAddr::V6(end)) => end.to_bits() - start.to_bits(),
        _ => unreachable!(),
    };
    covering.sort_by_key(|(range, id, _)| (width(range), *id));
    covering.into_iter().map(|(.., label)| *label).collect()
}

fn v4(number: u32) -> IpAddr {
    Ipv4Addr::from_bits(number).into()
}

fn v6(number: u128) -> IpAddr {
    Ipv6Addr::from_bits(number).into()
}

/// The ends of every range and their neighbours, in both families.
fn probes(ranges: &[Entry]) -> Vec<IpAddr> {
    let ends = ranges.iter().flat_map(|(range, ..)| [range.start(), range.end()]);
    ends.flat_map(|end| match end {
        IpAddr::V4(end) => {
            let number = end.to_bits();
            let near = [number.wrapping_sub(1), number, number.wrapping_add(1)];
            near.into_iter().flat_map(|number| [v4(number), v6(number.into())]).collect::<Vec<_>>()
        }
        IpAddr::V6(end) => {
            let number = end.to_bits();
            vec![v6(number.wrapping_sub(1)), v6(number), v6(number.wrapping_add(1))]
        }
    })
    .collect()
}

fn assert_equals_naive(ranges: &[Entry], addresses: impl IntoIterator<Item = IpAddr>) {
    let index = RangeIndex::build(ranges.iter().copied());
    let covering = CoveringIndex::build(ranges.iter().copied());
    for address in addresses {
        let expected = naive(ranges, address);
        assert_eq!(index.get(address), expected.first().copied(), "{address} in {ranges:?}");
        assert_eq!(covering.covering(address), expected, "{address} in {ranges:?}");
    }
}

fn entries(ranges: Vec<IpRange>) -> Vec<Entry> {
    // Ids run against labels, so that a tie broken by the wrong one shows.
    let last = i64::try_from(ranges.len()).unwrap();
    ranges.into_iter().zip(0u32..).map(|(range, label)| (range, last - i64::from(label), label)).collect()
}

/// Ranges that lie close, nest and repeat; some at the ends of the space.
fn v4_range() -> impl Strategy<Value = IpRange> {
    let start = prop_oneof![0u32..300, 0x0a00_0000u32..0x0a00_0400, u32::MAX - 300..=u32::MAX, any::<u32>()];
    let length = prop_oneof![Just(0u32), 0u32..64, 0u32..100_000, Just(u32::MAX)];
    (start, length).prop_map(|(start, length)| IpRange::new(v4(start), v4(start.saturating_add(length))).unwrap())
}

fn v6_range() -> impl Strategy<Value = IpRange> {
    let start = prop_oneof![0u128..300, u128::MAX - 300..=u128::MAX, any::<u128>()];
    let length = prop_oneof![Just(0u128), 0u128..64, Just(u128::MAX), any::<u128>()];
    (start, length).prop_map(|(start, length)| IpRange::new(v6(start), v6(start.saturating_add(length))).unwrap())
}

proptest! {
    #[test]
    fn the_index_equals_a_naive_scan(
        ranges in proptest::collection::vec(prop_oneof![3 => v4_range(), 1 => v6_range()], 0..40),
        addresses in proptest::collection::vec(any::<u32>(), 20),
    ) {
        let ranges = entries(ranges);
        assert_equals_naive(&ranges, probes(&ranges).into_iter().chain(addresses.into_iter().map(v4)));
    }
}

#[test]
fn an_empty_index_covers_nothing() {
    assert_equals_naive(&[], [v4(0), v4(u32::MAX), v6(0), v6(u128::MAX)]);
}

#[test]
fn the_whole_space_and_single_addresses_are_ranges() {
    let ranges = ["0.0.0.0-255.255.255.255", "::/0", "0.0.0.0", "255.255.255.255", "::", "192.0.2.7", "192.0.2.7"];
    let ranges = entries(ranges.map(|range| range.parse().unwrap()).to_vec());
    assert_equals_naive(&ranges, probes(&ranges));
}

#[test]
fn neighbours_with_one_label_share_a_piece() {
    let ranges = ["192.0.2.0/25", "192.0.2.128/25", "198.51.100.0/24"].map(|range| (range.parse().unwrap(), 1, 7));
    let index = RangeIndex::build(ranges);
    // Start and end of the joined piece, and of the other.
    assert_eq!(index.boundaries(), 4);
}
