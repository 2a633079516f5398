//! What every process needs and no domain word: configuration, lifecycle, logs, the admin server, HTTP.
//!
//! It depends on nothing of ours.

mod admin;
mod bind;
pub mod config;
mod http;
mod lifecycle;
mod logs;
mod observe;
mod process;
mod readiness;
mod request_id;

pub use admin::{AdminConfig, AdminServer};
pub use bind::{BindError, PortSearch, bind};
pub use http::{HttpConfig, client_ip, serve};
pub use lifecycle::Lifecycle;
pub use logs::{LogFormat, TracingConfig, init_tracing};
pub use observe::{HttpMetrics, Observe};
pub use process::{Arguments, Process, ProcessConfig};
pub use readiness::{Check, Readiness};
pub use request_id::RequestId;
