//! The public API over fakes: paths, bodies, headers, log.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "../common/at_hand.rs"]
mod at_hand;
mod bench;
mod bulk;
mod check;
mod docs;
mod extended;
mod keys;
mod limits;
mod renewal;
mod shortcut;
mod site;
mod site_files;
mod snapshots;
mod v4;
