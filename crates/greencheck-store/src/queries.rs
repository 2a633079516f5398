//! Every query that both databases run, once. The same value runs blocking on SQLite and asynchronously on PostgreSQL.

mod catalog;
mod directory;
mod history;
#[macro_use]
mod jobs;
#[macro_use]
mod networks;
#[macro_use]
mod usage;
mod verdicts;
#[macro_use]
mod partners;
#[macro_use]
mod writes;

pub(crate) use catalog::*;
pub(crate) use directory::*;
pub(crate) use history::*;
pub(crate) use jobs::*;
pub(crate) use networks::*;
pub(crate) use partners::*;
pub(crate) use usage::*;
pub(crate) use verdicts::*;
pub(crate) use writes::*;
