//! The tries that ours is compared with.

use std::net::{IpAddr, Ipv4Addr};

use anyhow::ensure;
use greencheck_core::RangeIndex;
use ipnet::{Ipv4Net, Ipv4Subnets};
use poptrie::Poptrie;
use prefix_trie::PrefixMap;

use super::Labelled;

pub(super) struct Tries {
    poptrie: Poptrie<(u32, u8), u32>,
    prefix_trie: PrefixMap<Ipv4Net, u32>,
    pub(super) prefixes: usize,
}

impl Tries {
    /// Of the same pieces.
    pub(super) fn of(index: &RangeIndex, ranges: &Labelled) -> anyhow::Result<Self> {
        let mut prefixes = Vec::new();
        for (start, end, label) in pieces(index, ranges) {
            prefixes.extend(Ipv4Subnets::new(start, end, 0).map(|network| (network, label)));
        }
        ensure!(!prefixes.is_empty(), "ranges have addresses");
        let of_bits =
            |(network, label): &(Ipv4Net, u32)| ((network.network().to_bits(), network.prefix_len()), *label);
        let poptrie = prefixes.iter().map(of_bits).collect();
        let prefix_trie = prefixes.iter().copied().collect();
        Ok(Self { poptrie, prefix_trie, prefixes: prefixes.len() })
    }

    pub(super) fn poptrie(&self, address: IpAddr) -> Option<u32> {
        let IpAddr::V4(address) = address else { return None };
        self.poptrie.lookup(address.to_bits()).copied()
    }

    pub(super) fn prefix_trie(&self, address: IpAddr) -> Option<u32> {
        let IpAddr::V4(address) = address else { return None };
        self.prefix_trie.get_lpm(&Ipv4Net::from(address)).map(|(_, label)| *label)
    }
}

/// The disjoint pieces that have a label, neighbours with the same one joined.
fn pieces(index: &RangeIndex, ranges: &Labelled) -> Vec<(Ipv4Addr, Ipv4Addr, u32)> {
    let v4 = |address| match address {
        IpAddr::V4(address) => u64::from(address.to_bits()),
        IpAddr::V6(_) => u64::MAX,
    };
    let mut starts: Vec<u64> =
        ranges.iter().flat_map(|(range, ..)| [v4(range.start()), v4(range.end()) + 1]).collect();
    starts.sort_unstable();
    starts.dedup();
    let address = |number: u64| Ipv4Addr::from_bits(u32::try_from(number).unwrap_or(u32::MAX));
    let mut pieces: Vec<(Ipv4Addr, Ipv4Addr, u32)> = Vec::new();
    for (place, &start) in starts.iter().enumerate() {
        let Some(next) = starts.get(place + 1) else { break };
        let Some(label) = index.get(address(start).into()) else { continue };
        let end = address(next - 1);
        match pieces.last_mut() {
            Some(last) if last.2 == label && u64::from(last.1.to_bits()) + 1 == start => last.1 = end,
            _ => pieces.push((address(start), end, label)),
        }
    }
    pieces
}
