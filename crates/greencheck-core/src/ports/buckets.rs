use std::time::Duration;

use async_trait::async_trait;

/// Token buckets of callers, shared by all replicas of the gateway.
///
/// A bucket is one number, as in the generic cell rate algorithm (ITU-T I.371): its *debt*, the time it takes to be full
/// again. Spending adds to it, time takes it away.
#[async_trait]
pub trait SharedBuckets: Send + Sync {
    /// Adds what was spent here to the debts of these buckets; their debts now, in the same order. `None` when nobody can
    /// say: then each replica counts by itself.
    async fn spend(&self, spent: &[(String, Duration)]) -> Option<Vec<Duration>>;
}
