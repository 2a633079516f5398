use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use greencheck_core::Answer;
use tokio::sync::Notify;

use super::Name;

/// How long names come together.
const GATHER: Duration = Duration::from_millis(50);
/// More at once would hold up the questions that callers wait for.
const MOST: usize = 1_000;

/// Answers that were asked for shortly before they end.
#[derive(Default)]
pub(super) struct Due {
    names: Mutex<HashSet<Name, ahash::RandomState>>,
    some: Notify,
}

impl Due {
    pub(super) fn note(&self, answer: &Arc<Answer>) {
        // Whoever holds it notes a name, too; this one is asked for again.
        let Ok(mut names) = self.names.try_lock() else { return };
        if names.len() < MOST && !names.contains(answer.host.as_str()) {
            names.insert(Name(Arc::clone(answer)));
            if names.len() == 1 {
                self.some.notify_one();
            }
        }
    }

    /// Waits until there are some. They stay noted, lest any is noted again meanwhile.
    pub(super) async fn gathered(&self) -> Vec<Arc<Answer>> {
        while self.lock().is_empty() {
            self.some.notified().await;
        }
        tokio::time::sleep(GATHER).await;
        self.all()
    }

    pub(super) fn all(&self) -> Vec<Arc<Answer>> {
        self.lock().iter().map(|Name(answer)| Arc::clone(answer)).collect()
    }

    pub(super) fn remove(&self, answers: &[Arc<Answer>]) {
        let mut names = self.lock();
        for answer in answers {
            names.remove(answer.host.as_str());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<Name, ahash::RandomState>> {
        // Every single step leaves it whole.
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
