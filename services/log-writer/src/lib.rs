//! Takes checks off the queue in batches and writes them to the log; keeps the log in shape.
//!
//! It knows the ports of core and no adapter: `main` chooses those.

mod metrics;
mod pace;
mod upkeep;
mod writer;

pub use metrics::Metrics;
pub use upkeep::{Retention, Upkeep};
pub use writer::{LogWriter, WriterConfig};
