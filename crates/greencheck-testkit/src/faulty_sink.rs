//! A queue that fails when it is told to.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use greencheck_core::CheckBatch;
use greencheck_core::ports::{BatchSink, QueueError};
use tokio::sync::Notify;
use uuid::Uuid;

/// Keeps what it was given, in the order in which it came, and each batch once, as the log does.
#[derive(Debug, Default)]
pub struct FaultySink {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    mode: Mode,
    taken: Vec<CheckBatch>,
    ids: BTreeSet<Uuid>,
    attempts: usize,
    repeated: usize,
}

/// How it takes batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    #[default]
    Works,
    /// Answers that it is not reachable.
    Fails,
    /// Never answers.
    Hangs,
    /// Takes the batch and answers that it is not reachable, as when the confirmation is lost.
    TakesAndFails,
}

impl FaultySink {
    pub fn set(&self, mode: Mode) {
        self.lock().mode = mode;
        self.changed.notify_waiters();
    }

    /// The batches it took, each once.
    pub fn taken(&self) -> Vec<CheckBatch> {
        self.lock().taken.clone()
    }

    /// The checks in them.
    pub fn checks(&self) -> usize {
        self.lock().taken.iter().map(|batch| batch.checks.len()).sum()
    }

    /// How often it was asked to take a batch.
    pub fn attempts(&self) -> usize {
        self.lock().attempts
    }

    /// How many batches it was given again after it had taken them.
    pub fn repeated(&self) -> usize {
        self.lock().repeated
    }

    /// Waits until it has taken at least `checks` checks.
    pub async fn until_checks(&self, checks: usize) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.checks() >= checks {
                return;
            }
            changed.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, batch: &CheckBatch) {
        let mut state = self.lock();
        if state.ids.insert(batch.id) {
            state.taken.push(batch.clone());
        } else {
            let first = state.taken.iter().find(|taken| taken.id == batch.id).expect("the id is among them");
            assert_eq!(first, batch, "a batch came again with another content");
            state.repeated += 1;
        }
        drop(state);
        self.changed.notify_waiters();
    }
}

#[async_trait]
impl BatchSink for FaultySink {
    async fn publish(&self, batch: &CheckBatch) -> Result<(), QueueError> {
        let mode = {
            let mut state = self.lock();
            state.attempts += 1;
            state.mode
        };
        match mode {
            Mode::Works => {
                self.take(batch);
                Ok(())
            }
            Mode::Fails => Err(QueueError::Unavailable("told to fail".into())),
            Mode::Hangs => std::future::pending().await,
            Mode::TakesAndFails => {
                self.take(batch);
                Err(QueueError::Unavailable("told to lose the confirmation".into()))
            }
        }
    }
}
