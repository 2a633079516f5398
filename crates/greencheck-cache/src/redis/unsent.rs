use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use greencheck_core::Host;

/// Names that changed while Redis could not be told. What Redis has for them is not used.
#[derive(Default)]
pub(super) struct Unsent {
    hosts: Mutex<HashSet<Host>>,
    /// How many there are, readable without the lock: nearly always none.
    count: AtomicUsize,
    sending: AtomicBool,
}

impl Unsent {
    const ROOM: usize = 100_000;

    /// Whether there was room.
    pub(super) fn add(&self, host: &Host) -> bool {
        let mut hosts = self.lock();
        let room = hosts.len() < Self::ROOM || hosts.contains(host);
        if room {
            hosts.insert(host.clone());
            self.count.store(hosts.len(), Ordering::Release);
        }
        room
    }

    pub(super) fn contains(&self, host: &Host) -> bool {
        self.len() > 0 && self.lock().contains(host)
    }

    pub(super) fn len(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    pub(super) fn any(&self) -> Option<Host> {
        self.lock().iter().next().cloned()
    }

    pub(super) fn remove(&self, host: &Host) {
        let mut hosts = self.lock();
        hosts.remove(host);
        self.count.store(hosts.len(), Ordering::Release);
    }

    /// Whether there is something to send and nobody sends it; the caller then does, and says when it ends.
    pub(super) fn begin_sending(&self) -> bool {
        self.len() > 0 && !self.sending.swap(true, Ordering::AcqRel)
    }

    pub(super) fn end_sending(&self) {
        self.sending.store(false, Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<Host>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
