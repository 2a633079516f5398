use std::fs::OpenOptions;
use std::io::Write;

use greencheck_testkit::contract::queue::samples;
use rstest::rstest;
use tempfile::TempDir;

use super::*;

fn open(dir: &TempDir) -> Spool {
    Spool::open(dir.path(), 1 << 20, Metrics::unregistered()).unwrap()
}

/// Everything that is readable from the start, and how it ends.
fn read_all(spool: &mut Spool) -> (Vec<CheckBatch>, Vec<End>) {
    let (mut batches, mut ends) = (Vec::new(), Vec::new());
    let Some(mut position) = spool.first() else { return (batches, ends) };
    while let Readable::Span { path, from, end, recovered } = spool.readable(position, None) {
        let mut chunk = Chunk::read(&path, from, end, recovered).unwrap();
        while let Some(found) = chunk.next() {
            batches.push(found.batch);
        }
        ends.push(chunk.end());
        position = chunk.position_behind();
        if recovered {
            spool.finish_recovered(&chunk);
        }
    }
    (batches, ends)
}

fn segment(dir: &TempDir) -> PathBuf {
    dir.path().join("0").join("0000000000000001.spool")
}

fn written(dir: &TempDir, sizes: &[usize]) -> Vec<CheckBatch> {
    let batches: Vec<_> = sizes.iter().map(|size| samples::batch(*size)).collect();
    let mut spool = open(dir);
    for batch in &batches {
        spool.write_batch(batch).unwrap();
    }
    batches
}

#[test]
fn batches_read_back_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let batches = written(&dir, &[3, 1, 0, 7]);
    assert_eq!(read_all(&mut open(&dir)), (batches, vec![End::Whole]));
}

#[test]
fn a_batch_grows_check_by_check() {
    let dir = tempfile::tempdir().unwrap();
    let batch = samples::batch(4);
    let mut spool = open(&dir);
    spool.begin(batch.id, Frame::check(&batch.checks[0]).bytes()).unwrap();
    for check in &batch.checks[1..] {
        spool.extend(Frame::check(check).bytes()).unwrap();
    }
    drop(spool);
    assert_eq!(read_all(&mut open(&dir)).0, [batch]);
}

#[rstest]
fn a_torn_end_costs_the_torn_check_and_no_other(#[values(1, 7, 9, 60)] torn: u64) {
    let dir = tempfile::tempdir().unwrap();
    let batches = written(&dir, &[3, 2]);
    let path = segment(&dir);
    let length = path.metadata().unwrap().len();
    OpenOptions::new().write(true).open(&path).unwrap().set_len(length - torn).unwrap();
    let mut spool = open(&dir);
    let (read, ends) = read_all(&mut spool);
    assert_eq!(ends, [End::Torn]);
    assert_eq!(read[0], batches[0]);
    assert_eq!(read[1].id, batches[1].id);
    assert_eq!(read[1].checks, batches[1].checks[..1]);
}

#[test]
fn a_damaged_segment_is_read_up_to_the_damage_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let batches = written(&dir, &[3, 2]);
    let path = segment(&dir);
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 5;
    bytes[last] ^= 0x20;
    std::fs::write(&path, &bytes).unwrap();
    let mut spool = open(&dir);
    let (read, ends) = read_all(&mut spool);
    assert_eq!(ends, [End::Damaged]);
    assert_eq!(read[0], batches[0]);
    assert_eq!(read[1].checks, batches[1].checks[..1]);
    let position = Position { segment: 0, offset: 0, ordinal: 0 };
    spool.confirm(position);
    spool.confirm(Position { ordinal: 1, ..position });
    remove(spool.take_obsolete());
    assert!(!path.exists());
    assert_eq!(std::fs::read(path.with_extension("damaged")).unwrap(), bytes);
}

#[test]
fn a_segment_goes_when_all_its_batches_are_confirmed() {
    let dir = tempfile::tempdir().unwrap();
    let mut spool = open(&dir);
    let positions = [1, 2, 3].map(|size| spool.write_batch(&samples::batch(size)).unwrap());
    spool.seal();
    spool.confirm(positions[2]);
    spool.confirm(positions[0]);
    assert!(spool.take_obsolete().is_empty());
    assert!(spool.bytes > 0);
    spool.confirm(positions[1]);
    remove(spool.take_obsolete());
    assert!(!segment(&dir).exists());
    assert_eq!(spool.bytes, 0);
}

#[test]
fn what_was_confirmed_before_the_end_is_not_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut spool = open(&dir);
    let batches = [1, 2, 3].map(samples::batch);
    let positions = batches.each_ref().map(|batch| spool.write_batch(batch).unwrap());
    spool.confirm(positions[1]);
    // A torn entry in the list of the confirmed.
    let list = segment(&dir).with_extension("done");
    OpenOptions::new().append(true).open(&list).unwrap().write_all(&[2, 0]).unwrap();
    drop(spool);
    let mut spool = open(&dir);
    let [first, _, third] = batches;
    assert_eq!(read_all(&mut spool).0, [first, third]);
    assert_eq!(count(&spool.segments()).batches, 2);
}

#[test]
fn a_full_spool_refuses_and_stays_whole() {
    let dir = tempfile::tempdir().unwrap();
    let mut spool = Spool::open(dir.path(), 2_000, Metrics::unregistered()).unwrap();
    let mut kept = Vec::new();
    let refused = loop {
        let batch = samples::batch(2);
        match spool.write_batch(&batch) {
            Ok(_) => kept.push(batch),
            Err(refused) => break refused,
        }
    };
    assert_eq!(refused, DropReason::SpoolFull);
    assert!(!kept.is_empty());
    drop(spool);
    assert_eq!(read_all(&mut open(&dir)).0, kept);
}

#[test]
fn a_disk_that_refuses_is_told_apart_from_a_full_spool() {
    let dir = tempfile::tempdir().unwrap();
    let mut spool = open(&dir);
    let kept = samples::batch(2);
    spool.write_batch(&kept).unwrap();
    // Every write to it fails as on a full disk.
    let full = OpenOptions::new().append(true).open("/dev/full").unwrap();
    spool.writer = Some(Writer::on(full, spool.writer.as_ref().unwrap().key));
    assert_eq!(spool.write_batch(&samples::batch(1)), Err(DropReason::DiskError));
    // It could not be taken back there, so the next batch begins another segment.
    let later = samples::batch(1);
    spool.write_batch(&later).unwrap();
    drop(spool);
    assert_eq!(read_all(&mut open(&dir)).0, [kept, later]);
}

#[test]
fn a_living_process_keeps_its_slot() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = open(&dir);
    let mut second = open(&dir);
    first.write_batch(&samples::batch(1)).unwrap();
    let batch = samples::batch(2);
    second.write_batch(&batch).unwrap();
    drop(second);
    let mut third = open(&dir);
    assert_eq!(read_all(&mut third).0, [batch]);
    assert_eq!(third.slots.len(), 1);
}

#[test]
fn a_folder_that_cannot_be_used_is_an_error_that_says_which() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = Spool::open(&file, 1 << 20, Metrics::unregistered()).err().unwrap().to_string();
    assert!(error.contains("log.spool_dir") && error.contains("file"), "{error}");
}
