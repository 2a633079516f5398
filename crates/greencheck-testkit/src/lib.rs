//! Contract suites, fakes and builders for tests. Only a dev-dependency; knows core and no adapter.

mod authority;
pub mod contract;

mod dns;
pub mod fakes;
mod faulty_sink;
mod mmdb;
mod tls;
mod tls_proxy;

pub use authority::{Authority, Issued};
pub use dns::TestDns;
pub use faulty_sink::{FaultySink, Mode};
pub use mmdb::{Spelling, mmdb};
pub use tls::{TestTls, TlsAnswer, TlsRequest};
pub use tls_proxy::TlsProxy;
