//! Whose look-up is next: so many at a time, and callers take turns.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use greencheck_core::ports::Asker;
use prometheus::IntGauge;
use tokio::sync::oneshot;

/// A fair queue in front of a limited number of places.
pub(crate) struct Turns {
    waiting_max: usize,
    state: Mutex<State>,
    waiting: IntGauge,
}

#[derive(Default)]
struct State {
    free: usize,
    waiting: usize,
    lines: HashMap<Asker, VecDeque<oneshot::Sender<Place>>>,
    /// Callers with a line, in the order in which they are served next.
    order: VecDeque<Asker>,
}

/// The right to look up, until it is dropped.
pub(crate) struct Place(Option<Arc<Turns>>);

/// A place, now or later.
pub(crate) enum Ticket {
    Now(Place),
    Later(oneshot::Receiver<Place>),
}

impl Turns {
    /// `waiting` shows how many wait.
    pub(crate) fn new(places: usize, waiting_max: usize, waiting: IntGauge) -> Self {
        let state = State { free: places, ..State::default() };
        Self { waiting_max, state: Mutex::new(state), waiting }
    }

    /// Places that nobody has.
    pub(crate) fn free(&self) -> usize {
        self.lock().free
    }

    /// A place for `asker`, or one in its line. `None` when no more may wait, and nobody waits for more than `asker` would.
    pub(crate) fn ask(self: &Arc<Self>, asker: Asker) -> Option<Ticket> {
        let mut state = self.lock();
        if state.free > 0 {
            state.free -= 1;
            return Some(Ticket::Now(Place(Some(Arc::clone(self)))));
        }
        if state.waiting >= self.waiting_max && !state.make_room(asker) {
            return None;
        }
        let (give, take) = oneshot::channel();
        state.stand(asker, give);
        self.waiting.set(i64::try_from(state.waiting).unwrap_or(i64::MAX));
        Some(Ticket::Later(take))
    }

    fn next(&self) -> Option<oneshot::Sender<Place>> {
        let mut state = self.lock();
        let next = state.next();
        if next.is_none() {
            state.free += 1;
        }
        self.waiting.set(i64::try_from(state.waiting).unwrap_or(i64::MAX));
        next
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn stand(&mut self, asker: Asker, give: oneshot::Sender<Place>) {
        let line = self.lines.entry(asker).or_default();
        if line.is_empty() {
            self.order.push_back(asker);
        }
        line.push_back(give);
        self.waiting += 1;
    }

    /// Takes the first of the next line, which then comes after all others.
    fn next(&mut self) -> Option<oneshot::Sender<Place>> {
        let asker = self.order.pop_front()?;
        let line = self.lines.get_mut(&asker)?;
        let first = line.pop_front();
        if line.is_empty() {
            self.lines.remove(&asker);
        } else {
            self.order.push_back(asker);
        }
        self.waiting -= 1;
        first
    }

    /// Sends the last of the longest line away, if `asker` would still wait for less than that caller does.
    fn make_room(&mut self, asker: Asker) -> bool {
        let own = self.lines.get(&asker).map_or(0, VecDeque::len);
        // Nobody's line is longer than one: there is nothing to look for.
        if self.waiting == self.lines.len() {
            return false;
        }
        let longest = self.lines.iter_mut().max_by_key(|(_, line)| line.len());
        let Some((_, line)) = longest.filter(|(_, line)| line.len() > own + 1) else { return false };
        line.pop_back();
        self.waiting -= 1;
        true
    }
}

impl Ticket {
    /// Waits for the turn. `None` when it gave way to somebody who waited for less.
    pub(crate) async fn turn(self) -> Option<Place> {
        match self {
            Self::Now(place) => Some(place),
            Self::Later(take) => take.await.ok(),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(turns) = self.0.take() else { return };
        while let Some(next) = turns.next() {
            match next.send(Self(Some(Arc::clone(&turns)))) {
                Ok(()) => return,
                // Nobody waits there any more: this place was not taken, so it is not given back either.
                Err(mut place) => place.0 = None,
            }
        }
    }
}

#[cfg(test)]
mod tests;
