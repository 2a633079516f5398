use std::cell::{Cell, OnceCell};
use std::time::{Duration, Instant};

/// This part of a window more goes by before it: what has rested is cold.
const WARM_UP: u32 = 8;

/// Times at which requests are due.
pub(super) struct Pace {
    /// When the first is asked for: until then connections are opened.
    begin: OnceCell<Instant>,
    between: Duration,
    next: Cell<u32>,
    warm_up: u32,
    count: u32,
}

impl Pace {
    pub(super) fn new(rate: f64, window: Duration) -> Self {
        let between = Duration::from_secs_f64(1.0 / rate);
        let count = window.as_nanos() / between.as_nanos().max(1);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let warm_up = count / WARM_UP;
        Self {
            begin: OnceCell::new(),
            between,
            next: Cell::new(0),
            warm_up,
            count: count.saturating_add(warm_up),
        }
    }

    /// Waits until the next request is due. `None` at the end.
    pub(super) async fn next(&self) -> Option<Due> {
        let number = self.next.get();
        if number >= self.count {
            return None;
        }
        self.next.set(number + 1);
        let at = *self.begin.get_or_init(Instant::now) + self.between * number;
        // The core is ours alone, and timers of the runtime are a millisecond coarse.
        while Instant::now() < at {
            tokio::task::yield_now().await;
        }
        Some(Due { at, counts: number >= self.warm_up })
    }
}

pub(super) struct Due {
    at: Instant,
    counts: bool,
}

impl Due {
    /// How long ago that was, unless it was in the warm-up.
    pub(super) fn latency(&self) -> Option<Duration> {
        self.counts.then(|| self.at.elapsed())
    }
}
