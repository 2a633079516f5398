use std::fmt;
use std::time::Duration;

use greencheck_core::ports::StoreError;
use serde::{Deserialize, Serialize};

use crate::redact::redacted;

/// Where the data is and how many connections may be used for it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreConfig {
    /// `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`. The scheme picks the adapter; default
    /// `sqlite:data/greencheck.db`. May hold a password, which
    /// is hidden where the settings are shown.
    #[serde(serialize_with = "crate::redact::serialize")]
    pub url: String,
    /// The most connections that this process opens, at least 1; default 8. SQLite: for reading, and one more for writing.
    /// PostgreSQL: writers of the log have one more each.
    pub pool_size: usize,
    /// How long a call waits for a connection, or for the lock of another process on the same SQLite file; default 10 s.
    #[serde(with = "greencheck_core::serde_duration")]
    pub acquire_timeout: Duration,
    /// How long PostgreSQL may work on one statement of a check; default 10 s. Imports and upkeep take what they need.
    #[serde(with = "greencheck_core::serde_duration")]
    pub statement_timeout: Duration,
    /// How PostgreSQL's `pg_stat_activity` names this process; default `greencheck`.
    pub application_name: String,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self {
            url: "sqlite:data/greencheck.db".to_owned(),
            pool_size: 8,
            acquire_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(10),
            application_name: "greencheck".to_owned(),
        }
    }
}

impl fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreConfig")
            .field("url", &redacted(&self.url))
            .field("pool_size", &self.pool_size)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .field("application_name", &self.application_name)
            .finish()
    }
}

/// The databases that a URL can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Sqlite,
    Postgres,
}

impl StoreConfig {
    pub(crate) fn scheme(&self) -> Result<Scheme, StoreError> {
        match self.url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Ok(Scheme::Sqlite),
            Some("postgres" | "postgresql") => Ok(Scheme::Postgres),
            _ => Err(StoreError::Invalid(format!(
                "store.url: no database is known for `{}`, expected `sqlite:PATH` or `postgres://USER@HOST/DATABASE`",
                redacted(&self.url)
            ))),
        }
    }

    /// The path of the SQLite file.
    pub(crate) fn sqlite_path(&self) -> Result<&str, StoreError> {
        let path = self.url.strip_prefix("sqlite:").unwrap_or(&self.url);
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path.starts_with(':') {
            return Err(StoreError::Invalid(format!(
                "store.url: `{}` names no file, expected for example `sqlite:data/greencheck.db`",
                redacted(&self.url)
            )));
        }
        Ok(path)
    }

    /// The URL with what this process asks of every connection; what the operator wrote into it wins.
    pub(crate) fn postgres_url(&self) -> String {
        let (base, query) = self.url.split_once('?').unwrap_or((&self.url, ""));
        let mut pairs: Vec<String> =
            query.split('&').filter(|pair| !pair.is_empty()).map(str::to_owned).collect();
        let mut default = |key: &str, value: &str| {
            if !pairs.iter().any(|pair| pair.split('=').next() == Some(key)) {
                pairs.push(format!("{key}={value}"));
            }
        };
        let seconds = self.acquire_timeout.as_secs().max(1);
        default("application_name", &escaped(&self.application_name));
        default("connect_timeout", &seconds.to_string());
        // A peer that is gone without a word must not hold a connection for the kernel's quarter of an hour.
        default("tcp_user_timeout", &(seconds + self.statement_timeout.as_secs()).to_string());
        default("keepalives_idle", "30");
        default("keepalives_interval", "10");
        default("options", "");
        for pair in &mut pairs {
            if pair.starts_with("options=") && !pair.contains("statement_timeout") {
                let gap = if pair == "options=" { "" } else { "%20" };
                *pair = format!("{pair}{gap}-c%20statement_timeout%3D{}", self.statement_timeout.as_millis());
            }
        }
        format!("{base}?{}", pairs.join("&"))
    }
}

/// Percent-encoded for the query of a URL.
fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("a string takes everything");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_url(url: &str) -> StoreConfig {
        StoreConfig { url: url.to_owned(), ..StoreConfig::default() }
    }

    #[test]
    fn a_url_of_an_unknown_kind_is_an_error_that_lists_the_known_ones() {
        let error = with_url("mysql://root:hunter2@db/x").scheme().unwrap_err().to_string();
        assert!(
            error.contains("mysql://") && error.contains("sqlite:PATH") && error.contains("postgres://"),
            "{error}"
        );
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn the_password_of_the_url_never_shows() {
        let config = with_url("postgres://green:hunter2@db/x?password=hunter3");
        let shown = format!("{config:?}");
        assert!(!shown.contains("hunter"), "{shown}");
        assert!(shown.contains("green") && shown.contains("@db/x"), "{shown}");
        let written = serde_json::to_string(&config).unwrap();
        assert!(!written.contains("hunter") && written.contains("@db/x"), "{written}");
    }

    #[test]
    fn a_path_is_taken_with_and_without_slashes() {
        assert_eq!(with_url("sqlite:data/x.db").sqlite_path().unwrap(), "data/x.db");
        assert_eq!(with_url("sqlite:///var/lib/x.db").sqlite_path().unwrap(), "/var/lib/x.db");
        assert!(with_url("sqlite::memory:").sqlite_path().is_err());
        assert!(with_url("sqlite:").sqlite_path().is_err());
    }

    #[test]
    fn what_the_operator_wrote_into_the_url_wins() {
        let url =
            with_url("postgres://db/x?connect_timeout=3&options=-c%20search_path%3Dtrial").postgres_url();
        assert_eq!(
            url,
            "postgres://db/x?connect_timeout=3&options=-c%20search_path%3Dtrial%20-c%20statement_timeout%3D10000\
             &application_name=greencheck&tcp_user_timeout=20&keepalives_idle=30&keepalives_interval=10"
        );
        let url = with_url("postgres://db/x?options=-c%20statement_timeout%3D7").postgres_url();
        assert!(url.contains("options=-c%20statement_timeout%3D7&"), "{url}");
    }
}
