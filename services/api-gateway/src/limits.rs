//! How much a caller may ask: a token bucket for each, counted here and shared by all replicas a few times a second, so that
//! no request waits for it.

mod bucket;
mod config;

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpMessage, HttpRequest, HttpResponseBuilder};
use bucket::{Bucket, Level};
pub use config::LimitsConfig;
use greencheck_core::ports::SharedBuckets;
use ipnet::IpNet;
use moka::sync::Cache;
use tokio_util::sync::CancellationToken;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// Callers that are counted at once; of more, those that have not asked for the longest time are forgotten.
const CALLERS_MAX: u64 = 200_000;
/// How often replicas tell each other what was spent.
const SHARE_EVERY: Duration = Duration::from_millis(250);
/// Buckets told of in one message.
const SHARED_AT_ONCE: usize = 1_000;

/// Counts what callers spend. One per process.
pub struct Limits {
    config: LimitsConfig,
    trusted_proxies: Vec<IpNet>,
    began: Instant,
    policy: HeaderValue,
    buckets: Cache<IpAddr, Arc<Bucket>>,
    shared: Option<Arc<dyn SharedBuckets>>,
    /// Buckets of which others have to hear.
    unshared: Mutex<Vec<(IpAddr, Arc<Bucket>)>>,
}

/// What a caller may still spend, for the headers of the answer (draft-ietf-httpapi-ratelimit-headers-10).
#[derive(Debug, Clone)]
pub(crate) struct Allowance {
    policy: HeaderValue,
    remaining: u64,
    /// Seconds until all of it is there again.
    reset: u64,
}

/// A caller has spent what it may.
#[derive(Debug, thiserror::Error)]
#[error("too many requests: try again in {retry_after} s")]
pub(crate) struct Exceeded {
    /// Seconds.
    pub(crate) retry_after: u64,
}

impl Limits {
    /// `trusted_proxies` are those whose word on the address of a client counts.
    pub fn new(
        config: LimitsConfig,
        trusted_proxies: Vec<IpNet>,
        shared: Option<Arc<dyn SharedBuckets>>,
    ) -> Self {
        let window = config.capacity().as_secs().max(1);
        let policy = format!("\"default\";q={};w={window}", config.burst);
        let idle = config.capacity() + Duration::from_secs(1);
        Self {
            policy: HeaderValue::from_str(&policy).expect("digits and signs"),
            buckets: Cache::builder().max_capacity(CALLERS_MAX).time_to_idle(idle).build(),
            began: Instant::now(),
            unshared: Mutex::default(),
            config,
            trusted_proxies,
            shared,
        }
    }

    /// Lets a request in, for the cost of one.
    pub(crate) fn admit(&self, request: &HttpRequest) -> Result<(), Exceeded> {
        self.spend(request, 1.0)
    }

    /// Lets a request that was admitted do what a slow check does.
    pub(crate) fn admit_full(&self, request: &HttpRequest) -> Result<(), Exceeded> {
        self.spend(request, self.config.full_cost - 1.0)
    }

    /// Lets a request that was admitted ask for so many names.
    pub(crate) fn admit_names(&self, request: &HttpRequest, names: usize) -> Result<(), Exceeded> {
        #[expect(clippy::cast_precision_loss, reason = "nobody asks for 2^52 names")]
        let cost = self.config.bulk_name_cost * names as f64;
        // More than a bucket holds could never be asked for: it takes all there is.
        self.spend(request, (cost - 1.0).min(f64::from(self.config.burst) - 1.0))
    }

    fn spend(&self, request: &HttpRequest, cost: f64) -> Result<(), Exceeded> {
        if !self.config.enabled || cost <= 0.0 {
            return Ok(());
        }
        let address = greencheck_runtime::client_ip(request, &self.trusted_proxies);
        if self.config.allow.iter().any(|net| net.contains(&address)) {
            return Ok(());
        }
        let level = self.take(caller(address), self.config.interval().mul_f64(cost));
        request.extensions_mut().insert(self.allowance(level));
        if level.allowed { Ok(()) } else { Err(Exceeded { retry_after: seconds_up(level.wait).max(1) }) }
    }

    fn take(&self, caller: IpAddr, cost: Duration) -> Level {
        let bucket = self.buckets.get_with(caller, Arc::default);
        let level = bucket.take(self.began.elapsed(), cost, self.config.capacity());
        if level.allowed && self.shared.is_some() && bucket.owe(cost) {
            self.unshared.lock().unwrap_or_else(PoisonError::into_inner).push((caller, bucket));
        }
        level
    }

    fn allowance(&self, level: Level) -> Allowance {
        let left = self.config.capacity().saturating_sub(level.debt);
        let remaining = left.as_micros() / self.config.interval().as_micros().max(1);
        Allowance {
            policy: self.policy.clone(),
            remaining: u64::try_from(remaining).unwrap_or(u64::MAX),
            reset: seconds_up(level.debt),
        }
    }

    /// Tells the other replicas what was spent here and learns what was spent there, until `stop`. While they cannot be
    /// reached each counts by itself.
    pub async fn share(self: Arc<Self>, stop: CancellationToken) -> anyhow::Result<()> {
        let Some(shared) = self.shared.clone() else { return Ok(()) };
        while stop.run_until_cancelled(tokio::time::sleep(SHARE_EVERY)).await.is_some() {
            let unshared = std::mem::take(&mut *self.unshared.lock().unwrap_or_else(PoisonError::into_inner));
            for chunk in unshared.chunks(SHARED_AT_ONCE) {
                let spent: Vec<_> = chunk
                    .iter()
                    .map(|(caller, bucket)| (caller.to_string(), bucket.take_unshared()))
                    .collect();
                let Some(debts) = shared.spend(&spent).await else { continue };
                let now = self.began.elapsed();
                for ((_, bucket), debt) in chunk.iter().zip(debts) {
                    bucket.learn(now, debt);
                }
            }
        }
        Ok(())
    }
}

impl Allowance {
    /// Puts what the caller of `request` may still spend into the head of its answer.
    pub(crate) fn show(request: &HttpRequest, response: &mut HttpResponseBuilder) {
        let extensions = request.extensions();
        let Some(Self { policy, remaining, reset }) = extensions.get::<Self>() else { return };
        response.insert_header((RATE_LIMIT_POLICY, policy.clone()));
        response.insert_header((RATE_LIMIT, format!("\"default\";r={remaining};t={reset}")));
    }
}

/// Who a customer of an internet provider is: an IPv4 address, or the IPv6 network that one is given (RFC 6177).
fn caller(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
    }
}

fn seconds_up(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}
