//! Badges: the verdict on a name, not older than a badge may be, as a picture.

mod keep;
mod late;
mod metrics;
mod neutral;
pub(crate) mod page;

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderValue;
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use greencheck_core::badge::{Badge, BadgeConfig, Claim, Image};
use greencheck_core::ports::{Asker, BadgeRenderer};
use greencheck_core::{Answer, Host, Source, UnknownReason, Verdict};
use moka::sync::Cache;
use tokio::sync::mpsc;

use self::keep::Keep;
pub use self::late::LateChecks;
pub use self::metrics::BadgeMetrics;
pub(crate) use self::page::Chosen;
use crate::Gateway;
use crate::gateway::{Checked, is_momentary};
use crate::single_flight::{Flight, SingleFlight};

/// How many names without a result are remembered.
const REMEMBERED: u64 = 100_000;

type CheckFlight = Flight<Arc<Answer>>;

/// Answers badges. One per process, shared by all HTTP workers.
pub struct Badges {
    gateway: Arc<Gateway>,
    renderer: Arc<dyn BadgeRenderer>,
    config: BadgeConfig,
    keep: Keep,
    checks: SingleFlight<Arc<Answer>>,
    /// Names that could just now not be looked up: they are not tried again with every badge.
    without_result: Cache<Host, Arc<Answer>>,
    late: mpsc::Sender<CheckFlight>,
    metrics: BadgeMetrics,
    is_demo: bool,
}

/// What a badge is to say, and how long that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) claim: Claim,
    pub(crate) life: Life,
}

/// How long others may keep a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    /// A green verdict of the age that a badge may have.
    Green,
    Other,
    /// A check goes on: there is more to see in a moment.
    Moment,
    /// The card that stands in while the renderer is away.
    StandIn,
}

impl Badges {
    /// Badges of what `gateway` finds, drawn by `renderer`, and what carries their late checks on.
    pub fn new(
        gateway: Arc<Gateway>,
        renderer: Arc<dyn BadgeRenderer>,
        config: BadgeConfig,
        metrics: BadgeMetrics,
    ) -> (Self, LateChecks) {
        let (late, carrier) = LateChecks::new();
        let remembered = Cache::builder().max_capacity(REMEMBERED).time_to_live(gateway.times.unknown);
        let badges = Self {
            gateway,
            renderer,
            keep: Keep::of(&config),
            config,
            checks: SingleFlight::default(),
            without_result: remembered.build(),
            late,
            metrics,
            is_demo: false,
        };
        (badges, carrier)
    }

    /// With a page that says that all providers are made up.
    #[must_use]
    pub fn with_demo(self, is_demo: bool) -> Self {
        Self { is_demo, ..self }
    }

    pub(crate) fn is_demo(&self) -> bool {
        self.is_demo
    }

    /// Who may have something looked up. Pages with many badges are no load while those are at hand: only look-ups are
    /// limited.
    pub(crate) fn admits(&self, request: &HttpRequest) -> Option<Asker> {
        let limits = &self.gateway.limits;
        limits.spend_one(request).and_then(|()| limits.admit_full(request)).ok()?;
        Some(limits.asker(request))
    }

    /// Finds out who calls, and counts a badge as theirs.
    pub(crate) async fn note(&self, request: &HttpRequest) {
        self.gateway.limits.note_check(request).await;
    }

    /// `Cache-Control` of a badge that lives so long, or that its caller has forced.
    pub(crate) fn keep(&self, life: Life, force: bool) -> HeaderValue {
        self.keep.header(life, force)
    }

    /// The same in seconds, for who draws the badge.
    pub(crate) fn keep_seconds(&self, life: Life) -> u64 {
        keep::seconds(&self.config, life)
    }

    /// Checks `host` as a badge does: a verdict at hand that is young enough, else a full check. `force` takes only what
    /// was looked up just now; `admit` is asked before a full check. Always says something.
    pub(crate) async fn check(
        &self,
        host: &Host,
        force: bool,
        admit: impl FnOnce() -> Option<Asker>,
    ) -> Finding {
        let known = self.gateway.cached(host).await;
        let young = known.as_ref().filter(|answer| self.is_young(answer, force));
        let (checked, life) = match young {
            Some(answer) => (Checked { answer: Arc::clone(answer), cached: true }, life(answer)),
            None => self.check_full(host, known.as_ref(), force, admit).await,
        };
        self.gateway.record(&checked, Source::Badge);
        Finding { claim: Claim::of(&checked.answer), life }
    }

