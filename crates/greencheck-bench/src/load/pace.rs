use std::cell::Cell;
use std::time::{Duration, Instant};

/// Times at which requests are due.
pub(super) struct Pace {
    begin: Instant,
    between: Duration,
    next: Cell<u32>,
    count: u32,
}

impl Pace {
    pub(super) fn start(rate: f64, window: Duration) -> Self {
        let between = Duration::from_secs_f64(1.0 / rate);
        let count = window.as_nanos() / between.as_nanos().max(1);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        Self { begin: Instant::now(), between, next: Cell::new(0), count }
    }

    /// Waits until the next request is due and says since when it is. `None` at the end.
    pub(super) async fn next(&self) -> Option<Instant> {
        let number = self.next.get();
        if number >= self.count {
            return None;
        }
        self.next.set(number + 1);
        let due = self.begin + self.between * number;
        // The core is ours alone, and timers of the runtime are a millisecond coarse.
        while Instant::now() < due {
            tokio::task::yield_now().await;
        }
        Some(due)
    }
}
