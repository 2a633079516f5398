use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Keeps a server that is away from being asked (Nygard, "Release It!", 2007: circuit breaker).
///
/// Opens after [`FAILURES`](Self::FAILURES) failures in a row; once every [`PAUSE`](Self::PAUSE) one question is let
/// through as a probe, whose success closes it.
pub(super) struct Breaker {
    began: Instant,
    failures: AtomicU32,
    /// When the next probe is due, in milliseconds since `began`; 0 while closed.
    probe_at: AtomicU64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    Usual,
    Probe,
    Refused,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { began: Instant::now(), failures: AtomicU32::new(0), probe_at: AtomicU64::new(0) }
    }
}

impl Breaker {
    pub(super) const FAILURES: u32 = 5;
    pub(super) const PAUSE: Duration = Duration::from_secs(1);

    /// Whether [`admit`](Self::admit) would refuse now.
    pub(super) fn is_open(&self, now: Instant) -> bool {
        self.probe_at.load(Ordering::Acquire) > self.millis(now)
    }

    pub(super) fn admit(&self, now: Instant) -> Admission {
        let probe_at = self.probe_at.load(Ordering::Acquire);
        if probe_at == 0 {
            return Admission::Usual;
        }
        let now = self.millis(now);
        let next = now + millis(Self::PAUSE);
        let due = probe_at <= now;
        if due && self.probe_at.compare_exchange(probe_at, next, Ordering::AcqRel, Ordering::Relaxed).is_ok()
        {
            Admission::Probe
        } else {
            Admission::Refused
        }
    }

    /// Notes a success; says whether it closed the breaker.
    pub(super) fn succeed(&self) -> bool {
        self.failures.store(0, Ordering::Relaxed);
        self.probe_at.load(Ordering::Acquire) != 0 && self.probe_at.swap(0, Ordering::AcqRel) != 0
    }

    /// Notes a failure; says whether it opened the breaker.
    pub(super) fn fail(&self, now: Instant) -> bool {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        if failures < Self::FAILURES {
            return false;
        }
        let next = self.millis(now) + millis(Self::PAUSE);
        self.probe_at.compare_exchange(0, next, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    fn millis(&self, now: Instant) -> u64 {
        // From 1 on, because 0 means closed.
        millis(now.saturating_duration_since(self.began)) + 1
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(now: Instant) -> Breaker {
        let breaker = Breaker { began: now, ..Breaker::default() };
        let opened: Vec<_> = (0..Breaker::FAILURES).map(|_| breaker.fail(now)).collect();
        assert_eq!(opened, [false, false, false, false, true]);
        breaker
    }

    #[test]
    fn it_opens_after_failures_in_a_row() {
        let now = Instant::now();
        let breaker = Breaker::default();
        for _ in 0..3 {
            for _ in 1..Breaker::FAILURES {
                assert!(!breaker.fail(now));
            }
            assert!(!breaker.succeed());
        }
        assert_eq!(breaker.admit(now), Admission::Usual);
        assert_eq!(opened(now).admit(now), Admission::Refused);
    }

    #[test]
    fn one_probe_is_let_through_after_a_pause() {
        let now = Instant::now();
        let breaker = opened(now);
        let later = now + Breaker::PAUSE;
        assert!(breaker.is_open(now));
        assert!(!breaker.is_open(later));
        assert_eq!(breaker.admit(later), Admission::Probe);
        assert_eq!(breaker.admit(later), Admission::Refused);
        assert!(!breaker.fail(later), "it is open already");
        assert_eq!(breaker.admit(later + Breaker::PAUSE), Admission::Probe);
    }

    #[test]
    fn a_successful_probe_closes_it() {
        let now = Instant::now();
        let breaker = opened(now);
        assert_eq!(breaker.admit(now + Breaker::PAUSE), Admission::Probe);
        assert!(breaker.succeed());
        assert!(!breaker.succeed());
        assert_eq!(breaker.admit(now), Admission::Usual);
        assert!(!breaker.fail(now), "failures are counted anew");
    }
}
