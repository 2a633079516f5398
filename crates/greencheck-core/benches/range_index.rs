//! Look-ups in the range index and its rebuild, at the sizes of a catalog (10,000 nested ranges), of a large one
//! (1,000,000 arbitrary ranges) and of an ASN table (515,000 disjoint ranges).

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use greencheck_core::{Asn, CoveringIndex, IpRange, RangeIndex};

/// `SplitMix64` (Steele, Lea, Flood 2014): the same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// A number with at most `bits` bits: each length is as likely as the next, as with networks.
    fn up_to_bits(&mut self, bits: u32) -> u64 {
        (self.next() >> (64 - bits)) >> self.below(bits.into())
    }
}

fn v4(start: u64, end: u64) -> IpRange {
    let address = |number: u64| Ipv4Addr::from_bits(u32::try_from(number).unwrap_or(u32::MAX)).into();
    IpRange::new(address(start), address(end)).expect("the end is not lower")
}

fn v6(start: u128, end: u128) -> IpRange {
    IpRange::new(Ipv6Addr::from_bits(start).into(), Ipv6Addr::from_bits(end).into())
        .expect("the end is not lower")
}

/// Each range lies in one made before.
fn nested(count: usize) -> Vec<IpRange> {
    let mut numbers = Numbers(1);
    let mut bounds = vec![(0, u64::from(u32::MAX))];
    while bounds.len() < count {
        let (start, end) =
            bounds[usize::try_from(numbers.below(bounds.len() as u64)).expect("an index fits")];
        let ends = [0, 1].map(|_| start + numbers.below(end - start + 1));
        bounds.push((ends[0].min(ends[1]), ends[0].max(ends[1])));
    }
    bounds.into_iter().map(|(start, end)| v4(start, end)).collect()
}

/// Ranges of 1 to 2^24 addresses anywhere, overlapping as it comes.
fn arbitrary_v4(count: usize) -> Vec<IpRange> {
    let mut numbers = Numbers(2);
    let mut range = || {
        let start = numbers.next() >> 32;
        v4(start, start + numbers.up_to_bits(24))
    };
    (0..count).map(|_| range()).collect()
}

/// Ranges of one to 2^32 /64 networks in 10,000 /32 networks, as registries give them out.
fn arbitrary_v6(count: usize) -> Vec<IpRange> {
    let mut numbers = Numbers(3);
    let networks: Vec<u128> =
        (0..10_000).map(|_| u128::from(0x2000_0000 + numbers.below(0x1000_0000)) << 96).collect();
    let mut range = || {
        let network = networks[usize::try_from(numbers.below(10_000)).expect("an index fits")];
        let start = network + (u128::from(numbers.next() >> 32) << 64);
        v6(start, start + (u128::from(numbers.up_to_bits(32)) << 64) + u128::from(u64::MAX))
    };
    (0..count).map(|_| range()).collect()
}

/// Neighbours in the whole space, each with an AS of its own.
fn disjoint(count: u64) -> Vec<(IpRange, i64, Asn)> {
    let width = (1 << 32) / count;
    let asn = |number: u64| u32::try_from(number + 1).ok().and_then(Asn::new).expect("an AS number");
    (0..count).map(|n| (v4(n * width, (n + 1) * width - 1), 0, asn(n))).collect()
}

fn labelled(ranges: Vec<IpRange>) -> Vec<(IpRange, i64, u32)> {
    (0..).zip(ranges).map(|(label, range)| (range, i64::from(label), label)).collect()
}

/// A million addresses: in IPv4 anywhere and at the ends of ranges, in IPv6 near their starts.
fn addresses(ranges: &[(IpRange, i64, u32)]) -> Vec<IpAddr> {
    let mut numbers = Numbers(4);
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
    (0..1 << 20).map(|_| address()).collect()
}

fn look_ups(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("get");
    group.throughput(Throughput::Elements(1));
    let inputs = [
        ("10k nested v4", labelled(nested(10_000))),
        ("1M arbitrary v4", labelled(arbitrary_v4(1_000_000))),
        ("1M arbitrary v6", labelled(arbitrary_v6(1_000_000))),
    ];
    for (name, ranges) in inputs {
        let addresses = addresses(&ranges);
        let index = RangeIndex::build(ranges.iter().copied());
        let mut probes = addresses.iter().copied().cycle();
        group.bench_function(name, |bench| bench.iter(|| index.get(black_box(probes.next()?))));
        let index = CoveringIndex::build(ranges);
        let mut probes = addresses.iter().copied().cycle();
        group.bench_function(format!("{name}, all"), |bench| {
            bench.iter(|| Some(index.covering(black_box(probes.next()?))));
        });
    }
    let index = RangeIndex::build(disjoint(515_000));
    let mut probes = addresses(&labelled(arbitrary_v4(1_000))).into_iter().cycle();
    group
        .bench_function("515k disjoint v4, ASN", |bench| bench.iter(|| index.get(black_box(probes.next()?))));
}

fn builds(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("build");
    group.sample_size(10);
    for (name, ranges) in [
        ("1M nested v4", labelled(nested(1_000_000))),
        ("1M arbitrary v4", labelled(arbitrary_v4(1_000_000))),
        ("1M arbitrary v6", labelled(arbitrary_v6(1_000_000))),
    ] {
        group.bench_function(name, |bench| {
            bench.iter_batched(|| ranges.clone(), RangeIndex::build, BatchSize::LargeInput);
        });
        group.bench_function(format!("{name}, all"), |bench| {
            bench.iter_batched(|| ranges.clone(), CoveringIndex::build, BatchSize::LargeInput);
        });
    }
    let table = disjoint(515_000);
    group.bench_function("515k disjoint v4, ASN", |bench| {
        bench.iter_batched(|| table.clone(), RangeIndex::build, BatchSize::LargeInput);
    });
}

criterion_group!(benches, look_ups, builds);
criterion_main!(benches);
