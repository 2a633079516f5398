//! The version of the catalog, which every cached verdict carries.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

/// Counts the committed changes of the catalog: two verdicts of one generation saw the same catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Generation(pub u64);

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The newest generation that this process knows of. It only moves forward.
#[derive(Debug, Default)]
pub struct CurrentGeneration(AtomicU64);

impl CurrentGeneration {
    pub fn new(generation: Generation) -> Self {
        Self(AtomicU64::new(generation.0))
    }

    pub fn get(&self) -> Generation {
        Generation(self.0.load(Ordering::Acquire))
    }

    /// Moves to `generation` if it is newer; says whether it was.
    pub fn advance(&self, generation: Generation) -> bool {
        self.0.fetch_max(generation.0, Ordering::AcqRel) < generation.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_generation_never_wins() {
        let current = CurrentGeneration::new(Generation(7));
        assert!(!current.advance(Generation(6)));
        assert!(!current.advance(Generation(7)));
        assert!(current.advance(Generation(9)));
        assert_eq!(current.get(), Generation(9));
    }
}
