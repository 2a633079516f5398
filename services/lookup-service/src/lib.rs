//! Decides on names: stored verdicts, full look-ups, refreshes.
//!
//! It knows the ports of core and no adapter: `main` chooses those.

mod catalog_watch;
mod flights;
mod metrics;
mod refresh;
mod service;
mod stored;
mod turns;

pub use catalog_watch::CatalogWatch;
pub use metrics::Metrics;
pub use refresh::RefreshWorker;
pub use service::{LookupService, World};
