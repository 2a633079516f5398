//! Records: length and CRC-32 (little-endian `u32` each), one byte for the kind, the content. Both count kind and content.

use std::io::{self, Write};

use greencheck_core::{Check, Usage};
use uuid::Uuid;

use crate::wire;

const HEAD: usize = 8;
const BATCH: u8 = b'B';
const CHECK: u8 = b'C';
const USAGE: u8 = b'U';

/// Longer records are never written: a length above it is damage.
const MAX_LENGTH: usize = 1 << 16;

/// A check, or what was asked with a key, as a record, ready to be written. It lives on the stack unless it is unusually long.
pub(crate) struct Frame {
    inline: [u8; 512],
    length: usize,
    long: Vec<u8>,
}

impl Frame {
    pub(crate) fn check(check: &Check) -> Self {
        Self::of(CHECK, |out| wire::write_check(check, out))
    }

    pub(crate) fn usage(usage: &Usage) -> Self {
        Self::of(USAGE, |out| wire::write_usage(usage, out))
    }

    fn of(kind: u8, write: impl Fn(&mut dyn Write) -> io::Result<()>) -> Self {
        let mut frame = Self { inline: [0; 512], length: 0, long: Vec::new() };
        let mut rest = &mut frame.inline[HEAD + 1..];
        if write(&mut rest).is_ok() {
            frame.length = 512 - rest.len();
            seal(kind, &mut frame.inline[..frame.length]);
        } else {
            frame.long = vec![0; HEAD + 1];
            write(&mut frame.long).expect("a Vec takes every write");
            seal(kind, &mut frame.long);
        }
        frame
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        if self.long.is_empty() { &self.inline[..self.length] } else { &self.long }
    }
}

/// Appends the record that begins the batch `id`.
pub(super) fn batch(id: Uuid, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(&[0; HEAD + 1]);
    out.extend_from_slice(id.as_bytes());
    seal(BATCH, &mut out[start..]);
}

fn seal(kind: u8, frame: &mut [u8]) {
    frame[HEAD] = kind;
    let length = u32::try_from(frame.len() - HEAD).expect("records are short");
    let sum = crc32fast::hash(&frame[HEAD..]);
    frame[..4].copy_from_slice(&length.to_le_bytes());
    frame[4..HEAD].copy_from_slice(&sum.to_le_bytes());
}

/// What stands at the start of some bytes.
pub(super) enum Record<'a> {
    Batch {
        id: Uuid,
        length: usize,
    },
    Check {
        json: &'a [u8],
        length: usize,
    },
    Usage {
        json: &'a [u8],
        length: usize,
    },
    /// The bytes end within the record: its writer died, or the disk was full.
    Torn,
    /// The bytes are no record.
    Damaged,
}

pub(super) fn read(bytes: &[u8]) -> Record<'_> {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return Record::Torn };
    let Some((sum, rest)) = rest.split_first_chunk::<4>() else { return Record::Torn };
    let length = u32::from_le_bytes(*length) as usize;
    if length == 0 || length > MAX_LENGTH {
        return Record::Damaged;
    }
    let Some(content) = rest.get(..length) else { return Record::Torn };
    if crc32fast::hash(content) != u32::from_le_bytes(*sum) {
        return Record::Damaged;
    }
    match content {
        [BATCH, id @ ..] => match Uuid::from_slice(id) {
            Ok(id) => Record::Batch { id, length: HEAD + length },
            Err(_) => Record::Damaged,
        },
        [CHECK, json @ ..] => Record::Check { json, length: HEAD + length },
        [USAGE, json @ ..] => Record::Usage { json, length: HEAD + length },
        _ => Record::Damaged,
    }
}
