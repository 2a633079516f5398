//! What callers ask for is renewed before it ends.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use api_gateway::{CacheTimes, Renewal};
use greencheck_core::Host;
use greencheck_core::ports::AnswerCache;
use greencheck_testkit::contract::cache::until;
use tokio_util::sync::CancellationToken;

use crate::bench::{MapCache, Oracle};

#[tokio::test]
async fn what_is_stored_is_kept_anew_and_nothing_is_looked_up() {
    let (cache, oracle) = (Arc::new(MapCache::default()), Arc::new(Oracle::default()));
    let [green, grey] = ["green.com", "grey.com"].map(|name| Host::parse(name).unwrap());
    let stop = CancellationToken::new();
    let renewal = Renewal::new(cache.clone(), oracle.clone(), CacheTimes::default()).run(stop.clone());
    let script = async {
        oracle.away.store(true, Ordering::SeqCst);
        cache.let_be_due(std::slice::from_ref(&green));
        until("the lookup-service is asked", async || oracle.stored.load(Ordering::SeqCst) == 1).await;
        oracle.away.store(false, Ordering::SeqCst);
        assert_eq!(cache.peek("green.com"), None);

        cache.let_be_due(&[green, grey]);
        until("it is kept", async || cache.peek("green.com").is_some()).await;
        assert_eq!(oracle.stored.load(Ordering::SeqCst), 2, "both at once");
        assert_eq!(cache.peek("grey.com"), None, "it is not stored");
        assert_eq!(oracle.asked.load(Ordering::SeqCst), 0);
        stop.cancel();
    };
    let (ended, ()) = tokio::join!(renewal, script);
    ended.unwrap();
}
