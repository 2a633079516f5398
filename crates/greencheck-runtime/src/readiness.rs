use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// Whether the process can do its work: it has started, every essential component has worked once, and it is not stopping.
///
/// A component that fails later does not take the process out of service, since what a process can do without it is more
/// than nothing, and all replicas lose a shared server at the same moment. It is shown as degraded.
#[derive(Debug, Clone, Default)]
pub struct Readiness {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    phase: Phase,
    components: BTreeMap<&'static str, Component>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Phase {
    #[default]
    Starting,
    Running,
    Stopping,
}

/// Whether a process may take work before a component has worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Not before it has worked once.
    Essential,
    /// It does its work without, if less well.
    Optional,
}

#[derive(Debug)]
struct Component {
    need: Need,
    has_worked: bool,
    /// What is wrong with it now.
    problem: Option<String>,
}

/// What `/readyz` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadinessReport {
    /// Of the process as a whole.
    pub status: Status,
    /// Of each component, by name.
    pub components: BTreeMap<&'static str, ComponentReport>,
}

/// A process or a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It takes no work yet.
    Starting,
    /// All is well.
    Ready,
    /// It works, and something does not.
    Degraded,
    /// It takes no more work.
    Stopping,
}

/// One component of a process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComponentReport {
    /// Never [`Status::Stopping`].
    pub status: Status,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl ReadinessReport {
    /// Whether work may be given to the process.
    pub fn is_ready(&self) -> bool {
        matches!(self.status, Status::Ready | Status::Degraded)
    }
}

impl Readiness {
    /// Adds a component, which has not worked yet. One of the same name is replaced.
    pub fn register(&self, component: &'static str, need: Need) -> ReadinessHandle {
        let starting = Component { need, has_worked: false, problem: Some("not asked yet".to_owned()) };
        self.lock().components.insert(component, starting);
        ReadinessHandle { component, readiness: self.clone() }
    }

    /// The process and its components, as they are now.
    pub fn report(&self) -> ReadinessReport {
        let state = self.lock();
        let components: BTreeMap<_, _> =
            state.components.iter().map(|(name, component)| (*name, component.report())).collect();
        let any = |status| components.values().any(|component| component.status == status);
        let status = match state.phase {
            Phase::Stopping => Status::Stopping,
            Phase::Starting => Status::Starting,
            Phase::Running if any(Status::Starting) => Status::Starting,
            Phase::Running if any(Status::Degraded) => Status::Degraded,
            Phase::Running => Status::Ready,
        };
        ReadinessReport { status, components }
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

impl Component {
    fn report(&self) -> ComponentReport {
        let status = match (&self.problem, self.need, self.has_worked) {
            (None, ..) => Status::Ready,
            (Some(_), Need::Essential, false) => Status::Starting,
            (Some(_), ..) => Status::Degraded,
        };
        ComponentReport { status, reason: self.problem.clone() }
    }
}

/// By which one component says whether it works.
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

    pub(crate) fn name(&self) -> &'static str {
        self.component
    }

    fn set(&self, problem: Option<String>) {
        let mut state = self.readiness.lock();
        if let Some(component) = state.components.get_mut(self.component) {
            component.has_worked |= problem.is_none();
            component.problem = problem;
        }
    }
}

#[cfg(test)]
mod tests;
