//! Both halves of the internal HTTP between services: a [`Caller`] asks, [`mount_internal`] answers.
//!
//! Every request carries a secret in `X-Greencheck-Forwarder` and the version of the protocol. A receiver accepts a list of
//! secrets, so that they can be exchanged without a gap, and refuses everything while it has none.
//!
//! It knows the ports of core and no service, no database and no queue.

mod badge_client;
mod badge_server;
mod caller;
mod directory_client;
mod directory_server;
mod error;
mod forwarder;
mod history_client;
mod history_server;
mod lookup_client;
mod lookup_server;
mod partners_client;
mod partners_server;
mod partners_wire;
mod receiver;
mod registry_client;
mod registry_server;
mod wire;

pub use badge_client::RemoteBadges;
pub use badge_server::badge_routes;
pub use caller::{Caller, CallerError, RequestIds, TraceParents};
pub use directory_client::RemoteDirectory;
pub use directory_server::directory_routes;
pub use error::ClientError;
pub use forwarder::{ForwarderConfig, ForwarderMode, ForwarderSecrets, WeakSecret};
pub use history_client::RemoteHistory;
pub use history_server::history_routes;
pub use lookup_client::RemoteLookup;
pub use lookup_server::lookup_routes;
pub use partners_client::RemotePartners;
pub use partners_server::partners_routes;
pub use receiver::mount_internal;
pub use registry_client::RemoteRegistry;
pub use registry_server::registry_routes;
