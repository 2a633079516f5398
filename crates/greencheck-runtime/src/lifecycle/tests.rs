use std::future::pending;

use tokio::sync::mpsc::{self, UnboundedSender};

use super::*;
use crate::Status;

const GRACE: Duration = Duration::from_secs(30);

fn succeeded(code: ExitCode) -> bool {
    code == ExitCode::SUCCESS
}

fn lifecycle() -> (Lifecycle, UnboundedSender<&'static str>) {
    let (signals, mut received) = mpsc::unbounded_channel();
    (Lifecycle::with_signals(stream::poll_fn(move |context| received.poll_recv(context))), signals)
}

async fn on_stop(lifecycle: &Lifecycle, outcome: anyhow::Result<()>) -> anyhow::Result<()> {
    lifecycle.stop_token().cancelled().await;
    outcome
}

#[tokio::test]
async fn a_signal_lets_servers_end_then_sinks_drop_then_writers_drain() {
    let (lifecycle, signals) = lifecycle();
    let (sink, mut source) = mpsc::unbounded_channel();
    let (report, mut written) = mpsc::unbounded_channel();
    let stop = lifecycle.stop_token();
    lifecycle.spawn("server", async move {
        stop.cancelled().await;
        tokio::task::yield_now().await;
        sink.send("the last request")?;
        Ok(())
    });
    lifecycle.spawn("writer", async move {
        while let Some(row) = source.recv().await {
            report.send(row)?;
        }
        Ok(())
    });
    signals.send("SIGTERM").unwrap();
    assert!(succeeded(lifecycle.run(GRACE).await));
    assert_eq!(written.recv().await, Some("the last request"));
}

#[tokio::test]
async fn a_task_that_fails_stops_the_others() {
    let (lifecycle, _signals) = lifecycle();
    let waiting = lifecycle.clone();
    lifecycle.spawn("waits", async move { on_stop(&waiting, Ok(())).await });
    lifecycle.spawn("fails", async { anyhow::bail!("no disk") });
    assert!(!succeeded(lifecycle.run(GRACE).await));
}

#[tokio::test]
async fn a_task_that_ends_well_stops_nobody() {
    let (lifecycle, signals) = lifecycle();
    let stop = lifecycle.stop_token();
    lifecycle.spawn("ends", async move {
        signals.send("SIGTERM")?;
        anyhow::ensure!(!stop.is_cancelled(), "nobody has asked for a stop yet");
        Ok(())
    });
    assert!(succeeded(lifecycle.run(GRACE).await));
}

#[tokio::test]
async fn a_failure_while_draining_is_a_failure() {
    let (lifecycle, signals) = lifecycle();
    let draining = lifecycle.clone();
    lifecycle.spawn("loses a batch", async move {
        on_stop(&draining, Err(anyhow::anyhow!("the last batch is lost"))).await
    });
    signals.send("SIGTERM").unwrap();
    assert!(!succeeded(lifecycle.run(GRACE).await));
}

#[tokio::test]
async fn a_panic_is_a_failure() {
    let (lifecycle, _signals) = lifecycle();
    lifecycle.spawn("panics", async { panic!("a bug") });
    assert!(!succeeded(lifecycle.run(GRACE).await));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_never_ends_is_abandoned_after_the_grace_time() {
    let (lifecycle, signals) = lifecycle();
    let (held, mut dropped) = mpsc::channel::<()>(1);
    lifecycle.spawn("hangs", async move {
        let _held = held;
        pending().await
    });
    signals.send("SIGTERM").unwrap();
    assert!(!succeeded(lifecycle.run(GRACE).await));
    assert_eq!(dropped.recv().await, None);
}

#[tokio::test]
async fn a_second_signal_does_not_wait_for_the_grace_time() {
    let (lifecycle, signals) = lifecycle();
    lifecycle.spawn("hangs", pending());
    signals.send("SIGTERM").unwrap();
    signals.send("SIGTERM").unwrap();
    assert!(!succeeded(lifecycle.run(Duration::MAX).await));
}

#[tokio::test(start_paused = true)]
async fn the_process_is_not_ready_but_serves_on_before_it_stops() {
    let (lifecycle, signals) = lifecycle();
    let lifecycle = lifecycle.with_pre_stop(Duration::from_secs(5));
    let (readiness, stop) = (lifecycle.readiness().clone(), lifecycle.stop_token());
    let mut running = std::pin::pin!(lifecycle.run(GRACE));
    signals.send("SIGTERM").unwrap();
    assert!(timeout(Duration::from_secs(4), &mut running).await.is_err());
    assert_eq!((readiness.report().status, stop.is_cancelled()), (Status::Stopping, false));
    assert!(succeeded(running.await));
    assert!(stop.is_cancelled());
}

#[tokio::test]
async fn a_stop_during_the_start_is_not_forgotten() {
    let (lifecycle, signals) = lifecycle();
    signals.send("SIGINT").unwrap();
    lifecycle.asked.cancelled().await;
    assert_eq!(lifecycle.readiness().report().status, Status::Stopping);
    assert!(succeeded(lifecycle.run(GRACE).await));
}

#[tokio::test]
async fn cancelling_a_token_of_ones_own_stops_nobody_else() {
    let (lifecycle, _signals) = lifecycle();
    lifecycle.stop_token().cancel();
    assert!(!lifecycle.stop_token().is_cancelled());
    lifecycle.stop();
    assert!(lifecycle.stop_token().is_cancelled());
}
