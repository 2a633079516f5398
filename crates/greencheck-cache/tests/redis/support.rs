//! Redis servers for tests, and processes in front of them.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use greencheck_cache::{CacheConfig, Metrics, TieredCache};
use greencheck_core::{ServerUrl, SystemClock};
use greencheck_testkit::contract::cache::until;
use prometheus::Registry;
use redis::FromRedisValue;
use tempfile::TempDir;

/// Where a test finds Redis, and the prefix of its keys.
pub(crate) struct TestRedis {
    pub(crate) url: String,
    pub(crate) prefix: String,
}

impl TestRedis {
    /// The server of `TEST_REDIS_URL`, with a prefix that no other test has.
    pub(crate) fn shared() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the tests' server is not configuration")]
        let url = std::env::var("TEST_REDIS_URL").expect("TEST_REDIS_URL names a Redis for tests");
        Self { url, prefix: unique_prefix() }
    }

    pub(crate) fn config(&self) -> CacheConfig {
        CacheConfig {
            url: ServerUrl::new(&self.url),
            prefix: self.prefix.clone(),
            // A machine busy with tests may be slow; what is late on purpose is late by far more.
            timeout: Duration::from_millis(500),
            ..CacheConfig::default()
        }
    }

    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}:v1:answer:{name}", self.prefix)
    }

    /// Asks the server directly.
    pub(crate) async fn ask<T: FromRedisValue>(&self, words: &[&str]) -> T {
        let client = redis::Client::open(&*self.url).expect("it is a Redis URL");
        let mut connection = client.get_multiplexed_async_connection().await.expect("Redis is there");
        let mut command = redis::Cmd::new();
        command.arg(words);
        command.query_async(&mut connection).await.expect("Redis answers")
    }

    /// How often the server has run `command`.
    pub(crate) async fn calls(&self, command: &str) -> u64 {
        let stats: String = self.ask(&["INFO", "commandstats"]).await;
        let line = stats.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
        line.and_then(|line| line.split(',').next())
            .map_or(0, |calls| calls.parse().expect("calls are counted"))
    }
}

/// A cache as one process has it, and its metrics.
pub(crate) struct Process {
    pub(crate) cache: TieredCache,
    registry: Registry,
}

impl Process {
    pub(crate) fn new(config: &CacheConfig) -> Self {
        let registry = Registry::new();
        let metrics = Metrics::register(&registry).expect("a new registry has no metrics");
        Self {
            cache: TieredCache::new(config, Arc::new(SystemClock), &metrics).expect("it is a Redis URL"),
            registry,
        }
    }

    /// The sum of a counter or gauge over its labels.
    pub(crate) fn metric(&self, name: &str) -> f64 {
        let families = self.registry.gather();
        let family = families.iter().find(|family| family.name() == name).expect("the metric exists");
        family
            .get_metric()
            .iter()
            .map(|metric| metric.get_counter().get_value() + metric.get_gauge().get_value())
            .sum()
    }
}

/// Processes on one part of the shared Redis.
pub(crate) fn processes<const N: usize>() -> [TieredCache; N] {
    let config = TestRedis::shared().config();
    std::array::from_fn(|_| Process::new(&config).cache)
}

/// A server of one test alone, which it may stop.
pub(crate) struct PrivateRedis {
    pub(crate) redis: TestRedis,
    port: u16,
    server: Child,
    folder: TempDir,
}

impl PrivateRedis {
    pub(crate) async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|socket| socket.local_addr())
            .expect("a port is free")
            .port();
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let server = spawn(port, &folder);
        let redis = TestRedis { url: format!("redis://127.0.0.1:{port}/"), prefix: unique_prefix() };
        let this = Self { redis, port, server, folder };
        this.until_ready().await;
        this
    }

    pub(crate) fn kill(&mut self) {
        self.server.kill().expect("the server runs");
        self.server.wait().expect("the server ends");
    }

    pub(crate) async fn restart(&mut self) {
        self.server = spawn(self.port, &self.folder);
        self.until_ready().await;
    }

    /// The server keeps its connections and says nothing.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let done = Command::new("kill")
            .args([signal, &self.server.id().to_string()])
            .status()
            .expect("kill is installed");
        assert!(done.success());
    }

    async fn until_ready(&self) {
        let client = redis::Client::open(&*self.redis.url).expect("it is a Redis URL");
        until("redis-server answers", async || client.get_multiplexed_async_connection().await.is_ok()).await;
    }
}

impl Drop for PrivateRedis {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn spawn(port: u16, folder: &TempDir) -> Child {
    Command::new("redis-server")
        .args([
            "--port",
            &port.to_string(),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
        ])
        .arg(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("redis-server is installed")
}

fn unique_prefix() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let nanos = std::time::UNIX_EPOCH.elapsed().expect("it is after 1970").as_nanos();
    format!("test-{}-{nanos}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}
