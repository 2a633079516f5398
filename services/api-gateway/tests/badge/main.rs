//! Badges over fakes: paths, pictures, headers, log, and what happens when a part is slow or away.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../common/at_hand.rs"]
mod at_hand;
mod builder;
mod faults;
mod forms;
mod freshness;
mod shortcut;
mod stand;
