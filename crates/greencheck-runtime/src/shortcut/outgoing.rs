use std::io::IoSlice;

use actix_web::web::Bytes;

/// A longer body is sent from where it lies instead of being copied first; for one of 3 kB that was no faster.
const COPIED_MAX: usize = 8 << 10;

/// Answers on their way to a client.
#[derive(Debug, Default)]
pub struct Outgoing {
    bytes: Vec<u8>,
    /// The body of the last answer, if it is long.
    body: Bytes,
}

impl Outgoing {
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() + self.body.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets everything and keeps so much room.
    pub(crate) fn clear(&mut self, room: usize) {
        self.bytes.clear();
        self.bytes.shrink_to(room);
        self.body = Bytes::new();
    }

    /// Takes back what stands behind the first `length` bytes.
    pub(crate) fn truncate(&mut self, length: usize) {
        if self.len() > length {
            self.end_of_body();
            self.bytes.truncate(length);
        }
    }

    /// What there is, in order.
    pub(crate) fn slices(&self) -> [IoSlice<'_>; 2] {
        [IoSlice::new(&self.bytes), IoSlice::new(&self.body)]
    }

    /// What stands behind the first `length` bytes.
    pub(crate) fn behind(&self, length: usize) -> impl Iterator<Item = &[u8]> {
        let (first, second) = (length.min(self.bytes.len()), length.saturating_sub(self.bytes.len()));
        [&self.bytes[first..], &self.body[second..]].into_iter()
    }

    /// All of it in one piece.
    pub fn to_vec(&self) -> Vec<u8> {
        [&self.bytes[..], &self.body[..]].concat()
    }

    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn put_body(&mut self, body: impl Into<Bytes> + AsRef<[u8]>) {
        if body.as_ref().len() <= COPIED_MAX {
            self.put(body.as_ref());
        } else {
            self.body = body.into();
        }
    }

    /// Something is going to stand behind the last body.
    pub(super) fn end_of_body(&mut self) {
        self.bytes.extend_from_slice(&std::mem::take(&mut self.body));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_in_order_wherever_they_lie() {
        let mut outgoing = Outgoing::default();
        let (short, long) = ([b's'; 10], [b'l'; COPIED_MAX + 1]);
        let mut expected = Vec::new();
        for body in [&short[..], &long, &long, &short] {
            let before = outgoing.len();
            outgoing.end_of_body();
            outgoing.put(b"head");
            outgoing.put_body(body.to_vec());
            outgoing.truncate(before);
            assert_eq!(outgoing.to_vec(), expected);
            outgoing.end_of_body();
            outgoing.put(b"head");
            outgoing.put_body(body.to_vec());
            expected.extend([b"head", body].concat());
            assert_eq!((outgoing.len(), outgoing.to_vec()), (expected.len(), expected.clone()));
            for sent in [0, 3, expected.len() - 4, expected.len()] {
                assert_eq!(outgoing.behind(sent).collect::<Vec<_>>().concat(), expected[sent..]);
            }
        }
        outgoing.clear(100);
        assert!(outgoing.is_empty() && outgoing.bytes.capacity() < 1_000);
    }
}
