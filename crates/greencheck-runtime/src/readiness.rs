use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Whether the process can do its work: it has started, is not stopping, and every component says that it is ready.
#[derive(Debug, Clone, Default)]
pub struct Readiness {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    phase: Phase,
    /// What is wrong with each component.
    components: BTreeMap<&'static str, Option<String>>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Phase {
    #[default]
    Starting,
    Running,
    Stopping,
}

impl Readiness {
    /// Adds a component, which is not ready until it says so. One of the same name is replaced.
    pub fn register(&self, component: &'static str) -> ReadinessHandle {
        self.lock().components.insert(component, Some("starting".to_owned()));
        ReadinessHandle { component, readiness: self.clone() }
    }

    /// What keeps the process from working, by component; empty when it is ready.
    pub fn failures(&self) -> BTreeMap<&'static str, String> {
        let state = self.lock();
        let failing = |(name, reason): (&&'static str, &Option<String>)| Some((*name, reason.clone()?));
        let mut failures: BTreeMap<_, _> = state.components.iter().filter_map(failing).collect();
        match state.phase {
            Phase::Starting => failures.insert("process", "starting".to_owned()),
            Phase::Stopping => failures.insert("process", "stopping".to_owned()),
            Phase::Running => None,
        };
        failures
    }

    /// Everything is set up. A stop that came earlier stays one.
    pub(crate) fn set_started(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Starting {
            state.phase = Phase::Running;
        }
    }

    /// No more work shall come.
    pub(crate) fn set_stopping(&self) {
        self.lock().phase = Phase::Stopping;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// By which one component says whether it is ready.
#[derive(Debug, Clone)]
pub struct ReadinessHandle {
    component: &'static str,
    readiness: Readiness,
}

impl ReadinessHandle {
    /// The component works.
    pub fn set_ready(&self) {
        self.set(None);
    }

    /// The component does not work; `/readyz` shows the reason, so it must not hold a secret.
    pub fn set_failing(&self, reason: impl Into<String>) {
        self.set(Some(reason.into()));
    }

    fn set(&self, reason: Option<String>) {
        self.readiness.lock().components.insert(self.component, reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_ready_between_start_and_stop_while_its_components_are() {
        let readiness = Readiness::default();
        assert_eq!(readiness.failures()["process"], "starting");
        readiness.set_started();
        assert!(readiness.failures().is_empty());
        let (queue, store) = (readiness.register("queue"), readiness.register("store"));
        store.set_ready();
        assert_eq!(readiness.failures(), BTreeMap::from([("queue", "starting".to_owned())]));
        queue.set_failing("not connected");
        assert_eq!(readiness.failures(), BTreeMap::from([("queue", "not connected".to_owned())]));
        queue.set_ready();
        assert!(readiness.failures().is_empty());
        readiness.set_stopping();
        readiness.set_started();
        assert_eq!(readiness.failures()["process"], "stopping");
    }
}
