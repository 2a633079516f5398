use std::future::Future;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use futures_util::FutureExt;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Readiness;

/// The one place that handles signals and waits for tasks.
///
/// SIGTERM, SIGINT or a task that fails begin the stop: readiness goes 503, and after the notice time the stop token is
/// cancelled. Servers then stop accepting and finish; dropping them drops the sinks; writers see the end of their channel
/// and drain. After the grace time, or at a second signal, what is left is abandoned.
#[derive(Clone)]
pub struct Lifecycle {
    tasks: TaskTracker,
    stop: CancellationToken,
    failed: Arc<AtomicBool>,
    readiness: Readiness,
}

impl Lifecycle {
    pub fn new(readiness: Readiness) -> Self {
        Self { tasks: TaskTracker::new(), stop: CancellationToken::new(), failed: Arc::default(), readiness }
    }

    /// Cancelled when the process shall stop.
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Runs a task that the process waits for. One that fails or panics stops the process, with an exit code that says so,
    /// also while the process is draining.
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = anyhow::Result<()>> + Send + 'static) {
        let this = self.clone();
        self.tasks.spawn(async move {
            let outcome = std::panic::AssertUnwindSafe(task).catch_unwind().await;
            match outcome {
                Ok(Ok(())) => tracing::debug!(task = name, "a task ended"),
                Ok(Err(error)) => this.fail(name, &format!("{error:#}")),
                Err(_) => this.fail(name, "it panicked"),
            }
        });
    }

    /// Runs a task that the process does not wait for; its failure stops the process all the same.
    #[expect(clippy::disallowed_methods, reason = "this is the one home of tasks")]
    pub(crate) fn spawn_detached(
        &self,
        name: &'static str,
        task: impl Future<Output = anyhow::Result<()>> + Send + 'static,
    ) {
        let this = self.clone();
        tokio::spawn(async move {
            if let Err(error) = task.await {
                this.fail(name, &format!("{error:#}"));
            }
        });
    }

    fn fail(&self, name: &str, error: &str) {
        tracing::error!(task = name, error, "a task failed; the process stops");
        self.failed.store(true, Ordering::SeqCst);
        self.stop.cancel();
    }

    /// Waits for a signal or a failure, then for the tasks. `notice` passes between readiness going 503 and the stop, so
    /// that load balancers look elsewhere first.
    pub async fn run(self, notice: Duration, grace: Duration) -> anyhow::Result<ExitCode> {
        let mut signals = Signals::listen()?;
        self.readiness.set_started();
        tokio::select! {
            name = signals.next() => {
                tracing::info!(signal = name, "stopping");
                self.readiness.set_stopping();
                tokio::select! {
                    () = tokio::time::sleep(notice) => {}
                    _ = signals.next() => {}
                    () = self.stop.cancelled() => {}
                }
            }
            () = self.stop.cancelled() => self.readiness.set_stopping(),
        }
        self.stop.cancel();
        self.tasks.close();
        tokio::select! {
            ended = timeout(grace, self.tasks.wait()) => if ended.is_err() {
                tracing::error!(?grace, left = self.tasks.len(), "tasks did not end within the grace time; abandoning them");
                self.failed.store(true, Ordering::SeqCst);
            },
            name = signals.next() => {
                tracing::error!(signal = name, left = self.tasks.len(), "a second signal; abandoning what is left");
                self.failed.store(true, Ordering::SeqCst);
            }
        }
        Ok(if self.failed.load(Ordering::SeqCst) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?,
            interrupt: signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lifecycle() -> Lifecycle {
        Lifecycle::new(Readiness::default())
    }

    const GRACE: Duration = Duration::from_secs(30);

    /// `ExitCode` has no equality.
    fn text(code: ExitCode) -> String {
        format!("{code:?}")
    }

    #[tokio::test]
    async fn tasks_that_end_well_after_the_stop_are_a_success() {
        let lifecycle = lifecycle();
        let stop = lifecycle.stop_token();
        lifecycle.spawn("drains", async move {
            stop.cancelled().await;
            tokio::task::yield_now().await;
            Ok(())
        });
        lifecycle.stop_token().cancel();
        assert_eq!(text(lifecycle.run(Duration::ZERO, GRACE).await.unwrap()), text(ExitCode::SUCCESS));
    }

    #[tokio::test]
    async fn a_task_that_fails_stops_the_others() {
        let lifecycle = lifecycle();
        let stop = lifecycle.stop_token();
        lifecycle.spawn("waits", async move {
            stop.cancelled().await;
            Ok(())
        });
        lifecycle.spawn("fails", async { anyhow::bail!("no disk") });
        assert_eq!(text(lifecycle.run(Duration::ZERO, GRACE).await.unwrap()), text(ExitCode::FAILURE));
    }

    #[tokio::test]
    async fn a_failure_while_draining_is_a_failure() {
        let lifecycle = lifecycle();
        let stop = lifecycle.stop_token();
        lifecycle.spawn("loses a batch", async move {
            stop.cancelled().await;
            anyhow::bail!("the last batch is lost")
        });
        lifecycle.stop_token().cancel();
        assert_eq!(text(lifecycle.run(Duration::ZERO, GRACE).await.unwrap()), text(ExitCode::FAILURE));
    }

    #[tokio::test]
    async fn a_panic_is_a_failure() {
        let lifecycle = lifecycle();
        lifecycle.spawn("panics", async { panic!("a bug") });
        assert_eq!(text(lifecycle.run(Duration::ZERO, GRACE).await.unwrap()), text(ExitCode::FAILURE));
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_never_ends_is_abandoned_after_the_grace_time() {
        let lifecycle = lifecycle();
        lifecycle.spawn("hangs", std::future::pending());
        lifecycle.stop_token().cancel();
        assert_eq!(text(lifecycle.run(Duration::ZERO, GRACE).await.unwrap()), text(ExitCode::FAILURE));
    }
}
