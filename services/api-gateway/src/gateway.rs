use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{self, HeaderValue};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use greencheck_core::ports::{AnswerCache, Asker, CheckRecorder, Follower, Lookup, LookupError, Mode};
use greencheck_core::{
    Answer, Check, Clock, Generation, Host, LookupConfig, MatchKind, Source, UnknownReason, Verdict,
};
use greencheck_runtime::{RequestId, SharedHeaders};
use serde::{Deserialize, Serialize};

use crate::refresh::RefreshRequests;
use crate::single_flight::SingleFlight;
use crate::{ApiConfig, Limits, LimitsConfig, Metrics, conditional, respond};

/// What the gateway asks and tells.
#[derive(Clone)]
pub struct Ports {
    pub lookup: Arc<dyn Lookup>,
    pub cache: Arc<dyn AnswerCache>,
    pub checks: Arc<dyn CheckRecorder>,
    pub clock: Arc<dyn Clock>,
}

/// For how long answers are cached, by verdict.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CacheTimes {
    #[serde(with = "greencheck_core::serde_duration")]
    pub green: Duration,
    #[serde(with = "greencheck_core::serde_duration")]
    pub grey: Duration,
    #[serde(with = "greencheck_core::serde_duration")]
    pub unknown: Duration,
}

impl Default for CacheTimes {
    fn default() -> Self {
        Self {
            green: Duration::from_secs(24 * 3600),
            grey: Duration::from_secs(3600),
            unknown: Duration::from_secs(10),
        }
    }
}

impl CacheTimes {
    pub(crate) fn of(&self, verdict: &Verdict) -> Duration {
        match verdict {
            Verdict::Green { .. } => self.green,
            Verdict::Grey { .. } => self.grey,
            Verdict::Unknown { .. } => self.unknown,
        }
    }
}

/// Answers checks. One per process, shared by all HTTP workers.
pub struct Gateway {
    pub(crate) ports: Ports,
    pub(crate) times: CacheTimes,
    lookup_config: LookupConfig,
    refreshes: RefreshRequests,
    flights: SingleFlight<Fetched>,
    pub(crate) metrics: Metrics,
    api: ApiConfig,
    log_bulk: bool,
    pub(crate) limits: Arc<Limits>,
    /// `Cache-Control` of a check that clients may keep.
    pub(crate) check_cache_control: HeaderValue,
    /// The headers of a check that clients may keep, but for those that depend on it and on the caller.
    pub(crate) check_headers: SharedHeaders,
}

/// An answer and whether a cache or the store had it.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    pub(crate) answer: Arc<Answer>,
    pub(crate) cached: bool,
}

type Fetched = Result<Checked, Arc<LookupError>>;

impl Gateway {
    pub fn new(
        ports: Ports,
        times: CacheTimes,
        lookup_config: LookupConfig,
        refreshes: RefreshRequests,
        metrics: Metrics,
    ) -> Self {
        let api = ApiConfig::default();
        let flights = SingleFlight::default();
        let check_cache_control = conditional::max_age(api.check_max_age);
        Self {
            ports,
            times,
            lookup_config,
            refreshes,
            flights,
            metrics,
            api,
            log_bulk: false,
            limits: Arc::new(Limits::new(LimitsConfig::default(), Vec::new(), None)),
            check_headers: check_headers(&check_cache_control),
            check_cache_control,
        }
    }

    /// With these promises and limits, and with checks of many names in the log or not.
    #[must_use]
    pub fn with_api(self, api: ApiConfig, log_bulk: bool) -> Self {
        let check_cache_control = conditional::max_age(api.check_max_age);
        let check_headers = check_headers(&check_cache_control);
        Self { api, log_bulk, check_cache_control, check_headers, ..self }
    }

    /// With limits on what callers may ask.
    #[must_use]
    pub fn with_limits(self, limits: Arc<Limits>) -> Self {
        Self { limits, ..self }
    }

    pub(crate) fn upload_max_bytes(&self) -> usize {
        self.api.upload_max_bytes
    }

    pub(crate) fn logs_bulk(&self) -> bool {
        self.log_bulk
    }

    /// Whether a slow check takes the answer for its own: the name was looked up within `lookup.nocache_min_age`. The time
    /// of an imported verdict says nothing of a look-up.
    pub(crate) fn is_recent(&self, answer: &Answer) -> bool {
        let imported = answer.verdict.matched().is_some_and(|by| by.kind == MatchKind::Snapshot);
        let age = self.now().signed_duration_since(answer.modified).to_std();
        !imported && age.is_ok_and(|age| age < self.lookup_config.nocache_min_age)
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.ports.clock.now()
    }

    /// The fast check: whatever a cache or the store knows, else a look-up with a deadline. Always has an answer.
    pub(crate) async fn check_fast(&self, host: &Host, source: Source, asker: Asker) -> Checked {
        let checked = self.answer_fast(host, asker).await;
        self.record(&checked, source);
        checked
    }

    /// A fast check that the log does not hear of.
    pub(crate) async fn answer_fast(&self, host: &Host, asker: Asker) -> Checked {
        let checked = match self.ports.cache.peek(host.as_str()) {
            Some(answer) => Checked { answer, cached: true },
            None => self.fetch(host, asker).await,
        };
        if checked.cached {
            self.refresh_if_due(&checked.answer);
        }
        checked
    }

    /// The slow check, as far as the name was not looked up within `lookup.nocache_min_age`: pages in the wild ask for it
    /// on every view.
    pub(crate) async fn check_full(
        &self,
        host: &Host,
        source: Source,
        asker: Asker,
    ) -> Result<Checked, LookupError> {
        let kept = self.ports.cache.fetch(std::slice::from_ref(host)).await.into_iter().next().flatten();
        let Some(answer) = kept.filter(|answer| self.is_recent(answer)) else {
            return self.look_up(host, source, asker).await;
        };
        let checked = Checked { answer, cached: true };
        self.record(&checked, source);
        Ok(checked)
    }

