use std::path::Path;

use greencheck_core::catalog::SnapshotName;
use greencheck_core::ports::SnapshotsError;
use greencheck_objects::SnapshotStorage;
use greencheck_store::SnapshotReader;
use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;

use crate::failure::Failure;
use crate::progress::Progress;
use crate::snapshot_file::SnapshotFile;

/// Refuses a snapshot that has lost more than 20 % of the rows of the last published one: the rows are counted, because
/// how many bytes there are depends on how they are packed.
pub(super) async fn refuse_shrunk(storage: &SnapshotStorage, rows: u64) -> Result<(), Failure> {
    let Some(last) = storage.latest().await.map_err(away)? else { return Ok(()) };
    let name = last.name;
    let before = count(storage, name).await.map_err(|failure| {
        failure.context(format!("nothing was published: cannot compare with {name}; --force does without"))
    })?;
    if shrunk(before, rows) {
        return Err(Failure::Input(Shrunk { rows, name, before }.into()));
    }
    Ok(())
}

/// A snapshot that has lost much.
#[derive(Debug, thiserror::Error)]
#[error(
    "nothing was published: the snapshot has {rows} rows and {name} has {before}, a loss of more than 20 %; \
     --force publishes it if that is right"
)]
pub(crate) struct Shrunk {
    rows: u64,
    name: SnapshotName,
    before: u64,
}

/// Publishes the file.
pub(super) async fn publish(
    storage: &SnapshotStorage,
    name: SnapshotName,
    file: &Path,
) -> Result<(), Failure> {
    let mut progress = Progress::new("publishing the snapshot, bytes", file.metadata()?.len());
    let published = storage.publish(name, file, |bytes| progress.advance(bytes)).await;
    progress.end();
    published.map_err(|error| away(error).context(format!("cannot publish {name}")))
}

async fn count(storage: &SnapshotStorage, name: SnapshotName) -> Result<u64, Failure> {
    let file = NamedTempFile::with_prefix("greencheck-snapshot-")?;
    if !storage.fetch(name, file.path()).await.map_err(away)? {
        return Err(Failure::Work(anyhow::anyhow!("it is gone")));
    }
    let counted = spawn_blocking(move || -> Result<u64, Failure> {
        let snapshot = SnapshotFile::open(file.path())?;
        Ok(SnapshotReader::open(snapshot.path())?.total())
    });
    counted.await.map_err(anyhow::Error::from)?
}

fn shrunk(before: u64, after: u64) -> bool {
    u128::from(after) * 5 < u128::from(before) * 4
}

fn away(error: SnapshotsError) -> Failure {
    Failure::Work(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fifth_less_is_still_taken() {
        assert!(!shrunk(100, 80) && shrunk(100, 79));
        assert!(!shrunk(0, 0) && !shrunk(3, 3) && !shrunk(3, 1_000) && shrunk(1, 0));
        assert!(shrunk(u64::MAX, 1));
    }
}
