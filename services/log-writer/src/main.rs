//! The log, as a process of its own.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use greencheck_core::{CONFIG_SECTIONS, SystemClock};
use greencheck_queue::{LogConfig, QueueConfig};
use greencheck_runtime::{Need, Process};
use greencheck_store::StoreConfig;
use log_writer::{LogWriter, Metrics, Retention, Upkeep, WriterConfig};
use serde::{Deserialize, Serialize};

/// Longer than any setting keeps a resolved carbon.txt in use.
const CARBON_TXT_RESULTS: Duration = Duration::from_secs(30 * 24 * 3600);

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    log: LogConfig,
    queue: QueueConfig,
    store: StoreConfig,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let Some(process) = Process::<Config>::start("log-writer", &CONFIG_SECTIONS)? else {
        return Ok(ExitCode::SUCCESS);
    };
    let Process { config, registry, lifecycle, .. } = &process;
    let clock = Arc::new(SystemClock);
    let readiness = process.readiness();
    let store_ready = readiness.register("store", Need::Essential);
    let broker_ready = readiness.register("broker", Need::Essential);
    let store = greencheck_store::connect(&config.store).await?;
    greencheck_store::register_pool(store.clone(), registry)?;
    let queue_metrics = greencheck_queue::Metrics::register(registry)?;
    let queue = greencheck_queue::connect(&config.queue, &queue_metrics)?;
    lifecycle.watch(store_ready, store.clone(), |store| async move { store.ping().await });
    lifecycle.watch(broker_ready, queue_metrics, |queue| async move { queue.reachable() });
    let metrics = Metrics::register(registry)?;
    let writing = WriterConfig {
        rows_per_append: config.log.rows_per_append,
        max_rows_per_second: config.log.max_rows_per_second,
        prefetch: config.log.prefetch,
    };
    for _ in 0..config.log.consumers.max(1) {
        let source = queue.batch_source(config.log.prefetch);
        let writer = LogWriter::new(source, store.clone(), clock.clone(), writing, metrics.clone());
        lifecycle.spawn("log-writer", writer.run(lifecycle.stop_token()));
    }
    let retention = Retention {
        check_days: config.log.retention_days,
        verdicts: config.log.verdict_retention,
        carbon_txt_results: CARBON_TXT_RESULTS,
    };
    let upkeep = Upkeep::new(store.clone(), store, clock, retention, metrics);
    lifecycle.spawn("upkeep", upkeep.run(lifecycle.stop_token()));
    Ok(process.run().await)
}
