use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Holds a writer to a number of rows a second.
pub(crate) struct Pace {
    rows_per_second: Option<u32>,
    free_at: Instant,
}

impl Pace {
    /// Zero rows a second means no limit.
    pub(crate) fn new(rows_per_second: u32) -> Self {
        Self { rows_per_second: (rows_per_second > 0).then_some(rows_per_second), free_at: Instant::now() }
    }

    /// Waits until the rows written before have used up their time, then books `rows` more; how long it waited.
    pub(crate) async fn book(&mut self, rows: usize) -> Duration {
        let Some(rate) = self.rows_per_second else { return Duration::ZERO };
        let waited = self.free_at.saturating_duration_since(Instant::now());
        sleep_until(self.free_at).await;
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        self.free_at = Instant::now() + Duration::from_secs_f64(f64::from(rows) / f64::from(rate));
        waited
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn rows_take_the_time_that_the_rate_gives_them() {
        let started = Instant::now();
        let mut pace = Pace::new(1_000);
        let mut waited = Vec::new();
        for rows in [500, 1_000, 1] {
            waited.push(pace.book(rows).await.as_millis());
        }
        assert_eq!(waited, [0, 500, 1_000]);
        assert_eq!(started.elapsed().as_millis(), 1_500);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_rate_nothing_waits() {
        let started = Instant::now();
        let mut pace = Pace::new(0);
        pace.book(1_000_000).await;
        pace.book(1_000_000).await;
        assert_eq!(started.elapsed(), Duration::ZERO);
    }
}
