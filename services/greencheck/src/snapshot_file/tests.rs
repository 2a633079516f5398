use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

/// The header of a database of two pages, and both pages.
fn database() -> Vec<u8> {
    let mut bytes = vec![7; 8_192];
    bytes[..100].fill(0);
    bytes[..16].copy_from_slice(SQLITE);
    bytes[16..18].copy_from_slice(&4_096_u16.to_be_bytes());
    bytes[24..28].copy_from_slice(&5_u32.to_be_bytes());
    bytes[28..32].copy_from_slice(&2_u32.to_be_bytes());
    bytes[92..96].copy_from_slice(&5_u32.to_be_bytes());
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What opening a file of these bytes gives: the bytes that SQLite would see, or the error.
fn opened(bytes: &[u8], limit: u64) -> Result<Vec<u8>, SnapshotFileError> {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    SnapshotFile::open_with(file.path(), limit).map(|snapshot| std::fs::read(snapshot.path()).unwrap())
}

#[test]
fn packed_and_plain_files_give_the_same_database() {
    for bytes in [database(), gzip(&database()), bzip2(&database())] {
        assert_eq!(opened(&bytes, MAX_UNPACKED).unwrap(), database());
    }
}

#[test]
fn what_was_unpacked_is_deleted_in_the_end() {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(&gzip(&database())).unwrap();
    let snapshot = SnapshotFile::open(file.path()).unwrap();
    let unpacked = snapshot.path().to_owned();
    assert!(unpacked.exists() && unpacked != file.path());
    drop(snapshot);
    assert!(!unpacked.exists());
}

#[test]
fn a_file_that_was_not_downloaded_to_the_end_is_refused() {
    for packed in [gzip(&database()), bzip2(&database())] {
        let error = opened(&packed[..packed.len() - 5], MAX_UNPACKED).unwrap_err();
        assert!(matches!(error, SnapshotFileError::Packed(..)), "{error:?}");
    }
    let error = opened(&database()[..5_000], MAX_UNPACKED).unwrap_err();
    assert!(matches!(error, SnapshotFileError::Truncated { size: 5_000, expected: 8_192, .. }), "{error:?}");
    let error = opened(&gzip(&database()[..5_000]), MAX_UNPACKED).unwrap_err();
    assert!(matches!(error, SnapshotFileError::Truncated { size: 5_000, expected: 8_192, .. }), "{error:?}");
}

#[test]
fn a_damaged_file_is_refused() {
    let mut packed = gzip(&database());
    let checksum = packed.len() - 6;
    packed[checksum] ^= 0xff;
    assert!(matches!(opened(&packed, MAX_UNPACKED), Err(SnapshotFileError::Packed(..))));
}

#[test]
fn what_is_no_database_is_refused() {
    for bytes in [b"<!doctype html>".to_vec(), Vec::new(), gzip(b"<!doctype html>"), gzip(b"SQLi"), gzip(b"")]
    {
        let error = opened(&bytes, MAX_UNPACKED).unwrap_err();
        assert!(matches!(error, SnapshotFileError::Kind(_)), "{error:?}");
    }
}

#[test]
fn a_file_that_unpacks_without_end_is_refused() {
    let error = opened(&gzip(&database()), 8_191).unwrap_err();
    assert!(matches!(error, SnapshotFileError::TooLarge { limit: 8_191, .. }), "{error:?}");
}
