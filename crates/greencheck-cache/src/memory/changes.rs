use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use greencheck_core::Host;

/// The names that changed lately, against which a fill is checked that was under way at the time.
#[derive(Default)]
pub(super) struct RecentChanges {
    by_host: HashMap<Host, Instant>,
    order: VecDeque<(Instant, Host)>,
    /// Changes up to here have been given up for want of room: fills that began before are all refused.
    forgotten: Option<Instant>,
}

impl RecentChanges {
    /// Longer than any look-up takes; a fill that began earlier is refused.
    const WINDOW: Duration = Duration::from_secs(30);
    const ROOM: usize = 100_000;

    pub(super) fn record(&mut self, host: Host, now: Instant) {
        self.by_host.insert(host.clone(), now);
        self.order.push_back((now, host));
        while let Some((changed, _)) = self.order.front() {
            let old = now.duration_since(*changed) >= Self::WINDOW;
            if !old && self.order.len() <= Self::ROOM {
                break;
            }
            self.give_up_oldest(old);
        }
    }

    /// Whether an answer for `host` may be kept whose question was asked at `started`.
    pub(super) fn allow(&self, host: &Host, started: Instant, now: Instant) -> bool {
        now.duration_since(started) < Self::WINDOW
            && self.forgotten.is_none_or(|forgotten| started > forgotten)
            && self.by_host.get(host).is_none_or(|changed| started > *changed)
    }

    fn give_up_oldest(&mut self, old: bool) {
        let Some((changed, host)) = self.order.pop_front() else { return };
        if !old {
            self.forgotten = Some(changed);
        }
        if self.by_host.get(&host) == Some(&changed) {
            self.by_host.remove(&host);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(name: &str) -> Host {
        Host::parse(name).unwrap()
    }

    #[test]
    fn a_fill_that_began_before_the_change_is_refused() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut changes = RecentChanges::default();
        changes.record(host("a.example.com"), at(10));
        assert!(!changes.allow(&host("a.example.com"), at(9), at(11)));
        assert!(!changes.allow(&host("a.example.com"), at(10), at(11)));
        assert!(changes.allow(&host("a.example.com"), at(11), at(11)));
        assert!(changes.allow(&host("b.example.com"), at(9), at(11)));
    }

    #[test]
    fn a_fill_older_than_the_memory_of_changes_is_refused() {
        let start = Instant::now();
        let changes = RecentChanges::default();
        assert!(changes.allow(&host("a.example.com"), start, start + Duration::from_secs(29)));
        assert!(!changes.allow(&host("a.example.com"), start, start + Duration::from_secs(30)));
    }

    #[test]
    fn old_changes_make_room() {
        let start = Instant::now();
        let mut changes = RecentChanges::default();
        for second in 0..100 {
            changes.record(host(&format!("{second}.example.com")), start + Duration::from_secs(second));
        }
        assert_eq!(changes.by_host.len(), 30);
        assert_eq!(changes.order.len(), 30);
    }

    #[test]
    fn changes_given_up_early_refuse_every_earlier_fill() {
        let start = Instant::now();
        let mut changes = RecentChanges::default();
        let at = |micros| start + Duration::from_micros(micros);
        for number in 0..=RecentChanges::ROOM as u64 {
            changes.record(host("a.example.com"), at(number));
        }
        let end = at(1_000_000);
        assert!(!changes.allow(&host("b.example.com"), at(0), end));
        assert!(changes.allow(&host("b.example.com"), at(1), end));
    }
}
