use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Instant;

use actix_web::http::StatusCode;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
};

/// Seconds: from an answer out of memory to the longest that anybody waits.
const BUCKETS: [f64; 15] =
    [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

/// Rate, errors and duration of HTTP requests, by route pattern.
#[derive(Clone)]
pub struct HttpMetrics {
    requests: IntCounterVec,
    seconds: HistogramVec,
    in_flight: IntGauge,
    connections: IntGauge,
    connections_max: IntGauge,
    workers: IntGauge,
}

impl HttpMetrics {
    /// Once for a registry; servers of one process share a clone.
    pub fn register(registry: &Registry) -> prometheus::Result<Self> {
        let requests = Opts::new("http_requests_total", "Requests by method, route pattern and status");
        let seconds =
            HistogramOpts::new("http_request_duration_seconds", "From the request to the head of its answer");
        let metrics = Self {
            requests: IntCounterVec::new(requests, &["method", "route", "status"])?,
            seconds: HistogramVec::new(seconds.buckets(BUCKETS.to_vec()), &["method", "route"])?,
            in_flight: IntGauge::new("http_requests_in_flight", "Requests under way")?,
            connections: IntGauge::new("http_connections", "Connections of clients")?,
            connections_max: IntGauge::new(
                "http_connections_max",
                "Connections held at once by all workers",
            )?,
            workers: IntGauge::new("http_workers", "Threads that serve requests")?,
        };
        registry.register(Box::new(metrics.requests.clone()))?;
        registry.register(Box::new(metrics.seconds.clone()))?;
        registry.register(Box::new(metrics.in_flight.clone()))?;
        registry.register(Box::new(metrics.connections.clone()))?;
        registry.register(Box::new(metrics.connections_max.clone()))?;
        registry.register(Box::new(metrics.workers.clone()))?;
        Ok(metrics)
    }

    /// What the server was given. Servers of one process add up.
    pub(crate) fn limits(&self, workers: usize, connections_each: usize) {
        let add = |gauge: &IntGauge, value: usize| gauge.add(i64::try_from(value).unwrap_or(i64::MAX));
        add(&self.workers, workers);
        add(&self.connections_max, workers.saturating_mul(connections_each));
    }

    /// Counts a connection until the result is dropped.
    pub(crate) fn connected(&self) -> OpenConnection {
        self.connections.inc();
        OpenConnection(self.connections.clone())
    }
}

/// A connection that a client holds.
pub(crate) struct OpenConnection(IntGauge);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A request under way. Dropped without an answer, the client has hung up.
pub(super) struct Running {
    handles: Rc<Handles>,
    method: &'static str,
    started: Instant,
}

impl Running {
    pub(super) fn start(handles: Rc<Handles>, method: &'static str) -> Self {
        handles.metrics.in_flight.inc();
        Self { handles, method, started: Instant::now() }
    }

    pub(super) fn answered(&self, route: &str, status: StatusCode) {
        self.handles.observe(self.method, route, status.as_u16(), self.started.elapsed().as_secs_f64());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handles.metrics.in_flight.dec();
    }
}

/// The metrics of one worker, found without making label values anew for each request. Bounded: routes are patterns.
pub(crate) struct Handles {
    metrics: HttpMetrics,
    routes: RefCell<HashMap<String, Vec<Handle>>>,
}

struct Handle {
    method: &'static str,
    status: u16,
    requests: IntCounter,
    seconds: Histogram,
}

impl Handles {
    pub(crate) fn new(metrics: HttpMetrics) -> Self {
        Self { metrics, routes: RefCell::default() }
    }

    pub(crate) fn observe(&self, method: &'static str, route: &str, status: u16, seconds: f64) {
        let mut routes = self.routes.borrow_mut();
        let known = routes.get(route).and_then(|handles| {
            handles.iter().find(|handle| handle.method == method && handle.status == status)
        });
        if let Some(handle) = known {
            return handle.observe(seconds);
        }
        let handle = self.handle(method, route, status);
        handle.observe(seconds);
        routes.entry(route.to_owned()).or_default().push(handle);
    }

    fn handle(&self, method: &'static str, route: &str, status: u16) -> Handle {
        Handle {
            method,
            status,
            requests: self.metrics.requests.with_label_values(&[method, route, &status.to_string()]),
            seconds: self.metrics.seconds.with_label_values(&[method, route]),
        }
    }
}

impl Handle {
    fn observe(&self, seconds: f64) {
        self.requests.inc();
        self.seconds.observe(seconds);
    }
}
