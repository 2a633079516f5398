use std::sync::Arc;

use actix_web::HttpRequest;
use greencheck_core::ports::CheckRecorder;
use greencheck_core::{Clock, Usage};

use crate::partner_api::Identity;

/// Notes what callers with keys ask.
pub(super) struct Meter {
    pub(super) checks: Arc<dyn CheckRecorder>,
    pub(super) clock: Arc<dyn Clock>,
}

impl Meter {
    /// Notes one request about so many names, if it shows a key that counts.
    pub(super) fn count(&self, request: &HttpRequest, names: usize) {
        let Identity::Key(key) = Identity::of(request) else { return };
        let Some(route) = request.match_pattern() else { return };
        let (day, names) = (self.clock.now().date_naive(), names as u64);
        self.checks.count(Usage { key: key.id, day, route, requests: 1, names });
    }
}
