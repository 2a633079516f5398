//! Contract suites, fakes and builders for tests. Only a dev-dependency; knows core and no adapter.

pub mod contract;
pub mod fakes;
mod faulty_sink;

pub use faulty_sink::{FaultySink, Mode};
