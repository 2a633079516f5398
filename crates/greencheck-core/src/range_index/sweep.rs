use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::num::NonZeroU32;

use super::family::{Family, Rank, Span};

/// Disjoint pieces in order: where each begins, and the label of the narrowest range that covers it. A piece ends where the
/// next begins, the last one at the end of the address space; before the first there is nothing.
pub(super) struct Swept<A> {
    pub(super) starts: Vec<A>,
    pub(super) labels: Vec<Option<NonZeroU32>>,
}

/// Passes once over all starts and ends, with the ranges open at the moment in a heap, narrowest first. A range that has ended
/// stays in the heap until it comes to the top. O(n log n).
pub(super) fn sweep<A: Family>(mut spans: Vec<Span<A>>) -> Swept<A> {
    spans.sort_unstable_by_key(|span| span.start);
    let mut sweep =
        Sweep { open: BinaryHeap::new(), swept: Swept { starts: Vec::new(), labels: Vec::new() } };
    for span in spans {
        sweep.close(Some(span.start));
        sweep.open.push(Reverse((span.rank(), span.end)));
        sweep.begin_piece(span.start);
    }
    sweep.close(None);
    sweep.swept
}

struct Sweep<A> {
    /// With the rank, the end.
    open: BinaryHeap<Reverse<(Rank<A>, A)>>,
    swept: Swept<A>,
}

impl<A: Family> Sweep<A> {
    /// Ends pieces up to `limit`, or all: afterwards the narrowest open range covers `limit`, or none is open.
    fn close(&mut self, limit: Option<A>) {
        while let Some(end) = self.narrowest_end() {
            if limit.is_some_and(|limit| limit <= end) {
                return;
            }
            let Some(next) = end.next() else {
                self.open.clear();
                return;
            };
            while self.narrowest_end().is_some_and(|end| end < next) {
                self.open.pop();
            }
            self.begin_piece(next);
        }
    }

    fn narrowest_end(&self) -> Option<A> {
        self.open.peek().map(|&Reverse((_, end))| end)
    }

    /// A piece that begins where the one before does takes its place; one with the same label continues it.
    fn begin_piece(&mut self, at: A) {
        let label = self.open.peek().map(|&Reverse(((_, _, label), _))| label);
        let Swept { starts, labels } = &mut self.swept;
        if starts.last() == Some(&at) {
            starts.pop();
            labels.pop();
        }
        if labels.last().copied().flatten() != label {
            starts.push(at);
            labels.push(label);
        }
    }
}
