//! Where a name's carbon.txt is, and whether the provider behind it agrees.

mod proof;
mod resolve;

pub use proof::{DOMAIN_HASH_HEADER, DOMAIN_HASH_TXT, domain_hash, is_valid_hash};
pub use resolve::{Resolution, Resolved, resolve};