    /// A full look-up now, whose result every cache has before it is answered.
    pub(crate) async fn look_up(
        &self,
        host: &Host,
        source: Source,
        asker: Asker,
    ) -> Result<Checked, LookupError> {
        let checked = self.answer_full(host, asker).await?;
        self.record(&checked, source);
        Ok(checked)
    }

    /// The same, telling each step as it ends.
    pub(crate) async fn follow(
        &self,
        host: &Host,
        source: Source,
        asker: Asker,
        follower: Follower,
    ) -> Result<Checked, LookupError> {
        let answer = self.ports.lookup.follow(host, asker, follower).await?;
        let checked = self.keep(answer).await;
        self.record(&checked, source);
        Ok(checked)
    }

    /// A full look-up that the log does not hear of.
    pub(crate) async fn answer_full(&self, host: &Host, asker: Asker) -> Result<Checked, LookupError> {
        Ok(self.keep(self.ports.lookup.check_for(host, Mode::Full, asker).await?).await)
    }

    async fn keep(&self, answer: Answer) -> Checked {
        let answer = Arc::new(answer);
        // An unknown outcome says nothing of the name: what the caches have of it stays.
        if !matches!(answer.verdict, Verdict::Unknown { .. }) {
            self.ports.cache.replace(Arc::clone(&answer), self.times.of(&answer.verdict)).await;
        }
        Checked { answer, cached: false }
    }

    /// What the caches know of `host`.
    pub(crate) async fn cached(&self, host: &Host) -> Option<Arc<Answer>> {
        match self.ports.cache.peek(host.as_str()) {
            Some(answer) => Some(answer),
            None => self.ports.cache.fetch(std::slice::from_ref(host)).await.into_iter().next().flatten(),
        }
    }

    /// One question to the caches and the lookup-service, however many callers ask for `host` at once.
    async fn fetch(&self, host: &Host, asker: Asker) -> Checked {
        let question = || fetch(self.ports.clone(), self.times, host.clone(), asker);
        let fetched = self.flights.run(host, question).await;
        fetched.unwrap_or_else(|error| Checked {
            answer: Arc::new(self.not_answered(host, &error)),
            cached: false,
        })
    }

    /// The answer that the lookup-service did not give.
    pub(crate) fn not_answered(&self, host: &Host, error: &LookupError) -> Answer {
        self.metrics.lookup_failed(error);
        let reason = match error {
            LookupError::Overloaded => UnknownReason::Overload,
            LookupError::Unavailable(_) => UnknownReason::Unavailable,
        };
        self.unknown(host, reason)
    }

    pub(crate) fn unknown(&self, host: &Host, reason: UnknownReason) -> Answer {
        Answer {
            host: host.clone(),
            verdict: Verdict::Unknown { reason },
            hosted_by: None,
            modified: self.now(),
            address: None,
            generation: Generation::default(),
            explanation: None,
        }
    }

    fn refresh_if_due(&self, answer: &Answer) {
        if !answer.verdict.is_green() {
            return;
        }
        let now = self.now();
        // Cheap test first: the exact one hashes the name.
        if now < self.due_for_refresh(answer) {
            return;
        }
        let age = now.signed_duration_since(answer.modified).to_std().unwrap_or_default();
        if age >= self.lookup_config.refresh_after_for(&answer.host) {
            self.refreshes.request(&answer.host);
        }
    }

    /// From when on the answer makes a fast check ask for a refresh, or soon before.
    pub(crate) fn due_for_refresh(&self, answer: &Answer) -> DateTime<Utc> {
        let age = TimeDelta::from_std(self.lookup_config.refresh_after * 9 / 10);
        let due = age.ok().and_then(|age| answer.modified.checked_add_signed(age));
        due.filter(|_| answer.verdict.is_green()).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    pub(crate) fn record(&self, checked: &Checked, source: Source) {
        self.record_at(checked, source, self.now());
    }

    pub(crate) fn record_at(&self, checked: &Checked, source: Source, now: DateTime<Utc>) {
        self.metrics.checked(&checked.answer.verdict, checked.cached, source);
        self.log(Check::new(&checked.answer, now, checked.cached, source));
    }

    /// Hands a check to the log; with the id of the request if its caller gave one.
    pub(crate) fn log(&self, check: Check) {
        let id = RequestId::current_given();
        self.ports.checks.record(check.for_request(id.as_ref().map(RequestId::as_str)));
    }
}

fn check_headers(cache_control: &HeaderValue) -> SharedHeaders {
    respond::reading()
        .with(header::CACHE_CONTROL, cache_control.clone())
        .with(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
}

fn fetch(ports: Ports, times: CacheTimes, host: Host, asker: Asker) -> BoxFuture<'static, Fetched> {
    Box::pin(async move {
        let token = ports.cache.begin_fill();
        let kept = ports.cache.fetch(std::slice::from_ref(&host)).await.into_iter().next().flatten();
        if let Some(answer) = kept {
            return Ok(Checked { answer, cached: true });
        }
        let answer = Arc::new(ports.lookup.check_for(&host, Mode::Fast, asker).await.map_err(Arc::new)?);
        ports.cache.keep(Arc::clone(&answer), token, times.of(&answer.verdict)).await;
        // A look-up explains itself; a stored verdict does not.
        let cached = answer.explanation.is_none() && !is_momentary(&answer.verdict);
        Ok(Checked { answer, cached })
    })
}

/// Whether the verdict says something of this moment only and must not be kept by anybody.
pub(crate) fn is_momentary(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Unknown { reason } if reason.is_momentary())
}
