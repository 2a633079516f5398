//! Look-ups and rebuilds of the range index: 10,000 nested ranges and 1,000,000 arbitrary ones, both families.

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use greencheck_core::{IpRange, RangeIndex};

/// `SplitMix64` (Steele, Lea, Flood 2014): the same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn v4(&mut self) -> u32 {
        (self.next() >> 32) as u32
    }

    fn v6(&mut self) -> u128 {
        // Within 2000::/3, where addresses are.
        (u128::from(self.next()) << 64 | u128::from(self.next())) >> 3 | 1 << 125
    }
}

fn v4_range(numbers: &mut Numbers, widest_bits: u32) -> IpRange {
    let start = numbers.v4();
    let end = start.saturating_add(numbers.v4() >> (32 - numbers.next() % u64::from(widest_bits)) as u32);
    IpRange::new(Ipv4Addr::from_bits(start).into(), Ipv4Addr::from_bits(end).into())
        .expect("the end is not lower")
}

fn v6_range(numbers: &mut Numbers) -> IpRange {
    let start = numbers.v6();
    let end = start.saturating_add(1u128 << (64 + numbers.next() % 32));
    IpRange::new(Ipv6Addr::from_bits(start).into(), Ipv6Addr::from_bits(end).into())
        .expect("the end is not lower")
}

fn labelled(ranges: Vec<IpRange>) -> Vec<(IpRange, i64, u32)> {
    ranges.into_iter().zip(0u32..).map(|(range, label)| (range, label.into(), label)).collect()
}

fn look_up(criterion: &mut Criterion, name: &str, ranges: &[(IpRange, i64, u32)], addresses: &[IpAddr]) {
    let index = RangeIndex::build(ranges.iter().copied());
    let mut next = 0;
    criterion.bench_function(name, |bench| {
        bench.iter(|| {
            next = (next + 1) & (addresses.len() - 1);
            index.get(black_box(addresses[next]))
        });
    });
}

fn benches(criterion: &mut Criterion) {
    let mut numbers = Numbers(1);
    let v4_addresses: Vec<IpAddr> = (0..1 << 16).map(|_| Ipv4Addr::from_bits(numbers.v4()).into()).collect();
    let v6_addresses: Vec<IpAddr> = (0..1 << 16).map(|_| Ipv6Addr::from_bits(numbers.v6()).into()).collect();
    let nested = labelled((0..10_000).map(|_| v4_range(&mut numbers, 26)).collect());
    let million = labelled((0..1_000_000).map(|_| v4_range(&mut numbers, 12)).collect());
    let million_v6 = labelled((0..1_000_000).map(|_| v6_range(&mut numbers)).collect());
    look_up(criterion, "get/v4/10k nested", &nested, &v4_addresses);
    look_up(criterion, "get/v4/1M", &million, &v4_addresses);
    look_up(criterion, "get/v6/1M", &million_v6, &v6_addresses);
    let mut group = criterion.benchmark_group("build");
    group.sample_size(10);
    for (name, ranges) in [("v4/1M", &million), ("v6/1M", &million_v6)] {
        group.bench_function(name, |bench| {
            bench.iter_batched(|| ranges.clone(), RangeIndex::build, BatchSize::LargeInput);
        });
    }
}

criterion_group!(range_index, benches);
criterion_main!(range_index);
