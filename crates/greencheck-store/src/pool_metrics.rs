use std::sync::Arc;

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{IntGauge, Registry};

use crate::{PoolStatus, Store};

/// Shows in `registry` how busy the connections of `store` are, as they are when somebody looks.
pub fn register_pool(store: Arc<dyn Store>, registry: &Registry) -> prometheus::Result<()> {
    let gauges = Gauges {
        size: IntGauge::new("greencheck_store_connections", "Open connections to the database")?,
        in_use: IntGauge::new("greencheck_store_connections_in_use", "Connections that work on something")?,
        max: IntGauge::new("greencheck_store_connections_max", "Connections allowed at once")?,
        waiting: IntGauge::new("greencheck_store_calls_waiting", "Calls that wait for a connection")?,
    };
    registry.register(Box::new(Pool { store, gauges }))
}

struct Pool {
    store: Arc<dyn Store>,
    gauges: Gauges,
}

struct Gauges {
    size: IntGauge,
    in_use: IntGauge,
    max: IntGauge,
    waiting: IntGauge,
}

impl Gauges {
    fn all(&self) -> [&IntGauge; 4] {
        [&self.size, &self.in_use, &self.max, &self.waiting]
    }

    fn set(&self, status: PoolStatus) {
        let PoolStatus { size, in_use, max, waiting } = status;
        for (gauge, value) in self.all().into_iter().zip([size, in_use, max, waiting]) {
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        }
    }
}

impl Collector for Pool {
    fn desc(&self) -> Vec<&Desc> {
        self.gauges.all().into_iter().flat_map(Collector::desc).collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        self.gauges.set(self.store.pool_status());
        self.gauges.all().into_iter().flat_map(Collector::collect).collect()
    }
}
