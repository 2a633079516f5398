use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A caller's token bucket by the generic cell rate algorithm (ITU-T I.371): the time at which it is full again is all its
/// state. Times are microseconds since the limits began.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    full_at: AtomicU64,
    /// What was spent and no other replica knows of.
    unshared: AtomicU64,
}

/// What a bucket said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Level {
    pub(super) allowed: bool,
    /// How long it takes to be full again.
    pub(super) debt: Duration,
    /// How long the caller has to wait for what was asked.
    pub(super) wait: Duration,
}

impl Bucket {
    /// Takes `cost` out of the bucket if that leaves a debt of `capacity` at most.
    pub(super) fn take(&self, now: Duration, cost: Duration, capacity: Duration) -> Level {
        let (now, cost, capacity) = (micros(now), micros(cost), micros(capacity));
        let mut full_at = self.full_at.load(Ordering::Relaxed);
        loop {
            let debt = full_at.saturating_sub(now);
            let after = debt.saturating_add(cost);
            if after > capacity {
                let wait = Duration::from_micros(after - capacity);
                return Level { allowed: false, debt: Duration::from_micros(debt), wait };
            }
            match self.full_at.compare_exchange_weak(
                full_at,
                now + after,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => {
                    let debt = Duration::from_micros(after);
                    return Level { allowed: true, debt, wait: Duration::ZERO };
                }
                Err(current) => full_at = current,
            }
        }
    }

    /// Notes that others have to hear of `cost`; says whether they had nothing to hear before.
    pub(super) fn owe(&self, cost: Duration) -> bool {
        self.unshared.fetch_add(micros(cost), Ordering::Relaxed) == 0
    }

    pub(super) fn take_unshared(&self) -> Duration {
        Duration::from_micros(self.unshared.swap(0, Ordering::Relaxed))
    }

    /// All replicas together have this debt, beside what was spent here since.
    pub(super) fn learn(&self, now: Duration, debt: Duration) {
        let unshared = self.unshared.load(Ordering::Relaxed);
        self.full_at.fetch_max(micros(now) + micros(debt) + unshared, Ordering::Relaxed);
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let bucket = Bucket::default();
        let capacity = SECOND * 3;
        let take = |at: u32| bucket.take(SECOND * at, SECOND, capacity);
        assert_eq!([take(10), take(10), take(10)].map(|level| level.debt), [SECOND, SECOND * 2, SECOND * 3]);
        assert_eq!(take(10), Level { allowed: false, debt: SECOND * 3, wait: SECOND });
        assert!(take(11).allowed, "a second earns one");
        assert!(!take(11).allowed);
        assert_eq!(take(100).debt, SECOND, "it is never more than full");
    }

    #[test]
    fn a_refusal_costs_nothing() {
        let bucket = Bucket::default();
        assert!(!bucket.take(SECOND, SECOND * 5, SECOND * 3).allowed);
        assert_eq!(bucket.take(SECOND, SECOND * 3, SECOND * 3).debt, SECOND * 3);
    }

    #[test]
    fn what_others_spent_counts_and_what_is_not_told_yet_too() {
        let bucket = Bucket::default();
        bucket.take(SECOND, SECOND, SECOND * 9);
        assert!(bucket.owe(SECOND) && !bucket.owe(SECOND));
        assert_eq!(bucket.take_unshared(), SECOND * 2);
        bucket.owe(SECOND);
        bucket.learn(SECOND, SECOND * 4);
        assert_eq!(bucket.take(SECOND, SECOND, SECOND * 9).debt, SECOND * 6);
        bucket.learn(SECOND, Duration::ZERO);
        assert_eq!(bucket.take(SECOND, SECOND, SECOND * 9).debt, SECOND * 7, "a debt is not forgiven");
    }
}
