//! Look-ups in the range index beside tries that only know prefixes, on equal input: the index's disjoint pieces, split into
//! as few prefixes as cover them. The tries are not asked to find the narrowest of overlapping ranges, which they cannot.

use std::hint::black_box;
use std::net::IpAddr;

use anyhow::ensure;
use greencheck_core::{IpRange, RangeIndex};

use super::Bench;
use crate::cores;
use crate::numbers::Numbers;
use crate::report::{Figure, Goal, short};
use crate::stats::{float, median};

mod input;
mod tries;

use tries::Tries;

/// Addresses of one pass.
const ADDRESSES: usize = 1 << 20;
/// Compared with a scan of all ranges.
const SCANNED: usize = 300;

type Labelled = Vec<(IpRange, i64, u32)>;

pub(super) async fn measure(bench: &mut Bench) -> anyhow::Result<Vec<Figure>> {
    let (pairs, quick) = (bench.scale.pairs, bench.scale.quick);
    // Not this core's turn to serve: nothing else runs meanwhile, so the time that the runtime waits is nobody's.
    let mut figures = family(&input::arbitrary_v4(10_000), "10k", pairs, quick)?;
    let large = if quick { (100_000, "100k") } else { (1_000_000, "1M") };
    figures.extend(family(&input::arbitrary_v4(large.0), large.1, pairs, quick)?);
    tokio::task::yield_now().await;
    Ok(figures)
}

fn family(ranges: &Labelled, size: &str, pairs: usize, quick: bool) -> anyhow::Result<Vec<Figure>> {
    let index = RangeIndex::build(ranges.iter().copied());
    let addresses = input::addresses(ranges, ADDRESSES);
    let tries = Tries::of(&index, ranges)?;
    equal(&index, &tries, ranges, &addresses)?;
    let v6_ranges = input::arbitrary_v6(ranges.len());
    let v6 = RangeIndex::build(v6_ranges.iter().copied());
    let v6_addresses = input::addresses(&v6_ranges, ADDRESSES);

    let (mut ours, mut poptrie, mut prefix_trie, mut six) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..pairs {
        ours.push(nanoseconds(&addresses, |address| index.get(address)));
        poptrie.push(nanoseconds(&addresses, |address| tries.poptrie(address)));
        prefix_trie.push(nanoseconds(&addresses, |address| tries.prefix_trie(address)));
        six.push(nanoseconds(&v6_addresses, |address| v6.get(address)));
    }
    let beside =
        |reference: &[f64]| reference.iter().zip(&ours).map(|(theirs, ours)| theirs / ours).collect();
    let slower = six.iter().zip(&ours).map(|(six, ours)| six / ours).collect();
    let note = format!("{} boundaries, {} prefixes", index.boundaries(), tries.prefixes);
    let note = format!("{} ns beside {} ns; {note}", short(median(&ours)), short(median(&poptrie)));
    let mut figures = vec![
        Figure::new(
            format!("range look-up, {size}, IPv4, beside poptrie"),
            " ×",
            Goal::AtLeast(1.5),
            beside(&poptrie),
        )
        .with_note(note),
        Figure::new(format!("the same, beside prefix-trie, {size}"), " ×", Goal::None, beside(&prefix_trie))
            .with_note(format!("{} ns", short(median(&prefix_trie)))),
        Figure::new(format!("time of an IPv6 look-up beside IPv4, {size}"), " ×", Goal::AtMost(3.0), slower)
            .reaching(Goal::AtMost(4.0))
            .with_note(format!("{} ns", short(median(&six)))),
    ];
    if !quick {
        figures.push(bytes(&index, &format!("bytes a boundary, {size}, IPv4")));
        figures.push(bytes(&v6, &format!("bytes a boundary, {size}, IPv6")));
    }
    Ok(figures)
}

fn bytes(index: &RangeIndex, what: &str) -> Figure {
    let each = float(index.size_bytes() as u64) / float(index.boundaries() as u64);
    Figure::new(what, "", Goal::AtMost(16.0), vec![each])
}

/// Of one look-up, in CPU time: whoever else wants the core costs nothing.
fn nanoseconds(addresses: &[IpAddr], get: impl Fn(IpAddr) -> Option<u32>) -> f64 {
    let begun = cores::time_of_thread();
    for address in addresses {
        // The reference and not the address: a copy that is read in other pieces than it was written in has to reach the cache
        // first, behind all look-ups before it, which then no longer overlap.
        black_box(get(*black_box(address)));
    }
    cores::time_of_thread().saturating_sub(begun).as_secs_f64() * 1e9 / float(addresses.len() as u64)
}

/// All three give the same answers, and some of them are what a scan of all ranges finds.
fn equal(index: &RangeIndex, tries: &Tries, ranges: &Labelled, addresses: &[IpAddr]) -> anyhow::Result<()> {
    for &address in addresses {
        let ours = index.get(address);
        ensure!(ours == tries.poptrie(address), "poptrie finds something else than {ours:?} for {address}");
        ensure!(
            ours == tries.prefix_trie(address),
            "prefix-trie finds something else than {ours:?} for {address}"
        );
    }
    let mut numbers = Numbers::seeded(5);
    for _ in 0..SCANNED {
        let place = numbers.below(addresses.len() as u64);
        let address = addresses[usize::try_from(place)?];
        let (ours, scanned) = (index.get(address), input::narrowest(ranges, address));
        ensure!(ours == scanned, "a scan finds {scanned:?} for {address}, the index {ours:?}");
    }
    Ok(())
}
