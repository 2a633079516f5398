//! A gateway whose public routes are there, and nothing behind them.

use std::sync::Arc;

use actix_web::web::Data;
use api_gateway::{CacheTimes, Gateway, Limits, LimitsConfig, Metrics, Ports, RefreshForwarder};
use async_trait::async_trait;
use greencheck_cache::CacheConfig;
use greencheck_core::ports::{Lookup, LookupError, Mode, QueueError, RefreshSink, Requested};
use greencheck_core::{Answer, Generation, Host, LookupConfig};
use greencheck_testkit::fakes::{FixedClock, RecordedChecks};
use prometheus::Registry;

use crate::support::NOW;

struct Nothing;

#[async_trait]
impl Lookup for Nothing {
    async fn check(&self, _: &Host, _: Mode) -> Result<Answer, LookupError> {
        Err(LookupError::Overloaded)
    }

    async fn stored(&self, hosts: &[Host]) -> Result<Vec<Option<Answer>>, LookupError> {
        Ok(vec![None; hosts.len()])
    }

    async fn generation(&self) -> Result<Generation, LookupError> {
        Ok(Generation(1))
    }
}

#[async_trait]
impl RefreshSink for Nothing {
    async fn request(&self, _: &Host) -> Result<Requested, QueueError> {
        Ok(Requested::Overflow)
    }
}

pub(crate) async fn gateway() -> Data<Gateway> {
    let (registry, clock) = (Registry::new(), Arc::new(FixedClock::at(NOW)));
    let cache_metrics = greencheck_cache::Metrics::register(&registry).unwrap();
    let caches =
        greencheck_cache::connect(&CacheConfig::default(), clock.clone(), &cache_metrics).await.unwrap();
    let metrics = Metrics::register(&registry).unwrap();
    let (refreshes, _) = RefreshForwarder::new(Arc::new(Nothing), metrics.clone());
    let checks = Arc::new(RecordedChecks::default());
    let ports = Ports { lookup: Arc::new(Nothing), cache: caches.answers, checks, clock };
    let gateway = Gateway::new(ports, CacheTimes::default(), LookupConfig::default(), refreshes, metrics);
    // So slow that nothing of it comes back within a test.
    let limits = LimitsConfig { rate: 1, burst: 200, ..LimitsConfig::default() };
    Data::new(gateway.with_limits(Arc::new(Limits::new(limits, Vec::new(), None))))
}
