//! Folders that one process at a time owns.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

const SEGMENT: &str = "spool";

/// A folder under a lock, which the operating system releases when the process dies.
pub(super) struct Slot {
    dir: PathBuf,
    _lock: File,
}

/// Takes every slot below `dir` that no living process has; a new one when there is none. They are never removed: a lock on
/// a removed file would protect nothing.
pub(super) fn take(dir: &Path) -> io::Result<Vec<Slot>> {
    std::fs::create_dir_all(dir)?;
    let mut numbers = numbered(dir)?;
    numbers.sort_unstable();
    let mut free = Vec::new();
    for number in &numbers {
        free.extend(lock(dir, *number)?);
    }
    if !free.is_empty() {
        return Ok(free);
    }
    // Another process may create the same folder at the same moment: then one of the two goes on to the next number.
    let mut number = numbers.last().map_or(0, |last| last + 1);
    loop {
        if let Some(slot) = lock(dir, number)? {
            return Ok(vec![slot]);
        }
        number += 1;
    }
}

impl Slot {
    pub(super) fn segment_path(&self, number: u64) -> PathBuf {
        self.dir.join(format!("{number:016}.{SEGMENT}"))
    }

    /// Its segments, oldest first.
    pub(super) fn segments(&self) -> io::Result<Vec<PathBuf>> {
        let mut paths = Vec::new();
        for entry in self.dir.read_dir()? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == SEGMENT) {
                paths.push(path);
            }
        }
        paths.sort_unstable();
        Ok(paths)
    }

    /// The highest number that a file of any kind has, so that no number is used again.
    pub(super) fn last_file(&self) -> io::Result<u64> {
        let mut last = 0;
        for entry in self.dir.read_dir()? {
            let number = entry?.path().file_stem().and_then(|stem| stem.to_str()?.parse().ok());
            last = last.max(number.unwrap_or(0));
        }
        Ok(last)
    }
}

fn numbered(dir: &Path) -> io::Result<Vec<u32>> {
    let mut numbers = Vec::new();
    for entry in dir.read_dir()? {
        numbers.extend(entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()));
    }
    Ok(numbers)
}

fn lock(dir: &Path, number: u32) -> io::Result<Option<Slot>> {
    let dir = dir.join(number.to_string());
    std::fs::create_dir_all(&dir)?;
    let lock = OpenOptions::new().create(true).append(true).open(dir.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(Slot { dir, _lock: lock })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
