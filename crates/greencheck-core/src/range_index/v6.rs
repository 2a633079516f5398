use std::num::NonZeroU32;

use super::family::Span;
use super::pieces::Pieces;

/// The pieces of IPv6. Networks are /64 or larger nearly everywhere, and then half of an address tells them apart: in less
/// memory, and in fewer cache lines for a search. One range that is not so makes all of them whole addresses.
pub(super) enum V6 {
    Networks(Pieces<u64>),
    Addresses(Pieces<u128>),
}

impl V6 {
    pub(super) fn of(spans: Vec<Span<u128>>) -> Self {
        match spans.iter().map(network).collect() {
            Some(networks) => Self::Networks(Pieces::of(networks)),
            None => Self::Addresses(Pieces::of(spans)),
        }
    }

    #[inline]
    pub(super) fn get(&self, address: u128) -> Option<NonZeroU32> {
        match self {
            Self::Networks(pieces) => pieces.get(upper(address)),
            Self::Addresses(pieces) => pieces.get(address),
        }
    }

    pub(super) fn boundaries(&self) -> usize {
        match self {
            Self::Networks(pieces) => pieces.boundaries(),
            Self::Addresses(pieces) => pieces.boundaries(),
        }
    }

    pub(super) fn size_bytes(&self) -> usize {
        match self {
            Self::Networks(pieces) => pieces.size_bytes(),
            Self::Addresses(pieces) => pieces.size_bytes(),
        }
    }
}

/// The range in numbers of /64 networks, if it consists of whole ones. Ranks stay as they are.
fn network(span: &Span<u128>) -> Option<Span<u64>> {
    let low = u128::from(u64::MAX);
    let is_whole = span.start & low == 0 && span.end & low == low;
    is_whole.then(|| Span { start: upper(span.start), end: upper(span.end), id: span.id, label: span.label })
}

fn upper(address: u128) -> u64 {
    u64::try_from(address >> 64).unwrap_or(u64::MAX)
}
