//! What the real binary brings into a store from files of others, and hands on to others.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod co2;
mod desk;
mod networks;
mod snapshots;
