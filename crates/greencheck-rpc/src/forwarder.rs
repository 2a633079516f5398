//! The secrets by which services know each other.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

mod accepted;

pub use accepted::ForwarderSecrets;
pub(crate) use accepted::{Admission, Shown};

/// Section `forwarder` of the configuration.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ForwarderConfig {
    /// Secrets of at least 16 characters that callers between services show. Receivers accept all of them, callers show
    /// the first: to exchange one, add the new one at the end everywhere, move it to the front everywhere, remove the old.
    #[serde(serialize_with = "hidden")]
    pub secrets: Vec<SecretString>,
    /// Callers that have a secret of their own, for receivers: `ID:SECRET` or `ID:SECRET:ROUTE+ROUTE`, where a route is what
    /// follows `/internal/v1/`. Without routes a caller may ask all. An id may be there twice, with an old and a new secret.
    #[serde(serialize_with = "hidden")]
    pub callers: Vec<SecretString>,
    /// What a receiver does with requests that it should refuse.
    pub mode: ForwarderMode,
}

/// What a receiver does with requests of strangers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ForwarderMode {
    /// Refuses them.
    #[default]
    Enforce,
    /// Answers them, logs and counts them: for the days in which callers get their secrets.
    LogOnly,
}

impl ForwarderConfig {
    pub(crate) fn shown(&self) -> Option<&SecretString> {
        self.secrets.first()
    }

    /// Whether all secrets are long enough.
    pub fn validate(&self) -> Result<(), WeakSecret> {
        let too_short = |secret: &SecretString| is_short(secret.expose_secret());
        match self.secrets.iter().position(too_short) {
            Some(place) => Err(WeakSecret::Short { place }),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for ForwarderConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (secrets, callers) = (self.secrets.len(), self.callers.len());
        write!(
            f,
            "ForwarderConfig {{ secrets: {secrets} hidden, callers: {callers} hidden, mode: {:?} }}",
            self.mode
        )
    }
}

/// A secret that can be guessed, or an entry that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WeakSecret {
    #[error("forwarder.secrets[{place}] is shorter than 16 characters: make one with `openssl rand -hex 16`")]
    Short { place: usize },
    #[error(
        "forwarder.callers[{place}] has a secret shorter than 16 characters: make one with `openssl rand -hex 16`"
    )]
    ShortOfCaller { place: usize },
    #[error(
        "forwarder.callers[{place}] is not ID:SECRET or ID:SECRET:ROUTE+ROUTE, with an id of 1 to 32 of a-z, 0-9, - and _"
    )]
    Unreadable { place: usize },
}

impl WeakSecret {
    const LEAST: usize = 16;
}

pub(crate) fn is_short(secret: &str) -> bool {
    secret.chars().count() < WeakSecret::LEAST
}

