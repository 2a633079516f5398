//! Ports without a world behind them, for tests of what uses them.

mod directory;
mod history;
mod network;
mod partners;
mod records;
mod store;

pub use directory::{DirectoryContent, MemoryDirectory};
pub use history::MemoryHistory;
pub use network::{FakeDns, FakeOrigins, NoWeb};
pub use partners::MemoryPartners;
pub use records::{FixedClock, RecordedChanges, RecordedChecks};
pub use store::MemoryVerdicts;
