//! How much a caller may ask: a token bucket for each key and for each address without one, counted here and shared by all replicas a few times a second, so that
//! no request waits for it.

mod bucket;
mod config;
mod meter;
mod rate;
mod spender;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpMessage, HttpRequest, HttpResponseBuilder};
use bucket::{Bucket, Level};
pub use config::LimitsConfig;
use greencheck_core::Clock;
use greencheck_core::ports::{Asker, CheckRecorder, SharedBuckets};
use greencheck_runtime::{Head, Reply, field};
use ipnet::IpNet;
use meter::Meter;
use moka::sync::Cache;
use rate::Rate;
use spender::Spender;
use tokio_util::sync::CancellationToken;

use crate::partner_api::Identity;

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
    addresses: Rate,
    keys: Rate,
    buckets: Cache<Spender, Arc<Bucket>>,
    shared: Option<Arc<dyn SharedBuckets>>,
    /// Buckets of which others have to hear.
    unshared: Mutex<Vec<(Spender, Arc<Bucket>)>>,
    meter: Option<Meter>,
}

/// What a caller may still spend, for the headers of the answer (draft-ietf-httpapi-ratelimit-headers-10).
#[derive(Debug, Clone)]
pub(crate) struct Allowance {
    name: &'static str,
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
        let addresses = Rate::new("default", config.rate, config.burst);
        let keys = Rate::new("key", config.key_rate, config.key_burst);
        let idle = addresses.capacity.max(keys.capacity) + Duration::from_secs(1);
        Self {
            buckets: Cache::builder().max_capacity(CALLERS_MAX).time_to_idle(idle).build(),
            began: Instant::now(),
            unshared: Mutex::default(),
            addresses,
            keys,
            config,
            trusted_proxies,
            shared,
            meter: None,
        }
    }

    /// Tells `checks` what callers with keys ask.
    #[must_use]
    pub fn with_usage(self, checks: Arc<dyn CheckRecorder>, clock: Arc<dyn Clock>) -> Self {
        Self { meter: Some(Meter { checks, clock }), ..self }
    }

    /// Lets a request in that asks about no name, for the cost of one.
    pub(crate) async fn admit(&self, request: &HttpRequest) -> Result<(), Exceeded> {
        self.identify(request).await?;
        self.spend_one(request)?;
        self.count(request, 0);
        Ok(())
    }

    /// Lets a request about one name in, for the cost of one.
    pub(crate) async fn admit_check(&self, request: &HttpRequest) -> Result<(), Exceeded> {
        self.identify(request).await?;
        self.spend_one(request)?;
        self.count(request, 1);
        Ok(())
    }

    /// Lets a request about so many names in.
    pub(crate) async fn admit_names(&self, request: &HttpRequest, names: usize) -> Result<(), Exceeded> {
        self.identify(request).await?;
        self.spend_one(request)?;
        let (spender, _) = self.spender(request);
        self.spend(request, self.cost_of_names(spender, names) - 1.0)?;
        self.count(request, names);
        Ok(())
    }

    /// What a request about so many names costs: not less than any request, and not more than a bucket holds, or it could
    /// never be asked.
    fn cost_of_names(&self, spender: Spender, names: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "nobody asks for 2^52 names")]
        let cost = self.config.bulk_name_cost * names as f64;
        let burst = match spender {
            Spender::Address(_) => self.config.burst,
            Spender::Key(_) => self.config.key_burst,
        };
        cost.min(f64::from(burst)).max(1.0)
    }

    /// Lets a request about one name in for nothing.
    pub(crate) async fn note_check(&self, request: &HttpRequest) {
        // Whoever tries too many keys is as good as without one.
        if self.identify(request).await.is_ok() {
            self.count(request, 1);
        }
    }

    /// Takes the cost of one from a caller that was identified, or is known otherwise.
    pub(crate) fn spend_one(&self, request: &HttpRequest) -> Result<(), Exceeded> {
        self.spend(request, 1.0)
    }

    /// Lets a request that was admitted do what a slow check does.
    pub(crate) fn admit_full(&self, request: &HttpRequest) -> Result<(), Exceeded> {
        self.spend(request, self.config.full_cost - 1.0)
    }

    /// A key that nobody knows costs its caller what a request does, so that keys cannot be tried without end.
    async fn identify(&self, request: &HttpRequest) -> Result<(), Exceeded> {
        Identity::find(request, || self.spend_one(request)).await.map(drop)
    }

    fn count(&self, request: &HttpRequest, names: usize) {
        if let Some(meter) = &self.meter {
            meter.count(request, names);
        }
    }

    /// Whose bucket a request is taken from, and the address that it comes from.
    fn spender(&self, request: &HttpRequest) -> (Spender, IpAddr) {
        let address = greencheck_runtime::client_ip(request.head(), &self.trusted_proxies);
        let spender = match Identity::of(request) {
            Identity::Key(key) => Spender::Key(key.id),
            Identity::Nobody | Identity::BadKey => Spender::at(address),
        };
        (spender, address)
    }

    /// Tells the caller of a request from others, where it has to wait for its turn.
    pub(crate) fn asker(&self, request: &HttpRequest) -> Asker {
        let mut hasher = DefaultHasher::new();
        self.spender(request).0.hash(&mut hasher);
        Asker(hasher.finish())
    }

    fn spend(&self, request: &HttpRequest, cost: f64) -> Result<(), Exceeded> {
        if !self.config.enabled || cost <= 0.0 {
            return Ok(());
        }
        let (spender, address) = self.spender(request);
        let Some((allowance, level)) = self.charge(spender, address, cost) else { return Ok(()) };
        request.extensions_mut().insert(allowance);
        if level.allowed { Ok(()) } else { Err(Exceeded { retry_after: seconds_up(level.wait).max(1) }) }
    }

    /// Takes the cost of one from a caller that shows no key. Takes nothing from one that may not ask.
    pub(crate) fn spend_without_key(&self, request: &impl Head) -> Result<Option<Allowance>, Exceeded> {
        self.spend_names_without_key(request, 0)
    }

    /// The same for a request about many names.
    pub(crate) fn spend_names_without_key(
        &self,
        request: &impl Head,
        names: usize,
    ) -> Result<Option<Allowance>, Exceeded> {
        let address = greencheck_runtime::client_ip(request, &self.trusted_proxies);
        let spender = Spender::at(address);
        let Some((allowance, level)) = self.charge(spender, address, self.cost_of_names(spender, names))
        else {
            return Ok(None);
        };
        if level.allowed {
            Ok(Some(allowance))
        } else {
            Err(Exceeded { retry_after: seconds_up(level.wait).max(1) })
        }
    }

    /// What the caller may still spend; `None` where it has no limit.
    fn charge(&self, spender: Spender, address: IpAddr, cost: f64) -> Option<(Allowance, Level)> {
        if !self.config.enabled || self.config.allow.iter().any(|net| net.contains(&address)) {
            return None;
        }
        let rate = match spender {
            Spender::Address(_) => &self.addresses,
            Spender::Key(_) => &self.keys,
        };
        let level = self.take(spender, rate.interval.mul_f64(cost), rate.capacity);
        Some((rate.allowance(level), level))
    }

    fn take(&self, spender: Spender, cost: Duration, capacity: Duration) -> Level {
        let bucket = self.buckets.get_with(spender, Arc::default);
        let level = bucket.take(self.began.elapsed(), cost, capacity);
        if level.allowed && self.shared.is_some() && bucket.owe(cost) {
            self.unshared.lock().unwrap_or_else(PoisonError::into_inner).push((spender, bucket));
        }
        level
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
                    .map(|(spender, bucket)| (spender.to_string(), bucket.take_unshared()))
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
        if let Some(allowance) = extensions.get::<Self>() {
            response
                .insert_header((RATE_LIMIT_POLICY, allowance.policy.clone()))
                .insert_header((RATE_LIMIT, allowance.left()));
        }
    }

    /// The same in an answer that is composed at once.
    pub(crate) fn tell(&self, reply: &mut impl Reply) {
        reply.header(field!("ratelimit-policy"), self.policy.as_bytes());
        reply.header(field!("ratelimit"), self.left().as_bytes());
    }

    fn left(&self) -> String {
        let Self { name, remaining, reset, .. } = self;
        format!("\"{name}\";r={remaining};t={reset}")
    }
}

fn seconds_up(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}
