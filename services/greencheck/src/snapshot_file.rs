//! Snapshot files as they are published: SQLite, plain or packed.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use tempfile::NamedTempFile;

#[cfg(test)]
mod tests;

/// The published snapshots have some hundred megabytes; what unpacks to more than this is a mistake or a trap.
const MAX_UNPACKED: u64 = 32 << 30;
const SQLITE: &[u8] = b"SQLite format 3\0";
const GZIP: &[u8] = &[0x1f, 0x8b];
const BZIP2: &[u8] = b"BZh";

/// A snapshot that SQLite can open. What was unpacked for it is deleted when it is dropped.
#[derive(Debug)]
pub(crate) struct SnapshotFile {
    path: PathBuf,
    unpacked: Option<NamedTempFile>,
}

/// Why a file is no snapshot.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SnapshotFileError {
    #[error("cannot open `{0}`")]
    Open(PathBuf, #[source] io::Error),
    #[error("`{0}` is neither a SQLite file nor one packed with gzip or bzip2")]
    Kind(PathBuf),
    #[error("`{0}` cannot be unpacked: it is damaged or was not downloaded to the end")]
    Packed(PathBuf, #[source] io::Error),
    #[error("`{path}` is not whole: it has {size} bytes of {expected}; download it again")]
    Truncated { path: PathBuf, size: u64, expected: u64 },
    #[error("`{path}` unpacks to more than {limit} bytes")]
    TooLarge { path: PathBuf, limit: u64 },
    #[error("there is no room to unpack `{0}` in the folder for temporary files; TMPDIR names another")]
    Room(PathBuf, #[source] io::Error),
}

impl SnapshotFile {
    /// Opens a file by what is in it, whatever its name ends in.
    pub(crate) fn open(path: &Path) -> Result<Self, SnapshotFileError> {
        Self::open_with(path, MAX_UNPACKED)
    }

    fn open_with(path: &Path, limit: u64) -> Result<Self, SnapshotFileError> {
        let cannot_open = |error| SnapshotFileError::Open(path.to_owned(), error);
        let mut file = File::open(path).map_err(cannot_open)?;
        let mut magic = Vec::new();
        Read::by_ref(&mut file).take(16).read_to_end(&mut magic).map_err(cannot_open)?;
        file.rewind().map_err(cannot_open)?;
        let packed = BufReader::with_capacity(1 << 18, file);
        let unpacked = if magic.starts_with(GZIP) {
            Some(unpack(MultiGzDecoder::new(packed), path, limit)?)
        } else if magic.starts_with(BZIP2) {
            Some(unpack(MultiBzDecoder::new(packed), path, limit)?)
        } else {
            None
        };
        let snapshot = Self { path: path.to_owned(), unpacked };
        check_whole(snapshot.path(), path)?;
        Ok(snapshot)
    }

    /// Where SQLite finds it.
    pub(crate) fn path(&self) -> &Path {
        self.unpacked.as_ref().map_or(&self.path, NamedTempFile::path)
    }
}

/// Unpacks to the end, so that the checksums at the end are compared.
fn unpack(mut packed: impl Read, path: &Path, limit: u64) -> Result<NamedTempFile, SnapshotFileError> {
    let no_room = |error| SnapshotFileError::Room(path.to_owned(), error);
    let file = NamedTempFile::with_prefix("greencheck-snapshot-").map_err(no_room)?;
    let mut out = BufWriter::with_capacity(1 << 18, &file);
    let mut buffer = vec![0; 1 << 17];
    let mut size = 0;
    loop {
        let count =
            packed.read(&mut buffer).map_err(|error| SnapshotFileError::Packed(path.to_owned(), error))?;
        if count == 0 {
            break;
        }
        if size == 0 && !buffer[..count].starts_with(&SQLITE[..count.min(SQLITE.len())]) {
            return Err(SnapshotFileError::Kind(path.to_owned()));
        }
        size += count as u64;
        if size > limit {
            return Err(SnapshotFileError::TooLarge { path: path.to_owned(), limit });
        }
        out.write_all(&buffer[..count]).map_err(no_room)?;
    }
    out.flush().map_err(no_room)?;
    drop(out);
    Ok(file)
}

/// Compares the size with what the header of the database says (SQLite file format, section 1.3).
fn check_whole(file: &Path, named: &Path) -> Result<(), SnapshotFileError> {
    let cannot_open = |error| SnapshotFileError::Open(named.to_owned(), error);
    let mut opened = File::open(file).map_err(cannot_open)?;
    let size = opened.metadata().map_err(cannot_open)?.len();
    let mut header = [0; 100];
    let is_database = opened.read_exact(&mut header).is_ok() && header.starts_with(SQLITE);
    if !is_database {
        return Err(SnapshotFileError::Kind(named.to_owned()));
    }
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let page = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        page => u64::from(page),
    };
    // The page count is valid only if its writer also wrote the change counter.
    let expected = if number(24) == number(92) { page * u64::from(number(28)) } else { 0 };
    if size < expected {
        return Err(SnapshotFileError::Truncated { path: named.to_owned(), size, expected });
    }
    Ok(())
}
