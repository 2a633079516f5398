use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use greencheck_core::Answer;

/// A value as it lies in Redis: `x <milliseconds>` marks a change, and an answer is
/// `<generation> <modified, µs> <expires, ms> <JSON>`. The script that compares values reads the first numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Changed,
    Answer(Kept),
}

/// An answer and when it ends, by the clock of whoever kept it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) answer: Arc<Answer>,
    pub(super) expires: DateTime<Utc>,
}

/// An answer that Redis had, and for how long it may still be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) answer: Arc<Answer>,
    pub(crate) remaining: Duration,
}

impl Value {
    /// `None` when the bytes are neither.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"x ") {
            return Some(Self::Changed);
        }
        let mut parts = bytes.splitn(4, |byte| *byte == b' ');
        let _generation = parts.next()?;
        let _modified = parts.next()?;
        let expires = std::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
        let answer = serde_json::from_slice(parts.next()?).ok()?;
        let expires = DateTime::from_timestamp_millis(expires)?;
        Some(Self::Answer(Kept { answer: Arc::new(answer), expires }))
    }
}

impl Kept {
    pub(super) fn generation(&self) -> u64 {
        self.answer.generation.0
    }

    /// When its look-up ended, in microseconds since 1970.
    pub(super) fn modified(&self) -> i64 {
        self.answer.modified.timestamp_micros()
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let head = format!("{} {} {} ", self.generation(), self.modified(), self.expires.timestamp_millis());
        let mut bytes = head.into_bytes();
        serde_json::to_writer(&mut bytes, &*self.answer).expect("an answer is JSON, and memory takes it");
        bytes
    }

    /// `None` once it has ended.
    pub(super) fn found(self, now: DateTime<Utc>) -> Option<Found> {
        let remaining = self.expires.signed_duration_since(now).to_std().ok()?;
        (!remaining.is_zero()).then_some(Found { answer: self.answer, remaining })
    }
}

#[cfg(test)]
mod tests {
    use greencheck_core::{Generation, GreyReason, Host, Verdict};
    use rstest::rstest;

    use super::*;

    fn kept() -> Kept {
        let answer = Answer {
            host: Host::parse("www.example.org").unwrap(),
            verdict: Verdict::Grey { reason: GreyReason::NoMatch },
            hosted_by: None,
            modified: DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap(),
            address: None,
            generation: Generation(7),
            explanation: None,
        };
        Kept {
            answer: Arc::new(answer),
            expires: DateTime::from_timestamp_millis(1_700_000_060_000).unwrap(),
        }
    }

    #[test]
    fn an_answer_is_read_back_as_it_was() {
        let bytes = kept().to_bytes();
        assert!(
            bytes.starts_with(b"7 1700000000123456 1700000060000 {"),
            "{}",
            String::from_utf8_lossy(&bytes)
        );
        assert_eq!(Value::read(&bytes), Some(Value::Answer(kept())));
    }

    #[test]
    fn it_is_of_use_until_it_ends() {
        let found = kept().found(DateTime::from_timestamp_millis(1_700_000_059_000).unwrap()).unwrap();
        assert_eq!(found.remaining, Duration::from_secs(1));
        assert_eq!(kept().found(kept().expires), None);
    }

    #[rstest]
    #[case(b"")]
    #[case(b"x")]
    #[case(b"garbage")]
    #[case(b"7 1 2 ")]
    #[case(b"7 1 2 {}")]
    #[case(b"7 1 999999999999999999 {}")]
    #[case(b"\xff\xfe \xff \xff \xff")]
    #[case(br#"{"host":"www.example.org"}"#)]
    fn anything_else_is_no_value(#[case] bytes: &[u8]) {
        assert_eq!(Value::read(bytes), None);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = Value::read(&bytes);
        }
    }
}
