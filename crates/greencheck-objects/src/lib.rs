//! Where published files lie: a folder, or a bucket of S3 or of something that speaks like it.
//!
//! The only crate that knows `object_store`. It keeps snapshots; what is in them is none of its business.

mod config;
mod memo;
mod storage;

pub use config::{InvalidPlace, SnapshotsConfig};
pub use storage::SnapshotStorage;
