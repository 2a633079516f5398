//! How much is measured.

use std::time::Duration;

use crate::cli;

/// Sizes of one run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    pub(crate) quick: bool,
    pub(crate) pairs: usize,
    /// Length of one measurement.
    pub(crate) window: Duration,
    /// Of a hot set.
    pub(crate) hot_names: u64,
    /// Green names in the store.
    pub(crate) stored_names: u64,
    /// Address ranges in the catalog.
    pub(crate) ranges: u64,
    /// Niceness of RabbitMQ where it has the core of the gateway and nobody waits for it.
    pub(crate) broker_nice: u8,
}

impl Scale {
    pub(crate) fn of(arguments: &cli::Run) -> Self {
        let broker_nice = arguments.broker_nice;
        let usual = if arguments.quick {
            let window = Duration::from_millis(700);
            Self {
                quick: true,
                pairs: 5,
                window,
                hot_names: 10_000,
                stored_names: 20_000,
                ranges: 1_000,
                broker_nice,
            }
        } else {
            let window = Duration::from_secs(4);
            Self {
                quick: false,
                pairs: 5,
                window,
                hot_names: 10_000,
                stored_names: 1_000_000,
                ranges: 100_000,
                broker_nice,
            }
        };
        let window = arguments.seconds.map_or(usual.window, Duration::from_secs_f64);
        Self { pairs: arguments.pairs.unwrap_or(usual.pairs).max(1), window, ..usual }
    }
}
