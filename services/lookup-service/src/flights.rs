//! One look-up for many callers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use greencheck_core::ports::{Follower, Mode};
use greencheck_core::{Answer, Generation, Host, Step};
use tokio::sync::watch;

/// The look-ups under way, by name.
#[derive(Default)]
pub(crate) struct Flights {
    under_way: Mutex<HashMap<Host, Flight>>,
}

struct Flight {
    mode: Mode,
    generation: Generation,
    number: u64,
    landed: watch::Receiver<Option<Landing>>,
    trail: Arc<Trail>,
}

/// How a flight ends.
#[derive(Clone)]
pub(crate) enum Landing {
    Answer(Arc<Answer>),
    /// Too many others wanted to fly.
    TurnedAway,
}

/// A place on a flight.
pub(crate) struct Seat {
    landed: watch::Receiver<Option<Landing>>,
    trail: Arc<Trail>,
}

/// The duty to fly: whoever holds it looks the name up and lands.
pub(crate) struct Pilot {
    flights: Arc<Flights>,
    host: Host,
    number: u64,
    landing: watch::Sender<Option<Landing>>,
    trail: Arc<Trail>,
}

/// The steps of a flight so far, and who hears of those to come.
#[derive(Default)]
struct Trail(Mutex<(Vec<Step>, Vec<Follower>)>);

impl Trail {
    fn tell(&self, step: &Step) {
        let (steps, followers) = &mut *self.lock();
        for follower in followers {
            follower(step);
        }
        steps.push(step.clone());
    }

    fn follow(&self, follower: Follower) {
        let (steps, followers) = &mut *self.lock();
        for step in steps {
            follower(step);
        }
        followers.push(follower);
    }

    fn lock(&self) -> MutexGuard<'_, (Vec<Step>, Vec<Follower>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flights {
    /// A seat on the flight for `host`, and the duty to fly if there was none to join. A full check joins only full
    /// look-ups that see the same catalog; a fast one joins any that sees the same catalog.
    pub(crate) fn board(
        self: &Arc<Self>,
        host: &Host,
        mode: Mode,
        generation: Generation,
    ) -> (Seat, Option<Pilot>) {
        let mut under_way = self.lock();
        if let Some(flight) = under_way.get(host)
            && flight.generation == generation
            && (mode == Mode::Fast || flight.mode == Mode::Full)
        {
            let (landed, trail) = (flight.landed.clone(), Arc::clone(&flight.trail));
            return (Seat { landed, trail }, None);
        }
        let (landing, landed) = watch::channel(None);
        let number = under_way.get(host).map_or(0, |flight| flight.number + 1);
        let trail = Arc::<Trail>::default();
        let flight = Flight { mode, generation, number, landed: landed.clone(), trail: Arc::clone(&trail) };
        under_way.insert(host.clone(), flight);
        let (flights, host) = (Arc::clone(self), host.clone());
        let pilot = Pilot { flights, host, number, landing, trail: Arc::clone(&trail) };
        (Seat { landed, trail }, Some(pilot))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Host, Flight>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Tells `follower` the steps of a full look-up, those of the past too.
    pub(crate) fn follow(&self, follower: Follower) {
        self.trail.follow(follower);
    }

    /// Waits for the end. `None` when the flight was called off.
    pub(crate) async fn landed(mut self) -> Option<Landing> {
        self.landed.wait_for(Option::is_some).await.ok().and_then(|landing| landing.clone())
    }
}

impl Pilot {
    /// Tells whoever follows the flight of a step.
    pub(crate) fn tell(&self, step: &Step) {
        self.trail.tell(step);
    }

    /// Gives the answer to all seats.
    pub(crate) fn land(self, answer: Arc<Answer>) {
        self.landing.send_replace(Some(Landing::Answer(answer)));
    }

    /// Tells all seats that there is no answer, because too many wait.
    pub(crate) fn turn_away(self) {
        self.landing.send_replace(Some(Landing::TurnedAway));
    }
}

impl Drop for Pilot {
    /// Landed or lost, the flight is over: the next caller starts a new one.
    fn drop(&mut self) {
        let mut under_way = self.flights.lock();
        if under_way.get(&self.host).is_some_and(|flight| flight.number == self.number) {
            under_way.remove(&self.host);
        }
    }
}
