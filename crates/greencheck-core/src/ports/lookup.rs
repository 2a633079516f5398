use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::Source;
use crate::{Answer, Generation, Host};

/// How old an answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The stored verdict if there is one that the catalog still supports; else a full look-up within
    /// `lookup.fast_deadline`. Past the deadline or above the limit of look-ups the answer is a momentary unknown.
    Fast,
    /// A full look-up now, whose result replaces what is stored before it is answered.
    Full,
}

/// Decides on names.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// The verdict on `host`. Many simultaneous calls for one host cause one look-up.
    async fn check(&self, host: &Host, mode: Mode) -> Result<Answer, LookupError>;

    /// The stored green verdicts for `hosts`, in their order; `None` where nothing is stored. Never looks anything up.
    async fn stored(&self, hosts: &[Host]) -> Result<Vec<Option<Answer>>, LookupError>;

    /// The generation of the catalog that decides now.
    async fn generation(&self) -> Result<Generation, LookupError>;
}

/// Why a look-up gave no answer at all.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// Only [`Mode::Full`] answers so; [`Mode::Fast`] has an answer for it.
    #[error("too many look-ups are under way, try again in a moment")]
    Overloaded,
    #[error("the look-up service is not reachable")]
    Unavailable(#[source] Source),
}
