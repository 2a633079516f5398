//! What every process needs and no domain word: configuration, lifecycle, logs, the admin server, HTTP.
//!
//! It depends on nothing of ours. A main starts a [`Process`], hands [`Lifecycle::spawn`] its tasks and ends with
//! [`Process::run`]; `examples/echo.rs` shows one.

#![warn(missing_docs)]

mod admin;
mod bind;
mod body;
pub mod config;
mod front;
mod http;
mod lifecycle;
mod logs;
mod observe;
mod probe;
mod process;
mod readiness;
mod request_id;
mod shortcut;
mod tls;
mod traces;

pub use admin::{Admin, AdminConfig};
pub use bind::{BindError, PortSearch, bind};
pub use body::is_too_slow;
pub use http::{HttpConfig, client_ip, origin, serve, serve_public};
pub use lifecycle::Lifecycle;
pub use logs::{LogFormat, TracingConfig, init_tracing};
pub use observe::{HttpMetrics, Observe};
pub use process::{CommandLine, Process, ProcessConfig, RuntimeConfig};
pub use readiness::{ComponentReport, Need, Readiness, ReadinessHandle, ReadinessReport, Status};
pub use request_id::RequestId;
pub use shortcut::{
    AtHand, Field, Given, Head, NoShortcut, Outgoing, Plain, Reply, SharedHeaders, Shortcut, Writer, response,
};
pub use tls::{TlsConfig, TlsError};
pub use traces::trace_parent;
