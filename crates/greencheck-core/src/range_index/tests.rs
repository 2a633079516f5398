use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::Asn;

type Ranges = Vec<(IpRange, i64, u32)>;

/// Labels are positions, as the catalog gives them.
fn labelled(ranges: &[(&str, i64)]) -> Ranges {
    (0..).zip(ranges).map(|(label, (range, id))| (IpRange::parse(range).unwrap(), *id, label)).collect()
}

fn covering_by_scan(ranges: &Ranges, address: IpAddr) -> Vec<u32> {
    let mut covering: Vec<_> = ranges.iter().filter(|(range, ..)| range.contains(address)).collect();
    // Differences, not lengths: all of IPv6 has one address more than a number holds.
    let width = |range: &IpRange| match (range.start(), range.end()) {
        (IpAddr::V4(start), IpAddr::V4(end)) => u128::from(end.to_bits() - start.to_bits()),
        (IpAddr::V6(start), IpAddr::V6(end)) => end.to_bits() - start.to_bits(),
        _ => unreachable!("a range is of one family"),
    };
    covering.sort_by_key(|(range, id, label)| (width(range), *id, *label));
    covering.into_iter().map(|(.., label)| *label).collect()
}

/// The ends of every range, the addresses beside them, and the ends of both families.
fn telling_addresses(ranges: &Ranges) -> Vec<IpAddr> {
    let mut addresses = vec![IpAddr::V4(Ipv4Addr::from_bits(0)), Ipv4Addr::from_bits(u32::MAX).into()];
    addresses.extend([IpAddr::V6(Ipv6Addr::from_bits(0)), Ipv6Addr::from_bits(u128::MAX).into()]);
    for (range, ..) in ranges {
        for end in [range.start(), range.end()] {
            addresses.extend(match end {
                IpAddr::V4(end) => {
                    let end = end.to_bits();
                    [end.wrapping_sub(1), end, end.wrapping_add(1)]
                        .map(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits)))
                }
                IpAddr::V6(end) => {
                    let end = end.to_bits();
                    [end.wrapping_sub(1), end, end.wrapping_add(1)]
                        .map(|bits| IpAddr::V6(Ipv6Addr::from_bits(bits)))
                }
            });
        }
    }
    addresses
}

fn agrees_with_scan(ranges: &Ranges, addresses: &[IpAddr]) -> Result<(), TestCaseError> {
    let index = RangeIndex::build(ranges.iter().copied());
    let all = CoveringIndex::build(ranges.iter().copied());
    prop_assert!(index.boundaries() <= 2 * ranges.len());
    for &address in addresses {
        let expected = covering_by_scan(ranges, address);
        prop_assert_eq!(index.get(address), expected.first().copied(), "{}", address);
        prop_assert_eq!(all.covering(address), expected, "{}", address);
    }
    Ok(())
}

fn v4(start: u32, end: u32) -> IpRange {
    IpRange::new(Ipv4Addr::from_bits(start.min(end)).into(), Ipv4Addr::from_bits(start.max(end)).into())
        .unwrap()
}

fn v6(start: u128, end: u128) -> IpRange {
    IpRange::new(Ipv6Addr::from_bits(start.min(end)).into(), Ipv6Addr::from_bits(start.max(end)).into())
        .unwrap()
}

/// Ranges over few addresses, so that they overlap, nest, touch and repeat, at the ends of the space too.
fn crowded() -> impl Strategy<Value = IpRange> {
    let near = |max: u64| prop_oneof![0..40u64, max - 40..=max, (1u64 << 31) - 20..(1u64 << 31) + 20];
    let wide = |end: u64| u128::from(end) << 96 | if end.is_multiple_of(2) { 0 } else { u128::MAX >> 32 };
    prop_oneof![
        (near(u64::from(u32::MAX)), near(u64::from(u32::MAX)))
            .prop_map(|(start, end)| { v4(u32::try_from(start).unwrap(), u32::try_from(end).unwrap()) }),
        (near(u64::from(u32::MAX)), near(u64::from(u32::MAX)))
            .prop_map(move |(start, end)| v6(wide(start), wide(end))),
        (0..40u128, 0..40u128).prop_map(|(start, end)| v6(start, end)),
    ]
}

/// Whole /64 networks of IPv6, close together or at the ends of the space.
fn networks() -> impl Strategy<Value = IpRange> {
    let near = || prop_oneof![0..40u64, u64::MAX - 40..=u64::MAX];
    (near(), near()).prop_map(|(start, end)| {
        let low = u128::from(u64::MAX);
        v6(u128::from(start.min(end)) << 64, u128::from(start.max(end)) << 64 | low)
    })
}

fn anywhere() -> impl Strategy<Value = IpRange> {
    prop_oneof![
        any::<(u32, u32)>().prop_map(|(start, end)| v4(start, end)),
        any::<(u32, u16)>().prop_map(|(start, len)| v4(start, start.saturating_add(u32::from(len)))),
        any::<(u128, u128)>().prop_map(|(start, end)| v6(start, end)),
        any::<(u128, u64)>().prop_map(|(start, len)| v6(start, start.saturating_add(u128::from(len)))),
    ]
}

