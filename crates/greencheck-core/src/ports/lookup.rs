use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::Source;
use crate::{Answer, Generation, Host, Step};

/// How old an answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The stored verdict if there is one that the catalog still supports; else a full look-up within
    /// `lookup.fast_deadline`. Past the deadline, or when too many wait, the answer is a momentary unknown.
    Fast,
    /// A full look-up now, whose result replaces what is stored before it is answered.
    Full,
}

/// Tells callers apart, so that each gets its turn; says nothing of who they are. The default is nobody in particular.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Asker(pub u64);

impl Asker {
    /// Nobody in particular.
    pub fn is_nobody(&self) -> bool {
        *self == Self::default()
    }
}

/// Hears of each step of a look-up as it ends. It must return at once: the look-up waits for it.
pub type Follower = Arc<dyn Fn(&Step) + Send + Sync>;

/// Decides on names.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// The verdict on `host`. Many simultaneous calls for one host cause one look-up.
    async fn check(&self, host: &Host, mode: Mode) -> Result<Answer, LookupError>;

    /// The same in the turn of `asker`: where look-ups have to wait, callers take turns.
    async fn check_for(&self, host: &Host, mode: Mode, asker: Asker) -> Result<Answer, LookupError> {
        let _ = asker;
        self.check(host, mode).await
    }

    /// A full look-up that tells `follower` its steps, also those before it was joined. Steps are news, no account: that
    /// is the explanation of the answer, and who cannot tell steps only answers.
    async fn follow(&self, host: &Host, asker: Asker, follower: Follower) -> Result<Answer, LookupError> {
        let _ = follower;
        self.check_for(host, Mode::Full, asker).await
    }

    /// The stored green verdicts for `hosts`, in their order; `None` where nothing is stored. Never looks anything up.
    async fn stored(&self, hosts: &[Host]) -> Result<Vec<Option<Answer>>, LookupError>;

    /// The generation of the catalog that decides now.
    async fn generation(&self) -> Result<Generation, LookupError>;

    /// The same as soon as it is newer than `known`, and at the latest after `patience`. Who cannot wait answers at once.
    async fn generation_after(
        &self,
        known: Generation,
        patience: Duration,
    ) -> Result<Generation, LookupError> {
        let _ = (known, patience);
        self.generation().await
    }
}

/// Why a look-up gave no answer at all.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// Too many wait, or the turn did not come in time. Only [`Mode::Full`] answers so; [`Mode::Fast`] has an answer for it.
    #[error("too many look-ups are under way, try again in a moment")]
    Overloaded,
    #[error("the look-up service is not reachable")]
    Unavailable(#[source] Source),
}
