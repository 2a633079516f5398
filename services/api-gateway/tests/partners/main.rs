//! What partners rely on, statement by statement, on the HTTP surface.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

mod keys;
mod logins;
mod networks;
mod public;
mod secrets;
mod support;
