//! Snapshots in a folder, and in a bucket of a server that speaks as much S3 as is needed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod bucket;
mod folder;
mod server;

use futures_util::StreamExt;
use greencheck_core::ports::{SnapshotBody, Snapshots};
use greencheck_objects::SnapshotStorage;

/// All of a snapshot.
async fn bytes(mut body: SnapshotBody) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(piece) = body.pieces.next().await {
        bytes.extend_from_slice(&piece.unwrap());
    }
    assert_eq!(body.size, bytes.len() as u64);
    bytes
}

/// Names and sizes, as they are listed.
async fn listed(storage: &SnapshotStorage) -> Vec<(String, u64)> {
    let list = storage.list().await.unwrap();
    list.into_iter().map(|snapshot| (snapshot.name.to_string(), snapshot.bytes)).collect()
}
