//! The configuration sections `queue` and `log`.

use std::path::PathBuf;
use std::time::Duration;

use greencheck_core::ServerUrl;
use serde::{Deserialize, Serialize};

/// Where the queue is, and how much it holds.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct QueueConfig {
    /// `memory:` (in this process), `amqp://user:password@host:5672/%2f` or `amqps://…`.
    pub url: ServerUrl,
    /// Batches that wait in the in-process queue; a full queue makes publishers wait.
    pub capacity: usize,
    /// Refreshes that wait; further ones are turned away and counted.
    pub refresh_capacity: u32,
    /// Changes that a slow listener of the in-process queue may be behind before it misses some.
    pub change_capacity: usize,
    /// Start of the names of all AMQP queues and exchanges.
    pub prefix: String,
    /// How long a broker may take to confirm a message, or to answer while connecting.
    #[serde(with = "greencheck_core::serde_duration")]
    pub timeout: Duration,
    /// Where the in-process queue writes batches that can never be stored.
    pub dead_letter_dir: PathBuf,
}

impl Default for QueueConfig {
    fn default() -> Self {
        Self {
            url: ServerUrl::new("memory:"),
            capacity: 256,
            refresh_capacity: 10_000,
            change_capacity: 10_000,
            prefix: "greencheck".to_owned(),
            timeout: Duration::from_secs(15),
            dead_letter_dir: PathBuf::from("data/dead-letters"),
        }
    }
}

/// How answered checks reach the log: the gateway reads what is about publishing, the log-writer what is about writing.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// What holds when an answer goes out.
    pub durability: Durability,
    /// Checks in a batch at most.
    pub batch_max: usize,
    /// How long a batch waits for more checks.
    #[serde(with = "greencheck_core::serde_duration")]
    pub linger: Duration,
    /// Batches published at once; the next one waits for a confirmation.
    pub window: usize,
    /// Checks of closed batches kept in memory at most; what is more is read back from the spool.
    pub buffer_max: usize,
    /// Folder of the spool; every process takes a sub-folder of its own.
    pub spool_dir: PathBuf,
    /// Bytes that the spool of one process takes at most.
    pub spool_max_bytes: u64,
    /// How long a graceful stop waits for the queue before it leaves the rest in the spool.
    #[serde(with = "greencheck_core::serde_duration")]
    pub drain: Duration,
    /// Writers that work side by side.
    pub consumers: usize,
    /// Unsettled batches that the broker gives to one writer.
    pub prefetch: u16,
    /// Rows that one transaction takes at most, if more have arrived.
    pub rows_per_append: usize,
    /// The load on the database, for each writer; zero means no limit.
    pub max_rows_per_second: u32,
    /// Whether checks of many names at once (multi, list, batch, bulk) are logged like others.
    pub bulk: bool,
    /// Days of checks that are kept, today included; zero keeps all.
    pub retention_days: u32,
    /// Green domains that nobody asked for in this time are dropped.
    #[serde(with = "greencheck_core::serde_duration")]
    pub verdict_retention: Duration,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            durability: Durability::AnswerFirst,
            batch_max: 4_000,
            linger: Duration::from_millis(25),
            window: 16,
            buffer_max: 50_000,
            spool_dir: PathBuf::from("data/spool"),
            spool_max_bytes: 1 << 30,
            drain: Duration::from_secs(5),
            consumers: 2,
            prefetch: 20,
            rows_per_append: 10_000,
            max_rows_per_second: 0,
            bulk: false,
            retention_days: 400,
            verdict_retention: Duration::from_secs(365 * 24 * 3600),
        }
    }
}

/// What is certain about a check when its answer goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    /// The check is in a spool file: the death of the process (`kill -9`) loses nothing. The file is not forced to the disk:
    /// a power cut may lose the last seconds.
    SpoolFirst,
    /// The check is in memory: the death of the process loses what was not published, as a rule the last `linger`.
    AnswerFirst,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_are_errors_and_defaults_fill_in() {
        let config: LogConfig =
            serde_json::from_str(r#"{"linger":"40ms","durability":"spool_first"}"#).unwrap();
        assert_eq!(config.linger, Duration::from_millis(40));
        assert_eq!(config.durability, Durability::SpoolFirst);
        assert_eq!(config.batch_max, 4_000);
        let error = serde_json::from_str::<QueueConfig>(r#"{"uri":"memory:"}"#).unwrap_err().to_string();
        assert!(error.contains("unknown field `uri`"), "{error}");
    }
}
