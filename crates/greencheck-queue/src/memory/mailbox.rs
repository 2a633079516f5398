//! A bounded queue whose letters come again until they are settled.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, Semaphore};

pub(super) struct Mailbox<T> {
    state: Mutex<State<T>>,
    changed: Notify,
    free: Semaphore,
}

struct State<T> {
    waiting: VecDeque<Waiting<T>>,
    /// Letters that some receiver has taken and not settled.
    unsettled: usize,
    senders: usize,
}

struct Waiting<T> {
    letter: Arc<T>,
    redelivered: bool,
}

impl<T> Mailbox<T> {
    pub(super) fn new(capacity: usize) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State { waiting: VecDeque::new(), unsettled: 0, senders: 0 }),
            changed: Notify::new(),
            free: Semaphore::new(capacity.max(1)),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, letter: T) {
        self.lock().waiting.push_back(Waiting { letter: Arc::new(letter), redelivered: false });
        self.changed.notify_waiters();
    }
}

/// One of the ends that put letters in.
pub(super) struct Sender<T>(Arc<Mailbox<T>>);

impl<T> Sender<T> {
    pub(super) fn new(mailbox: Arc<Mailbox<T>>) -> Self {
        mailbox.lock().senders += 1;
        Self(mailbox)
    }

    pub(super) fn receiver(&self) -> Receiver<T> {
        Receiver { mailbox: Arc::clone(&self.0), unsettled: BTreeMap::new(), next_receipt: 1 }
    }

    /// Puts the letter in, once there is room.
    pub(super) async fn send(&self, letter: T) {
        self.0.free.acquire().await.expect("the semaphore is never closed").forget();
        self.0.put(letter);
    }

    /// Puts the letter in if there is room; says whether there was.
    pub(super) fn try_send(&self, letter: T) -> bool {
        let Ok(permit) = self.0.free.try_acquire() else { return false };
        permit.forget();
        self.0.put(letter);
        true
    }

    pub(super) fn waiting(&self) -> usize {
        self.0.lock().waiting.len()
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.0))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.0.lock().senders -= 1;
        self.0.changed.notify_waiters();
    }
}

/// One of the ends that take letters out.
pub(super) struct Receiver<T> {
    mailbox: Arc<Mailbox<T>>,
    unsettled: BTreeMap<u64, Arc<T>>,
    next_receipt: u64,
}

/// A letter in the hands of a receiver.
pub(super) struct Taken<T> {
    pub(super) letter: Arc<T>,
    pub(super) receipt: u64,
    pub(super) redelivered: bool,
}

enum Next<T> {
    Letter(Taken<T>),
    NothingYet,
    NothingEver,
}

impl<T> Receiver<T> {
    /// Waits for a letter; `None` when none can come any more.
    pub(super) async fn receive(&mut self) -> Option<Taken<T>> {
        let mailbox = Arc::clone(&self.mailbox);
        loop {
            // Registered before the look into the queue, so that nothing put in between is missed.
            let changed = mailbox.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            match self.take() {
                Next::Letter(taken) => return Some(taken),
                Next::NothingEver => return None,
                Next::NothingYet => changed.await,
            }
        }
    }

    pub(super) fn try_receive(&mut self) -> Option<Taken<T>> {
        match self.take() {
            Next::Letter(taken) => Some(taken),
            Next::NothingYet | Next::NothingEver => None,
        }
    }

    fn take(&mut self) -> Next<T> {
        let mut state = self.mailbox.lock();
        let Some(Waiting { letter, redelivered }) = state.waiting.pop_front() else {
            // What another receiver has not settled may yet come back.
            let elsewhere = state.unsettled - self.unsettled.len();
            return if state.senders == 0 && elsewhere == 0 { Next::NothingEver } else { Next::NothingYet };
        };
        state.unsettled += 1;
        drop(state);
        if !redelivered {
            self.mailbox.free.add_permits(1);
        }
        let receipt = self.next_receipt;
        self.next_receipt += 1;
        self.unsettled.insert(receipt, Arc::clone(&letter));
        Next::Letter(Taken { letter, receipt, redelivered })
    }

    /// Ends the letter; `None` when the receipt is not one of this receiver's.
    pub(super) fn settle(&mut self, receipt: u64) -> Option<Arc<T>> {
        let letter = self.unsettled.remove(&receipt)?;
        self.mailbox.lock().unsettled -= 1;
        self.mailbox.changed.notify_waiters();
        Some(letter)
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut state = self.mailbox.lock();
        state.unsettled -= self.unsettled.len();
        while let Some((_, letter)) = self.unsettled.pop_last() {
            state.waiting.push_front(Waiting { letter, redelivered: true });
        }
        drop(state);
        self.mailbox.changed.notify_waiters();
    }
}