fn hidden<S: Serializer>(secrets: &[SecretString], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(secrets.iter().map(|_| "***"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "the-old-secret-of-all";
    const NEW: &str = "the-new-secret-of-all";

    fn config(secrets: &[&str]) -> ForwarderConfig {
        let secrets = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
        ForwarderConfig { secrets, ..ForwarderConfig::default() }
    }

    fn accepts(secrets: &ForwarderSecrets, shown: &str) -> bool {
        secrets.admit(shown.as_bytes(), "/internal/v1/check") == Admission::Admitted
    }

    #[test]
    fn every_secret_of_the_list_is_accepted_and_nothing_else() {
        let secrets = ForwarderSecrets::new(&config(&[OLD, NEW])).unwrap();
        assert!(accepts(&secrets, OLD) && accepts(&secrets, NEW));
        for wrong in ["", "the-old-secret", "the-old-secret-of-all ", "***"] {
            assert!(!accepts(&secrets, wrong), "{wrong:?}");
        }
    }

    #[test]
    fn without_a_secret_nothing_is_accepted() {
        let secrets = ForwarderSecrets::new(&ForwarderConfig::default()).unwrap();
        assert!(secrets.is_empty());
        assert!(!accepts(&secrets, "") && !accepts(&secrets, OLD));
    }

    #[test]
    fn a_short_secret_is_an_error_that_does_not_show_it() {
        let error = ForwarderSecrets::new(&config(&[OLD, "too-short"])).unwrap_err().to_string();
        assert_eq!(
            error,
            "forwarder.secrets[1] is shorter than 16 characters: make one with `openssl rand -hex 16`"
        );
    }

    #[test]
    fn secrets_are_shown_nowhere() {
        let config = config(&[OLD, NEW]);
        let secrets = ForwarderSecrets::new(&config).unwrap();
        assert_eq!(
            format!("{config:?} {secrets:?}"),
            "ForwarderConfig { secrets: 2 hidden, callers: 0 hidden, mode: Enforce } ForwarderSecrets { 2 hidden }"
        );
        assert_eq!(
            serde_json::to_string(&config).unwrap(),
            r#"{"secrets":["***","***"],"callers":[],"mode":"enforce"}"#
        );
    }

    fn of_callers(callers: &[&str], mode: ForwarderMode) -> Result<ForwarderSecrets, WeakSecret> {
        let callers = callers.iter().map(|caller| SecretString::from(*caller)).collect();
        ForwarderSecrets::new(&ForwarderConfig { callers, mode, ..config(&[]) })
    }

    #[test]
    fn a_caller_may_ask_only_its_routes() {
        let callers = [
            "edge:the-old-secret-of-all:check+directory",
            "edge:the-new-secret-of-all:check",
            "all:another-secret-of-all",
        ];
        let secrets = of_callers(&callers, ForwarderMode::Enforce).unwrap();
        let admit = |shown: &str, path| secrets.admit(shown.as_bytes(), path);
        assert_eq!(admit(OLD, "/internal/v1/check"), Admission::Admitted);
        assert_eq!(admit(OLD, "/internal/v1/directory/7"), Admission::Admitted);
        assert_eq!(admit(OLD, "/internal/v1/partners"), Admission::Refused(Shown::NotForThis));
        assert_eq!(admit(OLD, "/internal/v1/checks"), Admission::Refused(Shown::NotForThis));
        assert_eq!(admit(NEW, "/internal/v1/directory"), Admission::Refused(Shown::NotForThis));
        assert_eq!(admit("another-secret-of-all", "/internal/v1/partners"), Admission::Admitted);
        assert_eq!(admit("check+directory", "/internal/v1/check"), Admission::Refused(Shown::Unknown));
        assert_eq!(admit("", "/internal/v1/check"), Admission::Refused(Shown::Nothing));
    }

    #[test]
    fn strangers_are_only_logged_if_that_is_wanted() {
        let secrets = of_callers(&["edge:the-old-secret-of-all:check"], ForwarderMode::LogOnly).unwrap();
        for (shown, path) in
            [("", "/internal/v1/check"), (NEW, "/internal/v1/check"), (OLD, "/internal/v1/badge")]
        {
            assert_eq!(secrets.admit(shown.as_bytes(), path), Admission::Admitted, "{path}");
        }
    }

    #[test]
    fn it_is_counted_whose_secret_was_shown() {
        let registry = prometheus::Registry::new();
        let callers = ["edge:the-old-secret-of-all:check"];
        let secrets = of_callers(&callers, ForwarderMode::Enforce).unwrap().counted(&registry).unwrap();
        for (shown, path) in [(OLD, "check"), (OLD, "check"), (OLD, "badge"), (NEW, "check"), ("", "check")] {
            secrets.admit(shown.as_bytes(), &format!("/internal/v1/{path}"));
        }
        let mut text = String::new();
        prometheus::TextEncoder::new().encode_utf8(&registry.gather(), &mut text).unwrap();
        for line in [
            r#"{caller="edge",outcome="admitted"} 2"#,
            r#"{caller="edge",outcome="refused"} 1"#,
            r#"{caller="unknown",outcome="refused"} 2"#,
        ] {
            assert!(text.contains(line), "{line} is missing in {text}");
        }
    }

    #[test]
    fn an_entry_of_a_caller_that_cannot_be_read_is_an_error_without_its_secret() {
        let error = |entry| of_callers(&[entry], ForwarderMode::Enforce).unwrap_err().to_string();
        assert!(error("edge:too-short").starts_with("forwarder.callers[0] has a secret shorter than 16"));
        for entry in [
            "the-old-secret-of-all",
            "Edge!:the-old-secret-of-all",
            ":the-old-secret-of-all",
            "a:the-old-secret-of-all:",
        ] {
            let error = error(entry);
            assert!(
                error.starts_with("forwarder.callers[0] is not ID:SECRET") && !error.contains("old"),
                "{error}"
            );
        }
    }
}
