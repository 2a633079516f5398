//! Networks that providers publish: their lists, and what a list changes in the catalog.

mod csv;
mod entry;
mod format;
mod json;
mod lines;
mod list;
mod plan;
mod report;

#[cfg(test)]
mod tests;

pub use entry::InvalidEntry;
pub use format::{AMAZON_REGIONS, InvalidNetworks, NetworkFormat, Regions};
pub use list::{NetworkList, PassedOver};
pub use plan::{Changes, NetworkPlan, NetworkRefusal, StoredEntry, StoredNetworks, TakenAsn};
pub use report::{Delta, NetworkReport};
