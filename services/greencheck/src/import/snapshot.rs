use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use greencheck_core::Generation;
use greencheck_core::catalog::SnapshotRow;
use greencheck_core::ports::{ChunkReport, SnapshotImport, StoreError};
use greencheck_store::{SnapshotReader, Store};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::rejections::Rejections;
use crate::failure::Failure;
use crate::output;
use crate::progress::Progress;
use crate::snapshot_file::{SnapshotFile, SnapshotFileError};

/// Rows of one transaction: many enough to be quick, few enough to let other writers in between.
const CHUNK: usize = 5_000;
/// Chunks that are read ahead while the store writes.
const READ_AHEAD: usize = 2;

/// A snapshot, ready to be read.
pub(super) struct Snapshot {
    // Declared before the file: the database is closed before what was unpacked is deleted.
    reader: SnapshotReader,
    _file: SnapshotFile,
}

/// Rows that can be stored, and what became of the others.
struct Chunk {
    read: u64,
    rows: Vec<SnapshotRow>,
    rejected: Rejections,
}

/// What an import did so far.
#[derive(Default)]
struct Tally {
    read: u64,
    stored: ChunkReport,
    rejected: Rejections,
}

/// Opens the file, unpacks it where needed, and finds its table.
pub(super) async fn open(path: PathBuf) -> Result<Snapshot, Failure> {
    let opened = spawn_blocking(move || {
        tracing::info!(file = %path.display(), "opening the snapshot");
        let file = SnapshotFile::open(&path)?;
        let reader = SnapshotReader::open(file.path())?;
        if reader.total() == 0 {
            let path = path.display();
            return Err(Failure::input(format!(
                "nothing was changed: `{path}` has no rows; was the download empty?"
            )));
        }
        Ok(Snapshot { reader, _file: file })
    });
    opened.await.map_err(anyhow::Error::from)?
}

/// Imports chunk by chunk. What was imported counts, also when a later chunk fails: caches are told in any case.
pub(super) async fn import(store: Arc<dyn Store>, snapshot: Snapshot) -> Result<(), Failure> {
    let started = Instant::now();
    let total = snapshot.reader.total();
    let mut tally = Tally::default();
    let mut progress = Progress::new("importing green domains", total);
    let result = import_chunks(&*store, snapshot, &mut tally, &mut progress).await;
    progress.end();
    let generation = SnapshotImport::finish(&*store).await;
    match result {
        Ok(()) => Ok(output::print(&tally.report(total, started.elapsed(), generation?))?),
        Err(failure) => {
            let done = tally.stored.inserted + tally.stored.updated;
            let doing =
                format!("{done} rows were imported, then the import stopped; it is safe to run it again");
            Err(failure.context(doing))
        }
    }
}

async fn import_chunks(
    store: &dyn Store,
    snapshot: Snapshot,
    tally: &mut Tally,
    progress: &mut Progress,
) -> Result<(), Failure> {
    let (sender, mut chunks) = mpsc::channel(READ_AHEAD);
    let reading = spawn_blocking(move || read(snapshot, &sender));
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    loop {
        let chunk = tokio::select! {
            chunk = chunks.recv() => chunk,
            _ = &mut interrupted => return Err(Failure::Work(anyhow::anyhow!("interrupted"))),
        };
        let Some(chunk) = chunk else { break };
        tally.add(SnapshotImport::import_chunk(store, chunk.rows).await?);
        tally.read += chunk.read;
        tally.rejected.merge(chunk.rejected);
        progress.advance(chunk.read);
    }
    Ok(reading.await.map_err(anyhow::Error::from)??)
}

/// Reads to the end, or until nobody listens any more.
fn read(mut snapshot: Snapshot, chunks: &mpsc::Sender<Chunk>) -> Result<(), StoreError> {
    loop {
        let raw = snapshot.reader.next_chunk(CHUNK)?;
        if raw.is_empty() {
            return Ok(());
        }
        let mut chunk = Chunk {
            read: raw.len() as u64,
            rows: Vec::with_capacity(raw.len()),
            rejected: Rejections::default(),
        };
        for raw in raw {
            match SnapshotRow::from_raw(&raw) {
                Ok(row) => chunk.rows.push(row),
                Err(reason) => chunk.rejected.count(reason, &raw),
            }
        }
        if chunks.blocking_send(chunk).is_err() {
            return Ok(());
        }
    }
}

impl Tally {
    fn add(&mut self, report: ChunkReport) {
        self.stored.inserted += report.inserted;
        self.stored.updated += report.updated;
        self.stored.unchanged += report.unchanged;
        self.stored.providers_created += report.providers_created;
    }

    fn report(&self, total: u64, took: Duration, generation: Generation) -> String {
        let ChunkReport { inserted, updated, unchanged, providers_created } = self.stored;
        let rejected = self.rejected.total();
        let kept = self.read - rejected;
        let seconds = took.as_secs_f64();
        let read = self.read;
        let useless = match rejected {
            0 => String::new(),
            _ => format!("{rejected} of no use:\n{}", self.rejected.report()),
        };
        format!(
            "read {read} of {total} rows in {seconds:.1} s, {kept} of use: {inserted} new, {updated} updated, {unchanged} \
             unchanged; {providers_created} providers created\n{useless}the catalog is now at generation {generation}\n"
        )
    }
}

impl From<SnapshotFileError> for Failure {
    fn from(error: SnapshotFileError) -> Self {
        match error {
            SnapshotFileError::Room(..) => Self::Work(error.into()),
            _ => Self::Input(error.into()),
        }
    }
}
