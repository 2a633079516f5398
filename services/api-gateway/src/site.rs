//! Pages for people who check a site: what they need to know, and the words for it.

mod config;
mod embed;
mod evidence;
mod pages;
mod provider;
mod result;
mod steps;
mod words;

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderValue;
use greencheck_core::ports::{Asker, Follower, LookupError};
use greencheck_core::{Host, ProviderId, Source};
use moka::sync::Cache;

pub use self::config::{InvalidSiteConfig, SiteConfig};
pub(crate) use self::embed::{explained, framed_form};
pub(crate) use self::evidence::Proof;
pub(crate) use self::pages::{ask, form, notice, with_result};
pub(crate) use self::provider::{DOMAINS as PROVIDER_DOMAINS, provider};
pub(crate) use self::result::{CheckResult, fragment};
pub(crate) use self::steps::ShownStep;
use crate::gateway::{Checked, is_momentary};
use crate::limits::Exceeded;
use crate::{Gateway, Pages};

/// How many results are kept with their steps.
const KEPT: u64 = 10_000;

/// A name to try, and what is to be seen by it.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    pub host: &'static str,
    pub about: &'static str,
}

/// Answers people who check a site. One per process, shared by all HTTP workers.
pub struct Site {
    gateway: Arc<Gateway>,
    pub(crate) pages: Arc<Pages>,
    /// Where this server is for everybody; `None`: where each caller sees it.
    origin: Option<String>,
    /// Content policy of what other sites may embed.
    pub(crate) embed_policy: HeaderValue,
    embeds_itself: bool,
    pub(crate) examples: &'static [Example],
    pub(crate) demo_command: Option<&'static str>,
    result_max_age: Duration,
    /// Results with their steps, which no other cache keeps.
    kept: Cache<Host, Checked>,
}

/// What a page has to show of a name.
pub(crate) struct Found {
    pub(crate) checked: Checked,
    /// Why it is older than it should be.
    pub(crate) notice: Option<String>,
}

impl Site {
    /// Pages about what `gateway` finds and `pages` knows of providers.
    pub fn new(
        gateway: Arc<Gateway>,
        pages: Arc<Pages>,
        config: &SiteConfig,
    ) -> Result<Self, InvalidSiteConfig> {
        Ok(Self {
            gateway,
            pages,
            origin: config.origin()?,
            embed_policy: config.embed_policy()?,
            embeds_itself: config.embeds_itself(),
            examples: &[],
            demo_command: None,
            result_max_age: config.result_max_age,
            kept: Cache::builder().max_capacity(KEPT).time_to_live(config.result_max_age).build(),
        })
    }

    /// With names to try, and the command that replaces made-up data by real ones.
    #[must_use]
    pub fn with_demo(self, examples: &'static [Example], command: &'static str) -> Self {
        Self { examples, demo_command: Some(command), ..self }
    }

    pub(crate) fn is_demo(&self) -> bool {
        self.demo_command.is_some()
    }

    /// Whether a page of this server may embed the form.
    pub(crate) fn embeds_itself(&self) -> bool {
        self.embeds_itself
    }

    /// `Cache-Control` of a result: it is for the one who asked, because it names the server as that one sees it.
    pub(crate) fn cache_control(&self) -> HeaderValue {
        let text = format!("private, max-age={}", self.result_max_age.as_secs().min(10));
        HeaderValue::try_from(text).expect("words and a number")
    }

    /// Where this server is, as the caller of `request` sees it.
    pub(crate) fn origin(&self, request: &HttpRequest) -> String {
        self.origin.clone().unwrap_or_else(|| greencheck_runtime::origin(request))
    }

    pub(crate) async fn admit(&self, request: &HttpRequest) -> Result<(), Exceeded> {
        self.gateway.limits.admit(request).await
    }

    /// Who waits for a look-up.
    pub(crate) fn asker(&self, request: &HttpRequest) -> Asker {
        self.gateway.limits.asker(request)
    }

    pub(crate) fn admit_full(&self, request: &HttpRequest) -> Result<(), Exceeded> {
        self.gateway.limits.admit_full(request)
    }

    /// What was found of `host` a moment ago, with its steps. `again` takes only what a slow check would take, too.
    pub(crate) fn kept(&self, host: &Host, again: bool) -> Option<Found> {
        let kept = self.kept.get(host)?;
        let is_current = kept.answer.generation >= self.pages.generation();
        if !is_current || (again && !self.gateway.is_recent(&kept.answer)) {
            return None;
        }
        let checked = Checked { cached: true, ..kept };
        self.gateway.record(&checked, Source::Page);
        Some(Found { checked, notice: None })
    }

    /// What an earlier check found, in a sentence.
    pub(crate) async fn known(&self, host: &Host) -> Option<String> {
        let answer = self.gateway.cached(host).await?;
        Some(words::known(answer.verdict.kind(), answer.modified))
    }

    /// A full look-up now. While nobody can look up, what is known stands, and says so.
    pub(crate) async fn look_up(&self, host: &Host, asker: Asker) -> Result<Found, LookupError> {
        self.found(host, self.gateway.look_up(host, Source::Page, asker).await).await
    }

    /// The same, telling each step as it ends.
    pub(crate) async fn follow(
        &self,
        host: &Host,
        asker: Asker,
        follower: Follower,
    ) -> Result<Found, LookupError> {
        self.found(host, self.gateway.follow(host, Source::Page, asker, follower).await).await
    }

    async fn found(
        &self,
        host: &Host,
        looked_up: Result<Checked, LookupError>,
    ) -> Result<Found, LookupError> {
        let error = match looked_up {
            Ok(checked) => {
                if !is_momentary(&checked.answer.verdict) {
                    self.kept.insert(host.clone(), checked.clone());
                }
                return Ok(Found { checked, notice: None });
            }
            Err(error) => error,
        };
        let Some(answer) = self.gateway.cached(host).await else { return Err(error) };
        let checked = Checked { answer, cached: true };
        self.gateway.record(&checked, Source::Page);
        let notice = format!("It could not be looked up now ({error}): this was found before.");
        Ok(Found { checked, notice: Some(notice) })
    }

    /// What the page says of `found`; `origin` is where this server is.
    pub(crate) async fn result(&self, host: &Host, found: Found, origin: &str) -> CheckResult {
        let provider: Option<ProviderId> = found.checked.answer.verdict.provider();
        let detail = match provider {
            // Without the directory the verdict stands, without the dates of its evidence.
            Some(id) => self.pages.provider(id).await.ok().flatten(),
            None => None,
        };
        let today = self.gateway.now().date_naive();
        CheckResult::new(host, &found, detail.as_deref(), today, origin, self.demo_command)
    }
}
