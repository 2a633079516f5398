//! Badges as they are drawn.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod cards;
#[path = "../support/cases.rs"]
mod cases;
mod fallback;
mod golden;
mod picture;
mod svg;
