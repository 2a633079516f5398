use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Tells what keeps the component from working, or nothing when it works. Must answer at once.
pub type Check = Box<dyn Fn() -> Result<(), String> + Send + Sync>;

/// Whether the process can do its work: every registered check passes and it is not stopping.
#[derive(Clone, Default)]
pub struct Readiness {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    started: bool,
    stopping: bool,
    checks: BTreeMap<&'static str, Check>,
}

impl Readiness {
    /// Adds a check; a check of the same name is replaced.
    pub fn register(
        &self,
        name: &'static str,
        check: impl Fn() -> Result<(), String> + Send + Sync + 'static,
    ) {
        self.lock().checks.insert(name, Box::new(check));
    }

    /// Says that everything is set up.
    pub fn set_started(&self) {
        self.lock().started = true;
    }

    /// Says that no more work shall come.
    pub fn set_stopping(&self) {
        self.lock().stopping = true;
    }

    /// What keeps the process from working, by name; empty when it is ready.
    pub fn failures(&self) -> BTreeMap<&'static str, String> {
        let state = self.lock();
        if state.stopping {
            return BTreeMap::from([("process", "stopping".to_owned())]);
        }
        if !state.started {
            return BTreeMap::from([("process", "starting".to_owned())]);
        }
        state.checks.iter().filter_map(|(name, check)| Some((*name, check().err()?))).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_ready_between_start_and_stop_while_its_checks_pass() {
        let readiness = Readiness::default();
        assert_eq!(readiness.failures()["process"], "starting");
        readiness.set_started();
        assert!(readiness.failures().is_empty());
        readiness.register("queue", || Err("not connected".to_owned()));
        readiness.register("store", || Ok(()));
        assert_eq!(readiness.failures(), BTreeMap::from([("queue", "not connected".to_owned())]));
        readiness.register("queue", || Ok(()));
        assert!(readiness.failures().is_empty());
        readiness.set_stopping();
        assert_eq!(readiness.failures()["process"], "stopping");
    }
}
