use std::sync::Arc;

use actix_web::dev::RequestHead;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use greencheck_core::Source;
use greencheck_runtime::{AtHand, Shortcut};

use super::{badge, check, multi};
use crate::badges::Badges;
use crate::gateway::Checked;
use crate::partner_api::API_KEY;
use crate::{Gateway, respond};

/// Answers plain checks, of one name and of many, and badges of which this process has all at hand: the verdicts and, for a
/// badge, the picture. Nobody has to be asked and a name, which is written as it is kept, needs no parsing.
#[derive(Clone)]
pub struct GatewayShortcut {
    gateway: Arc<Gateway>,
    badges: Arc<Badges>,
}

impl GatewayShortcut {
    /// The short way to what these answer.
    pub fn new(gateway: Arc<Gateway>, badges: Arc<Badges>) -> Self {
        Self { gateway, badges }
    }

    fn check(&self, request: &RequestHead) -> Option<AtHand> {
        let path = request.uri.path();
        let named = |route: &check::Route| Some((path.strip_prefix(route.prefix)?, route.pattern));
        let (name, pattern) = check::ROUTES.iter().find_map(named)?;
        // Before the cache counts a hit that the routes would count again.
        if !respond::accepts_json(&request.headers) {
            return None;
        }
        let answer = self.gateway.ports.cache.peek(name)?;
        let now = self.gateway.now();
        if now >= self.gateway.due_for_refresh(&answer) {
            return None;
        }
        // Whoever may not ask is told so on the long way.
        let allowance = self.gateway.limits.spend_without_key(request).ok()?;
        let keep = &self.gateway.check_cache_control;
        let response = check::known(&request.headers, allowance.as_ref(), name, &answer, keep, now);
        self.gateway.record_at(&Checked { answer, cached: true }, Source::Api, now);
        Some(AtHand { response, route: pattern })
    }

    fn badge(&self, request: &RequestHead) -> Option<AtHand> {
        let path = request.uri.path();
        let route = badge::Route::ALL.into_iter().find(|route| path.starts_with(route.prefix()))?;
        let now = self.gateway.now();
        let (response, checked) = badge::at_hand(request, &self.badges, route, now)?;
        self.gateway.record_at(&checked, Source::Badge, now);
        Some(AtHand { response, route: route.pattern() })
    }
}

impl Shortcut for GatewayShortcut {
    fn answer(&self, request: &RequestHead) -> Option<AtHand> {
        if !is_plain(request) {
            return None;
        }
        let at_hand = self
            .check(request)
            .or_else(|| self.badge(request))
            .or_else(|| multi::at_hand(request, &self.gateway))?;
        self.gateway.metrics.at_hand.inc();
        Some(at_hand)
    }
}

/// Whether nothing but path and headers that everybody may send decides.
fn is_plain(request: &RequestHead) -> bool {
    request.method == Method::GET && request.uri.query().is_none() && !shows_key(&request.headers)
}

fn shows_key(headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION) || headers.contains_key(API_KEY)
}
