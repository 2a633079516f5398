//! One question for many callers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::{BoxFuture, FutureExt, Shared, WeakShared};
use greencheck_core::Host;

/// A run under way: a future of its result, for as many as want it.
pub(crate) type Flight<T> = Shared<BoxFuture<'static, T>>;
type UnderWay<T> = Mutex<HashMap<Host, WeakShared<BoxFuture<'static, T>>>>;

/// Runs one future per name for all who ask while it is under way. Whoever waits also drives it, so that a caller who
/// hangs up holds nobody up.
pub(crate) struct SingleFlight<T> {
    under_way: Arc<UnderWay<T>>,
}

impl<T> Default for SingleFlight<T> {
    fn default() -> Self {
        Self { under_way: Arc::default() }
    }
}

impl<T: Clone + Send + Sync + 'static> SingleFlight<T> {
    pub(crate) async fn run(&self, host: &Host, start: impl FnOnce() -> BoxFuture<'static, T>) -> T {
        let flight = self.board(host, start);
        flight.await
    }

    /// The run under way for `host`, or a new one. It gets on only while somebody polls it.
    pub(crate) fn board(&self, host: &Host, start: impl FnOnce() -> BoxFuture<'static, T>) -> Flight<T> {
        let mut under_way = lock(&self.under_way);
        if let Some(flight) = under_way.get(host).and_then(WeakShared::upgrade) {
            return flight;
        }
        let work = start();
        let landing = Landing { under_way: Arc::clone(&self.under_way), host: host.clone() };
        let flight = async move {
            let result = work.await;
            drop(landing);
            result
        }
        .boxed()
        .shared();
        if let Some(weak) = flight.downgrade() {
            under_way.insert(host.clone(), weak);
        }
        flight
    }
}

/// Takes the flight off the list when it ends or is given up.
struct Landing<T> {
    under_way: Arc<UnderWay<T>>,
    host: Host,
}

impl<T> Drop for Landing<T> {
    fn drop(&mut self) {
        lock(&self.under_way).remove(&self.host);
    }
}

fn lock<T>(under_way: &UnderWay<T>) -> MutexGuard<'_, HashMap<Host, WeakShared<BoxFuture<'static, T>>>> {
    under_way.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::{join_all, poll_immediate};
    use tokio::sync::Notify;

    use super::*;

    fn host() -> Host {
        Host::parse("example.com").unwrap()
    }

    #[tokio::test]
    async fn a_thousand_callers_cause_one_run() {
        let flights = SingleFlight::default();
        let runs = Arc::new(AtomicUsize::new(0));
        let host = host();
        let go = Arc::new(Notify::new());
        let calls = (0..1000).map(|_| {
            let (runs, go) = (Arc::clone(&runs), Arc::clone(&go));
            flights.run(&host, move || {
                async move {
                    go.notified().await;
                    runs.fetch_add(1, Ordering::SeqCst)
                }
                .boxed()
            })
        });
        let mut calls = Box::pin(join_all(calls));
        assert!(poll_immediate(&mut calls).await.is_none());
        go.notify_one();
        assert!(calls.await.into_iter().all(|result| result == 0));
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        assert!(lock(&flights.under_way).is_empty());
    }

    #[tokio::test]
    async fn a_caller_who_hangs_up_leaves_the_others_their_answer() {
        let flights = SingleFlight::default();
        let go = Arc::new(Notify::new());
        let host = host();
        let start = || {
            let go = Arc::clone(&go);
            async move {
                go.notified().await;
                7
            }
            .boxed()
        };
        let mut first = Box::pin(flights.run(&host, start));
        assert_eq!(poll_immediate(&mut first).await, None);
        let second = flights.run(&host, || panic!("the first run is still under way"));
        let mut second = Box::pin(second);
        assert_eq!(poll_immediate(&mut second).await, None);
        drop(first);
        go.notify_one();
        assert_eq!(second.await, 7);
    }

    #[tokio::test]
    async fn a_run_that_all_gave_up_is_forgotten() {
        let flights = SingleFlight::<u8>::default();
        let host = host();
        let mut only = Box::pin(flights.run(&host, || std::future::pending().boxed()));
        assert_eq!(poll_immediate(&mut only).await, None);
        drop(only);
        assert_eq!(flights.run(&host, || async { 3 }.boxed()).await, 3);
    }
}
