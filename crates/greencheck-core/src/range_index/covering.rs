use std::fmt;
use std::marker::PhantomData;
use std::net::IpAddr;

use super::Label;
use super::family::{Family, Span, spans};
use crate::IpRange;

/// An immutable index from addresses to the labels of *all* ranges that cover them, for explanations.
///
/// An interval tree (Cormen et al., "Introduction to Algorithms", on augmented trees) laid out in a sorted array, without
/// pointers: the middle of a slice is its root. A look-up takes O(log n) steps for nothing, and as many at most for each
/// range it finds.
pub struct CoveringIndex<T: Label = u32> {
    v4: Vec<Node<u32>>,
    v6: Vec<Node<u128>>,
    label: PhantomData<T>,
}

struct Node<A> {
    span: Span<A>,
    /// The highest end in the slice whose root this is.
    max_end: A,
}

impl<T: Label> CoveringIndex<T> {
    /// Indexes ranges, each with its id and label.
    pub fn build(ranges: impl IntoIterator<Item = (IpRange, i64, T)>) -> Self {
        let (v4, v6) = spans(ranges);
        Self { v4: tree(v4), v6: tree(v6), label: PhantomData }
    }

    /// The labels of the ranges that cover `address`, from narrowest to widest; equally wide ones by id, then by label.
    pub fn covering(&self, address: IpAddr) -> Vec<T> {
        match address {
            IpAddr::V4(address) => labels(&self.v4, address.to_bits()),
            IpAddr::V6(address) => labels(&self.v6, address.to_bits()),
        }
    }

    /// How many ranges went in.
    pub fn len(&self) -> usize {
        self.v4.len() + self.v6.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T: Label> Default for CoveringIndex<T> {
    fn default() -> Self {
        Self::build([])
    }
}

impl<T: Label> fmt::Debug for CoveringIndex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CoveringIndex").field("ranges", &self.len()).finish_non_exhaustive()
    }
}

fn tree<A: Family>(mut spans: Vec<Span<A>>) -> Vec<Node<A>> {
    spans.sort_unstable_by_key(|span| span.start);
    let mut nodes: Vec<_> = spans.into_iter().map(|span| Node { max_end: span.end, span }).collect();
    note_max_ends(&mut nodes);
    nodes
}

fn note_max_ends<A: Family>(nodes: &mut [Node<A>]) -> Option<A> {
    let (left, [root, right @ ..]) = nodes.split_at_mut(nodes.len() / 2) else {
        return None;
    };
    let ends = [note_max_ends(left), note_max_ends(right)];
    root.max_end = ends.into_iter().flatten().fold(root.max_end, A::max);
    Some(root.max_end)
}

fn labels<A: Family, T: Label>(nodes: &[Node<A>], address: A) -> Vec<T> {
    let mut found = Vec::new();
    collect(nodes, address, &mut found);
    found.sort_unstable_by_key(Span::rank);
    found.iter().map(|span| T::from_number(span.label)).collect()
}

fn collect<A: Family>(nodes: &[Node<A>], address: A, found: &mut Vec<Span<A>>) {
    let (left, [root, right @ ..]) = nodes.split_at(nodes.len() / 2) else {
        return;
    };
    if root.max_end < address {
        return;
    }
    collect(left, address, found);
    if root.span.start <= address {
        if address <= root.span.end {
            found.push(root.span);
        }
        collect(right, address, found);
    }
}
