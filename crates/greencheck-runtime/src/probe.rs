use std::error::Error;
use std::future::Future;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::{Lifecycle, ReadinessHandle};

/// Between two questions to a component that has worked.
const PERIOD: Duration = Duration::from_secs(5);
/// Between the first two questions to one that has not; then twice as long each time.
const FIRST_PERIOD: Duration = Duration::from_millis(25);
/// What takes longer counts as a failure.
const PATIENCE: Duration = Duration::from_secs(5);

impl Lifecycle {
    /// Asks `component` again and again by `probe` whether it works, until the stop, and lets `handle` say so. The errors
    /// are shown by `/readyz` with their causes, so they must not hold a secret.
    pub fn watch<C, P, F, E>(&self, handle: ReadinessHandle, component: C, probe: P)
    where
        C: Clone + Send + Sync + 'static,
        P: Fn(C) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), E>> + Send,
        E: Into<Box<dyn Error + Send + Sync>> + Send,
    {
        let stop = self.stop_token();
        self.spawn(handle.name(), async move {
            let mut pause = FIRST_PERIOD;
            loop {
                let outcome = tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    outcome = timeout(PATIENCE, probe(component.clone())) => outcome,
                };
                match outcome {
                    Ok(Ok(())) => {
                        pause = PERIOD;
                        handle.set_ready();
                    }
                    Ok(Err(error)) => handle.set_failing(with_causes(&*error.into())),
                    Err(_) => handle.set_failing(format!("no answer within {PATIENCE:?}")),
                }
                tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    () = sleep(pause) => pause = (pause * 2).min(PERIOD),
                }
            }
        });
    }
}

fn with_causes(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use futures_util::stream;

    use super::*;
    use crate::{Need, Status};

    async fn until(lifecycle: &Lifecycle, status: Status) {
        let seen = async {
            while lifecycle.readiness().report().components["disk"].status != status {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(60), seen).await.expect("the status comes");
    }

    #[tokio::test(start_paused = true)]
    async fn a_component_is_followed_until_the_stop() {
        let lifecycle = Lifecycle::with_signals(stream::pending());
        let works = Arc::new(AtomicBool::new(false));
        let handle = lifecycle.readiness().register("disk", Need::Essential);
        lifecycle.watch(handle, Arc::clone(&works), async |works: Arc<AtomicBool>| {
            if works.load(Ordering::SeqCst) { Ok(()) } else { Err("full") }
        });
        until(&lifecycle, Status::Starting).await;
        works.store(true, Ordering::SeqCst);
        until(&lifecycle, Status::Ready).await;
        works.store(false, Ordering::SeqCst);
        until(&lifecycle, Status::Degraded).await;
        lifecycle.stop();
        assert_eq!(
            format!("{:?}", lifecycle.run(Duration::from_secs(1)).await),
            "ExitCode(unix_exit_status(0))"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_component_that_does_not_answer_fails() {
        let lifecycle = Lifecycle::with_signals(stream::pending());
        let handle = lifecycle.readiness().register("disk", Need::Optional);
        handle.set_ready();
        lifecycle.watch(handle, (), |()| std::future::pending::<Result<(), &str>>());
        until(&lifecycle, Status::Degraded).await;
        let report = lifecycle.readiness().report();
        assert_eq!(report.components["disk"].reason.as_deref(), Some("no answer within 5s"));
    }
}
