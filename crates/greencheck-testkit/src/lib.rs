//! Contract suites, fakes and builders for tests. Only a dev-dependency; knows core and no adapter.

pub mod contract;

mod dns;
pub mod fakes;
mod faulty_sink;
mod mmdb;
mod tls;

pub use dns::TestDns;
pub use faulty_sink::{FaultySink, Mode};
pub use mmdb::{Spelling, mmdb};
pub use tls::{TestTls, TlsAnswer, TlsRequest};