fn with_ids(range: impl Strategy<Value = IpRange>, max: usize) -> impl Strategy<Value = Ranges> {
    prop::collection::vec((range, -3..10i64), 0..max)
        .prop_map(|ranges| (0..).zip(ranges).map(|(label, (range, id))| (range, id, label)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn crowded_ranges_are_found_as_by_a_scan(ranges in with_ids(crowded(), 40)) {
        agrees_with_scan(&ranges, &telling_addresses(&ranges))?;
    }

    #[test]
    fn networks_are_found_as_by_a_scan(ranges in with_ids(networks(), 120)) {
        agrees_with_scan(&ranges, &telling_addresses(&ranges))?;
    }

    #[test]
    fn ranges_anywhere_are_found_as_by_a_scan(
        ranges in with_ids(anywhere(), 60),
        addresses in prop::collection::vec(any::<IpAddr>(), 50),
    ) {
        agrees_with_scan(&ranges, &telling_addresses(&ranges))?;
        agrees_with_scan(&ranges, &addresses)?;
    }
}

#[rstest]
#[case::narrowest_wins(&[("192.0.2.0/24", 1), ("192.0.2.8/29", 2)], "192.0.2.9", &[1, 0])]
#[case::outside_the_narrow_one(&[("192.0.2.0/24", 1), ("192.0.2.8/29", 2)], "192.0.2.16", &[0])]
#[case::lowest_id_of_equals(&[("192.0.2.0/24", 9), ("192.0.2.0/24", 3)], "192.0.2.1", &[1, 0])]
#[case::narrow_across_the_edge(&[("192.0.2.0-192.0.2.9", 1), ("192.0.2.5-192.0.2.30", 2)], "192.0.2.7", &[0, 1])]
#[case::all_of_v4(&[("0.0.0.0/0", 1)], "255.255.255.255", &[0])]
#[case::all_of_v6(&[("::/0", 1), ("ffff::/16", 2)], "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", &[1, 0])]
#[case::one_address(&[("192.0.2.1", 1)], "192.0.2.1", &[0])]
#[case::before_one_address(&[("192.0.2.1", 1)], "192.0.2.0", &[])]
#[case::behind_one_address(&[("192.0.2.1", 1)], "192.0.2.2", &[])]
#[case::same_number_other_family(&[("0.0.0.0/0", 1)], "::1", &[])]
#[case::mapped_is_not_v4(&[("192.0.2.0/24", 1)], "::ffff:192.0.2.1", &[])]
#[case::none(&[], "192.0.2.1", &[])]
#[case::none_at_the_end(&[], "255.255.255.255", &[])]
fn the_narrowest_range_answers(
    #[case] ranges: &[(&str, i64)],
    #[case] address: IpAddr,
    #[case] expected: &[u32],
) {
    let ranges = labelled(ranges);
    assert_eq!(RangeIndex::build(ranges.clone()).get(address), expected.first().copied());
    assert_eq!(CoveringIndex::build(ranges).covering(address), expected);
}

#[test]
fn neighbours_with_one_label_are_one_piece() {
    let asn = Asn::new(u32::MAX).unwrap();
    let ranges = ["192.0.2.0/25", "192.0.2.128/25", "192.0.3.0/24"]
        .map(|range| (IpRange::parse(range).unwrap(), 0, asn));
    let index = RangeIndex::build(ranges);
    assert_eq!((index.len(), index.boundaries()), (3, 2));
    assert_eq!(index.get("192.0.3.255".parse().unwrap()), Some(asn));
    assert_eq!(index.get("192.0.4.0".parse().unwrap()), None);
}

#[test]
fn the_input_order_does_not_matter() {
    let ranges =
        labelled(&[("192.0.2.0/24", 1), ("192.0.2.0/24", 1), ("192.0.2.0/25", 1), ("192.0.2.0/26", 1)]);
    let reversed: Vec<_> = ranges.iter().rev().copied().collect();
    let address = "192.0.2.200".parse().unwrap();
    assert_eq!(RangeIndex::build(ranges.clone()).get(address), Some(0));
    assert_eq!(RangeIndex::build(reversed.clone()).get(address), Some(0));
    assert_eq!(CoveringIndex::build(ranges).covering(address), [0, 1]);
    assert_eq!(CoveringIndex::build(reversed).covering(address), [0, 1]);
}

#[test]
fn boundaries_of_networks_take_little_memory_in_ipv6_too() {
    let network = |n: u32| v6(u128::from(n) << 96, (u128::from(n) << 96) + u128::from(u64::MAX));
    let mut ranges: Ranges = (0..10_000u32).map(|n| (network(n), i64::from(n), n)).collect();
    let index = RangeIndex::build(ranges.clone());
    assert_eq!(index.boundaries(), 20_000);
    assert!(index.size_bytes() <= 14 * index.boundaries(), "{}", index.size_bytes());
    ranges.push((v6(1, 1), 10_000, 10_000));
    let index = RangeIndex::build(ranges);
    assert_eq!(index.boundaries(), 20_002);
    assert_eq!(index.get("::1".parse().unwrap()), Some(10_000));
    assert_eq!(index.get("::2".parse().unwrap()), Some(0));
}

#[test]
fn a_boundary_takes_little_memory() {
    let ranges = (0..10_000u32).map(|n| (v4(n << 18, (n << 18) + 9), i64::from(n), n));
    let index = RangeIndex::build(ranges);
    assert_eq!(index.boundaries(), 20_000);
    assert!(index.size_bytes() <= 10 * index.boundaries(), "{}", index.size_bytes());
}
