use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;

use crate::{Answer, Generation, Host};

/// Taken before a question is asked whose answer may be cached, and handed in with the answer: the cache then sees
/// what changed in between.
#[derive(Debug, Clone, Copy)]
pub struct FillToken {
    pub generation: Generation,
    pub started: Instant,
}

/// Answers kept in front of the look-up. Its faults cost speed only: they are misses, counted and logged inside.
///
/// An answer counts as a miss once its generation is older than the current one. Answers are kept without their
/// explanation, and never when [momentary](crate::UnknownReason::is_momentary).
#[async_trait]
pub trait AnswerCache: Send + Sync {
    /// The answer for the host of this canonical text if this process has it at hand. Never blocks, never leaves the process.
    fn peek(&self, canonical: &str) -> Option<Arc<Answer>>;

    /// The same for many, in their order, if this process has all of them.
    fn peek_all(&self, canonicals: &[&str]) -> Option<Vec<Arc<Answer>>> {
        canonicals.iter().map(|canonical| self.peek(canonical)).collect()
    }

    /// The answers for `hosts`, in their order, from all levels; at most one round trip, whatever their number.
    async fn fetch(&self, hosts: &[Host]) -> Vec<Option<Arc<Answer>>>;

    /// To be called before the question is asked whose answer goes to [`keep`](Self::keep).
    fn begin_fill(&self) -> FillToken;

    /// Keeps an answer in all levels for `ttl`, unless the catalog or the name has changed since `token` was taken.
    async fn keep(&self, answer: Arc<Answer>, token: FillToken, ttl: Duration);

    /// Keeps the answer of a slow check, which is newer than whatever any cache or fill under way has.
    async fn replace(&self, answer: Arc<Answer>, ttl: Duration);

    /// Drops the answer for `host` from all levels and refuses fills that began before.
    async fn forget(&self, host: &Host);

    /// Names that are asked for and whose answers soon end in this process, though they could be kept longer, and that no
    /// level behind it could renew: each is told once, and kept longer only if [`keep`](Self::keep) is called in time. Waits until there are some.
    async fn due(&self) -> Vec<Host> {
        std::future::pending().await
    }

    /// Says that the catalog has moved on to `generation`: what was kept under older ones is no longer answered.
    fn advance(&self, generation: Generation);
}
