//! Waiting longer after each failure.

use std::time::Duration;

use rand::Rng;

/// Doubles from `first` to `most`, and takes a random part of each wait so that many processes do not come back at once
/// (full jitter over the upper half).
#[derive(Debug)]
pub(crate) struct Backoff {
    first: Duration,
    most: Duration,
    next: Duration,
}

impl Backoff {
    pub(crate) fn new(first: Duration, most: Duration) -> Self {
        Self { first, most, next: first }
    }

    pub(crate) fn next_wait(&mut self) -> Duration {
        let wait = self.next;
        self.next = (wait * 2).min(self.most);
        wait.mul_f64(rand::rng().random_range(0.5..=1.0))
    }

    pub(crate) fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_limit_and_start_over() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_millis(300));
        let within = |wait: Duration, low, high| {
            wait >= Duration::from_millis(low) && wait <= Duration::from_millis(high)
        };
        assert!(within(backoff.next_wait(), 50, 100));
        assert!(within(backoff.next_wait(), 100, 200));
        assert!(within(backoff.next_wait(), 150, 300));
        assert!(within(backoff.next_wait(), 150, 300));
        backoff.reset();
        assert!(within(backoff.next_wait(), 50, 100));
    }
}
