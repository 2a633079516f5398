use std::collections::HashMap;
use std::sync::Arc;

use greencheck_core::{Answer, HostedBy, ProviderId};

/// One copy of each provider for all its names: answers that came over the network each have a copy of their own, which
/// is larger than the rest of the answer.
#[derive(Default)]
pub(super) struct SharedProviders {
    by_id: HashMap<ProviderId, Arc<HostedBy>>,
}

impl SharedProviders {
    const ROOM: usize = 100_000;

    /// The answer as it is kept: with the shared provider, without explanation.
    pub(super) fn share(&mut self, answer: &Arc<Answer>) -> Arc<Answer> {
        let hosted_by = answer.hosted_by.as_ref().map(|own| self.one_for_all(own));
        let same = match (&hosted_by, &answer.hosted_by) {
            (Some(shared), Some(own)) => Arc::ptr_eq(shared, own),
            _ => true,
        };
        if same && answer.explanation.is_none() {
            return Arc::clone(answer);
        }
        Arc::new(Answer { hosted_by, explanation: None, ..Answer::clone(answer) })
    }

    fn one_for_all(&mut self, own: &Arc<HostedBy>) -> Arc<HostedBy> {
        match self.by_id.get(&own.id) {
            Some(shared) if shared == own => return Arc::clone(shared),
            None if self.by_id.len() >= Self::ROOM => self.by_id.clear(),
            _ => {}
        }
        self.by_id.insert(own.id, Arc::clone(own));
        Arc::clone(own)
    }
}
