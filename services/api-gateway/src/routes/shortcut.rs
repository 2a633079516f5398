use std::sync::Arc;

use actix_web::http::header;
use greencheck_core::Source;
use greencheck_runtime::{AtHand, Head, Plain, Shortcut, Writer};

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

    fn check(
        &self,
        request: &Plain<'_>,
        (name, route): (&str, &'static str),
        reply: Writer<'_>,
    ) -> Option<AtHand> {
        // Before the cache counts a hit that the routes would count again.
        if !respond::accepts_json(request) {
            return None;
        }
        let answer = self.gateway.ports.cache.peek(name)?;
        let now = self.gateway.now();
        if now >= self.gateway.due_for_refresh(&answer) {
            return None;
        }
        // Whoever may not ask is told so on the long way.
        let allowance = self.gateway.limits.spend_without_key(request).ok()?;
        let shared = &self.gateway.check_headers;
        let given = check::known(reply, request, allowance.as_ref(), name, &answer, shared, now);
        self.gateway.record_at(&Checked { answer, cached: true }, Source::Api, now);
        Some(AtHand { given, route })
    }

    fn badge(&self, request: &Plain<'_>, route: badge::Route, reply: Writer<'_>) -> Option<AtHand> {
        let now = self.gateway.now();
        let (given, checked) = badge::at_hand(reply, request, &self.badges, route, now)?;
        self.gateway.record_at(&checked, Source::Badge, now);
        Some(AtHand { given, route: route.pattern() })
    }
}

impl Shortcut for GatewayShortcut {
    fn answer(&self, request: &Plain<'_>, reply: Writer<'_>) -> Option<AtHand> {
        // Whoever shows a key is known by it.
        if request.has(&header::AUTHORIZATION) || request.has(&API_KEY) {
            return None;
        }
        let path = request.path();
        let named = |route: &check::Route| Some((path.strip_prefix(route.prefix)?, route.pattern));
        let at_hand = if let Some(named) = check::ROUTES.iter().find_map(named) {
            self.check(request, named, reply)
        } else if let Some(route) =
            badge::Route::ALL.into_iter().find(|route| path.starts_with(route.prefix()))
        {
            self.badge(request, route, reply)
        } else {
            multi::at_hand(reply, request, &self.gateway)
        };
        self.gateway.metrics.at_hand.inc_by(u64::from(at_hand.is_some()));
        at_hand
    }
}
