use std::future::Future;
use std::io;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::{FutureExt, Stream, StreamExt, stream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Readiness;

/// How long abandoned tasks may take to notice it.
const LAST_MOMENT: Duration = Duration::from_secs(1);

/// The one place that handles signals and waits for tasks.
///
/// A stop begins with SIGTERM, SIGINT, [`stop`](Self::stop) or a task that fails, and goes through phases:
///
/// 1. `/readyz` says 503; for the pre-stop delay the process goes on serving, so that load balancers look elsewhere first.
/// 2. The stop token is cancelled: [`serve`](crate::serve) stops accepting, answers what is under way and ends.
/// 3. The end of a server drops its handlers and what they own: the sinks.
/// 4. A task at the other end of a sink sees its channel close, stores the rest and ends by itself. It does not watch the
///    stop token, or it would end before the last handler has written. A main must therefore keep no sink of its own.
///
/// A second signal, or the end of the grace time, abandons what is left at its next await.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    tasks: TaskTracker,
    /// A signal has come.
    asked: CancellationToken,
    stop: CancellationToken,
    abandon: CancellationToken,
    failed: Arc<AtomicBool>,
    readiness: Readiness,
    pre_stop: Duration,
}

impl Lifecycle {
    /// Listens for SIGTERM and SIGINT from now on. Must be called within the runtime.
    pub fn new() -> io::Result<Self> {
        Ok(Self::with_signals(signals()?))
    }

    /// Takes `signals` (their names) instead of those of the process.
    pub fn with_signals(signals: impl Stream<Item = &'static str> + Send + 'static) -> Self {
        let this = Self {
            tasks: TaskTracker::new(),
            asked: CancellationToken::new(),
            stop: CancellationToken::new(),
            abandon: CancellationToken::new(),
            failed: Arc::default(),
            readiness: Readiness::default(),
            pre_stop: Duration::ZERO,
        };
        let (asked, abandon, readiness) = (this.asked.clone(), this.abandon.clone(), this.readiness.clone());
        detach(async move {
            let mut signals = std::pin::pin!(signals);
            let Some(signal) = signals.next().await else { return };
            tracing::info!(signal, "stopping");
            readiness.set_stopping();
            asked.cancel();
            let Some(signal) = signals.next().await else { return };
            tracing::error!(signal, "a second signal: abandoning what is left");
            abandon.cancel();
        });
        this
    }

    /// Serves on for `delay` after a signal, not ready any more. Not after a failure.
    #[must_use]
    pub fn with_pre_stop(self, delay: Duration) -> Self {
        Self { pre_stop: delay, ..self }
    }

    /// What `/readyz` shows.
    pub fn readiness(&self) -> &Readiness {
        &self.readiness
    }

    /// Cancelled when the process shall stop. Cancelling it oneself stops nobody else.
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.child_token()
    }

    /// Asks for a graceful stop.
    pub fn stop(&self) {
        self.readiness.set_stopping();
        self.stop.cancel();
    }

    /// Runs a task that the process waits for. One that fails or panics stops the process, with an exit code that says so,
    /// also while the process is draining. One that ends well ends alone.
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = anyhow::Result<()>> + Send + 'static) {
        let this = self.clone();
        self.tasks.spawn(async move {
            let task = AssertUnwindSafe(task).catch_unwind();
            tokio::select! {
                biased;
                outcome = task => match outcome {
                    Ok(Ok(())) => tracing::debug!(task = name, "the task has ended"),
                    Ok(Err(error)) => this.fail(name, &format!("{error:#}")),
                    Err(_) => this.fail(name, "it panicked"),
                },
                () = this.abandon.cancelled() => this.fail(name, "it did not end in time and was abandoned"),
            }
        });
    }

    fn fail(&self, name: &str, error: &str) {
        tracing::error!(task = name, error, "a task failed; the process stops");
        self.failed.store(true, Ordering::SeqCst);
        self.stop();
    }

    /// Says that the process is ready, waits for the stop, then at most `grace` for the tasks. The code is a failure if any
    /// task failed or was abandoned.
    pub async fn run(self, grace: Duration) -> ExitCode {
        self.readiness.set_started();
        tokio::select! {
            () = self.asked.cancelled() => self.delay().await,
            () = self.stop.cancelled() => {}
        }
        self.stop();
        self.tasks.close();
        tokio::select! {
            biased;
            () = self.tasks.wait() => {}
            () = self.abandon.cancelled() => {}
            () = tokio::time::sleep(grace) => {
                tracing::error!(?grace, left = self.tasks.len(), "the grace time is over");
                self.abandon.cancel();
            }
        }
        if timeout(LAST_MOMENT, self.tasks.wait()).await.is_err() {
            tracing::error!(left = self.tasks.len(), "tasks that never await cannot be abandoned");
            self.failed.store(true, Ordering::SeqCst);
        }
        if self.failed.load(Ordering::SeqCst) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }

    async fn delay(&self) {
        tokio::select! {
            () = tokio::time::sleep(self.pre_stop) => {}
            () = self.stop.cancelled() => {}
            () = self.abandon.cancelled() => {}
        }
    }
}

/// Runs a task that nobody waits for and that ends with the runtime.
#[expect(clippy::disallowed_methods, reason = "this is the one home of tasks")]
pub(crate) fn detach(task: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(task);
}

fn signals() -> io::Result<impl Stream<Item = &'static str> + Send + 'static> {
    let listeners = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(stream::unfold(listeners, |(mut terminate, mut interrupt)| async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        Some((name, (terminate, interrupt)))
    }))
}

#[cfg(test)]
mod tests;
