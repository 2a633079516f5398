//! Ranges and addresses, the same in every run.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use greencheck_core::IpRange;

use super::Labelled;
use crate::numbers::Numbers;

/// Of IPv6, as registries give them out.
const NETWORKS: u64 = 10_000;

fn v4(start: u64, end: u64) -> IpRange {
    let address = |number: u64| Ipv4Addr::from_bits(u32::try_from(number).unwrap_or(u32::MAX)).into();
    IpRange::new(address(start), address(end)).expect("the end is not lower")
}

/// Ranges of 1 to 2^24 addresses anywhere, overlapping as it comes, every length in bits as likely as the next.
pub(super) fn arbitrary_v4(count: usize) -> Labelled {
    let mut numbers = Numbers::seeded(2);
    let mut range = || {
        let start = numbers.next() >> 32;
        let bits = numbers.below(24);
        v4(start, start + (numbers.next() >> 40 >> bits))
    };
    labelled((0..count).map(|_| range()).collect())
}

/// Ranges of one to 2^32 /64 networks in 10,000 /32 networks.
pub(super) fn arbitrary_v6(count: usize) -> Labelled {
    let mut numbers = Numbers::seeded(3);
    let networks: Vec<u128> =
        (0..NETWORKS).map(|_| u128::from(0x2000_0000 + numbers.below(0x1000_0000)) << 96).collect();
    let mut range = || {
        let network = networks[usize::try_from(numbers.below(NETWORKS)).expect("an index fits")];
        let start = network + (u128::from(numbers.next() >> 32) << 64);
        let bits = numbers.below(32);
        let end = start + (u128::from(numbers.next() >> 32 >> bits) << 64) + u128::from(u64::MAX);
        IpRange::new(Ipv6Addr::from_bits(start).into(), Ipv6Addr::from_bits(end).into())
            .expect("the end is not lower")
    };
    labelled((0..count).map(|_| range()).collect())
}

fn labelled(ranges: Vec<IpRange>) -> Labelled {
    (0..).zip(ranges).map(|(label, range)| (range, i64::from(label), label)).collect()
}

/// In IPv4 half of them anywhere and half at the ends of ranges, in IPv6 near their starts.
pub(super) fn addresses(ranges: &Labelled, count: usize) -> Vec<IpAddr> {
    let mut numbers = Numbers::seeded(4);
    let mut address = || {
        let range = ranges[usize::try_from(numbers.below(ranges.len() as u64)).expect("an index fits")].0;
        match (range.start(), numbers.next()) {
            (IpAddr::V4(_), number) if number & 1 == 0 => {
                Ipv4Addr::from_bits(u32::try_from(number >> 32).unwrap_or_default()).into()
            }
            (IpAddr::V6(start), number) => {
                Ipv6Addr::from_bits(start.to_bits().wrapping_add(u128::from(number) << 20)).into()
            }
            (IpAddr::V4(_), _) => range.end(),
        }
    };
    (0..count).map(|_| address()).collect()
}

/// By looking at every range: of equally narrow ones the first.
pub(super) fn narrowest(ranges: &Labelled, address: IpAddr) -> Option<u32> {
    let covering = ranges.iter().filter(|(range, ..)| range.contains(address));
    covering.min_by_key(|(range, id, _)| (range.len(), *id)).map(|(.., label)| *label)
}
