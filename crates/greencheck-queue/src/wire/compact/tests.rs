use greencheck_testkit::contract::queue::samples;
use proptest::prelude::*;

use super::*;
use crate::wire::{Encoded, Unreadable, decode_batch, encode_readable};

fn check() -> Check {
    Check {
        checked_at: DateTime::from_timestamp_micros(1_796_040_000_000_001).unwrap(),
        host: Host::parse("www.example.com").unwrap(),
        verdict: VerdictKind::Green,
        provider: Some(ProviderId(7)),
        matched: Some(Match { kind: MatchKind::Range, id: Some(300) }),
        address: None,
        cached: true,
        source: Source::Api,
        request_id: None,
    }
}

fn batch(checks: Vec<Check>) -> CheckBatch {
    CheckBatch { checks, ..CheckBatch::with_capacity(Uuid::from_u128(0x0102), 0) }
}

#[test]
fn a_batch_reads_back_as_it_was_written() {
    for count in [0, 1, 50, 2_000] {
        let mut batch = samples::batch(count);
        let encoded = Encoded::compact(&batch);
        assert_eq!((encoded.schema, encoded.content_type), (3, "application/x-postcard"));
        assert_eq!(decode_batch(&encoded.body).unwrap(), batch);
        batch.usage = samples::usage();
        assert_eq!(decode_batch(&Encoded::compact(&batch).body).unwrap(), batch);
    }
}

/// Messages wait in queues while processes are exchanged: these bytes have to be read by all later versions.
#[test]
fn the_form_does_not_change() {
    let body = Encoded::compact(&batch(vec![check()])).body;
    let mut expected = vec![3];
    expected.extend([0; 14]);
    expected.extend([1, 2]);
    expected.extend([0x82, 0xc0, 0x9e, 0xe3, 0xa4, 0xdf, 0xb0, 0x06, 1, 0]);
    expected.extend([0, 15]);
    expected.extend(b"www.example.com");
    expected.extend([0, 1, 14, 1, 2, 1, 0xd8, 0x04, 0, 1, 0, 0]);
    assert_eq!(body, expected);
}

#[test]
fn it_takes_a_third_of_what_json_takes() {
    let checks = batch(vec![check(); 1_000]);
    let (compact, json) = (encode(&checks).len(), encode_readable(&checks).len());
    assert!(compact * 3 < json, "{compact} beside {json}");
}

#[test]
fn a_check_may_be_as_long_as_a_name() {
    let host = [["a"; 60].concat().as_str(); 4].join(".") + ".com";
    let id = "x".repeat(600);
    let long = Check { host: Host::parse(&host).unwrap(), ..check() }.for_request(Some(&id));
    let batch = batch(vec![check(), long, check()]);
    assert_eq!(decode_batch(&encode(&batch)).unwrap(), batch);
}

#[test]
fn what_is_damaged_is_told() {
    let whole = encode(&batch(vec![check(), check()]));
    for end in 1..whole.len() {
        assert!(matches!(decode_batch(&whole[..end]), Err(Unreadable::Compact(_))), "{end}");
    }
    let told = |bytes: &[u8]| decode_batch(bytes).unwrap_err().to_string();
    assert_eq!(told(&[&whole[..], &[7, 7]].concat()), "2 bytes stand behind its end");
    let verdict = whole.len() - 12;
    let mut other = whole.clone();
    other[verdict] = 9;
    assert_eq!(told(&other), "it has the code 9 for a verdict, which this process does not know");
    other = whole;
    other[verdict - 1] = b' ';
    assert!(matches!(decode_batch(&other), Err(Unreadable::Compact(Broken::Host(_)))));
}

proptest! {
    #[test]
    fn nothing_makes_a_reader_panic_or_take_much(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut body = vec![VERSION];
        body.extend(bytes);
        if let Ok(batch) = decode_batch(&body) {
            prop_assert!(batch.checks.capacity() <= 200);
        }
    }
}
