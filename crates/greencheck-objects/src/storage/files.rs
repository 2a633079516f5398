//! Snapshots on their way from and to files of this machine.

use std::path::Path as FilePath;
use std::sync::Arc;

use bytes::BytesMut;
use futures_util::StreamExt;
use greencheck_core::catalog::{Packing, SnapshotName};
use greencheck_core::ports::{Snapshots, SnapshotsError};
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{Attribute, Attributes, ObjectStore, ObjectStoreExt};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Home, SnapshotStorage, away};

const PIECE: usize = 1 << 20;
/// Parts that are under way at once, of 10 MB each.
const PARTS: usize = 2;

impl SnapshotStorage {
    /// Publishes the file under `name`, in the place of one that is there already: whoever downloads it gets the old file
    /// or the new one. `advance` is told of every piece.
    pub async fn publish(
        &self,
        name: SnapshotName,
        file: &FilePath,
        mut advance: impl FnMut(u64),
    ) -> Result<(), SnapshotsError> {
        if let Home::Folder(folder) = &self.home {
            tokio::fs::create_dir_all(folder).await.map_err(failed)?;
        }
        let store = self.store()?.ok_or_else(|| SnapshotsError("the folder is gone again".into()))?;
        let path = Path::from(name.to_string());
        let mut file = File::open(file).await.map_err(failed)?;
        let mut writer = BufWriter::new(Arc::clone(&store), path.clone()).with_max_concurrency(PARTS);
        if matches!(self.home, Home::Bucket(_)) {
            writer = writer.with_attributes(attributes(name));
        }
        let mut size = 0;
        loop {
            let mut piece = BytesMut::with_capacity(PIECE);
            let count = file.read_buf(&mut piece).await.map_err(failed)? as u64;
            if count == 0 {
                break;
            }
            writer.put(piece.freeze()).await.map_err(away)?;
            size += count;
            advance(count);
        }
        writer.shutdown().await.map_err(failed)?;
        self.memo.forget().await;
        verify(&*store, &path, size).await
    }

    /// Copies a published snapshot into a file. False if there is none of that name.
    pub async fn fetch(&self, name: SnapshotName, file: &FilePath) -> Result<bool, SnapshotsError> {
        let Some(mut body) = self.open(name).await? else { return Ok(false) };
        let mut file = File::create(file).await.map_err(failed)?;
        while let Some(piece) = body.pieces.next().await {
            file.write_all(&piece?).await.map_err(failed)?;
        }
        file.flush().await.map_err(failed)?;
        Ok(true)
    }
}

/// Whether what was sent is what is there.
async fn verify(store: &dyn ObjectStore, path: &Path, size: u64) -> Result<(), SnapshotsError> {
    let there = store.head(path).await.map_err(away)?.size;
    if there == size {
        Ok(())
    } else {
        Err(SnapshotsError(format!("{path} has {there} bytes after {size} were sent").into()))
    }
}

fn attributes(name: SnapshotName) -> Attributes {
    let media = match name.packing {
        Packing::Plain => "application/vnd.sqlite3",
        Packing::Gzip => "application/gzip",
        Packing::Bzip2 => "application/x-bzip2",
    };
    Attributes::from_iter([(Attribute::ContentType, media)])
}

fn failed(error: std::io::Error) -> SnapshotsError {
    SnapshotsError(error.into())
}
