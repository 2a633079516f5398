//! Contract suites: the promises of each port as functions, which every adapter's tests call.

pub mod cache;
pub mod queue;
pub mod store;