    /// The picture of `badge`, or one that stands in for it.
    pub(crate) async fn draw(&self, badge: &Badge, life: Life) -> (Image, Life) {
        match self.renderer.render(badge).await {
            Ok(image) => (image, life),
            Err(error) => {
                self.metrics.not_drawn(&error);
                (neutral::card(badge), Life::StandIn)
            }
        }
    }

    /// What [`check`](Self::check) finds by a verdict that this process has at hand, and that verdict.
    pub(crate) fn at_hand(&self, canonical: &str, now: DateTime<Utc>) -> Option<(Checked, Finding)> {
        let answer =
            self.gateway.ports.cache.peek(canonical).filter(|answer| self.is_young_at(answer, now))?;
        let finding = Finding { claim: Claim::of(&answer), life: life(&answer) };
        Some((Checked { answer, cached: true }, finding))
    }

    /// What [`draw`](Self::draw) has at hand.
    pub(crate) fn drawn(&self, badge: &Badge) -> Option<Image> {
        self.renderer.peek(badge)
    }

    fn is_young(&self, answer: &Answer, force: bool) -> bool {
        if force {
            return self.gateway.is_recent(answer);
        }
        self.is_young_at(answer, self.gateway.now())
    }

    fn is_young_at(&self, answer: &Answer, now: DateTime<Utc>) -> bool {
        let age = now.signed_duration_since(answer.modified).to_std().unwrap_or_default();
        age <= self.config.max_age(answer.verdict.kind())
    }

    /// A full check within `badge.check_timeout`. Where it has no result, what was known before stands.
    async fn check_full(
        &self,
        host: &Host,
        known: Option<&Arc<Answer>>,
        force: bool,
        admit: impl FnOnce() -> Option<Asker>,
    ) -> (Checked, Life) {
        let found = match self.without_result.get(host).filter(|tried| self.is_young(tried, force)) {
            Some(tried) => tried,
            None => match admit() {
                Some(asker) => self.look_up(host, asker).await,
                None => Arc::new(self.gateway.unknown(host, UnknownReason::Overload)),
            },
        };
        let stands = known.filter(|known| !is_unknown(known));
        if let (Verdict::Unknown { .. }, Some(known)) = (&found.verdict, stands) {
            return (Checked { answer: Arc::clone(known), cached: true }, Life::Moment);
        }
        let life = life(&found);
        (Checked { answer: found, cached: false }, life)
    }

    async fn look_up(&self, host: &Host, asker: Asker) -> Arc<Answer> {
        let flight = self.checks.board(host, || {
            full_check(Arc::clone(&self.gateway), self.without_result.clone(), host.clone(), asker)
        });
        if let Ok(answer) = tokio::time::timeout(self.config.check_timeout, flight.clone()).await {
            return answer;
        }
        self.metrics.late(self.late.try_send(flight).is_ok());
        Arc::new(self.gateway.unknown(host, UnknownReason::Deadline))
    }
}

fn full_check(
    gateway: Arc<Gateway>,
    without_result: Cache<Host, Arc<Answer>>,
    host: Host,
    asker: Asker,
) -> BoxFuture<'static, Arc<Answer>> {
    Box::pin(async move {
        let answer = match gateway.answer_full(&host, asker).await {
            Ok(checked) => checked.answer,
            Err(error) => Arc::new(gateway.not_answered(&host, &error)),
        };
        if is_unknown(&answer) && !is_momentary(&answer.verdict) {
            without_result.insert(host, Arc::clone(&answer));
        }
        answer
    })
}

fn is_unknown(answer: &Answer) -> bool {
    matches!(answer.verdict, Verdict::Unknown { .. })
}

fn life(answer: &Answer) -> Life {
    match answer.verdict {
        Verdict::Green { .. } => Life::Green,
        verdict if is_momentary(&verdict) => Life::Moment,
        Verdict::Grey { .. } | Verdict::Unknown { .. } => Life::Other,
    }
}
