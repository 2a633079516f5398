//! Answers kept in front of the look-up: in this process ([`MemoryCache`]), and behind that in Redis ([`TieredCache`]).
//!
//! What callers have spent of their rate is shared by the same Redis.
//!
//! [`connect()`] picks by the scheme of `cache.url`; both pass one contract suite. Faults of Redis cost speed only: every
//! operation has a time-out, a breaker for the whole process keeps a server that is away from costing anything, and what
//! went wrong is counted and logged when the state changes.
//!
//! [`CachedBadges`] keeps drawn badges in the same way: in this process, and behind that in the same Redis ([`SharedBadges`]).
//!
//! This crate is the only one that knows a Redis driver. It knows no database, no HTTP and no service.

mod badges;
mod config;
mod connect;
mod memory;
mod metrics;
mod redis;
mod tiered;

pub use badges::CachedBadges;
pub use config::CacheConfig;
pub use connect::{Caches, ConnectError, connect};
pub use memory::MemoryCache;
pub use metrics::Metrics;
pub use redis::SharedBadges;
pub use tiered::{CacheAway, CacheServer, TieredCache};
