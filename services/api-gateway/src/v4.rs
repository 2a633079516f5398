//! The bodies of `/api/v4`: English keys, RFC 3339 times, problems in the form of RFC 9457.

mod check;
mod problem;
mod provider;
mod usage;

pub(crate) use check::{CheckBody, NoName};
pub(crate) use problem::{Problem, refuse_bad_key};
pub(crate) use provider::{DomainPage, ProviderPage, detail};
use serde::Serialize;
pub(crate) use usage::UsageBody;

pub(crate) fn json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("these bodies have no map with other keys than text")
}
