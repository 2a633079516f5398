//! The secrets by which services know each other.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// Section `forwarder` of the configuration.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ForwarderConfig {
    /// Secrets of at least 16 characters that callers between services show. Receivers accept all of them, callers show
    /// the first: to exchange one, add the new one at the end everywhere, move it to the front everywhere, remove the old.
    #[serde(serialize_with = "hidden")]
    pub secrets: Vec<SecretString>,
}

impl ForwarderConfig {
    pub(crate) fn shown(&self) -> Option<&SecretString> {
        self.secrets.first()
    }

    /// Whether all secrets are long enough.
    pub fn validate(&self) -> Result<(), WeakSecret> {
        let too_short = |secret: &SecretString| secret.expose_secret().chars().count() < WeakSecret::LEAST;
        match self.secrets.iter().position(too_short) {
            Some(place) => Err(WeakSecret { place }),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for ForwarderConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ForwarderConfig {{ secrets: {} hidden }}", self.secrets.len())
    }
}

/// A secret that can be guessed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("forwarder.secrets[{place}] is shorter than 16 characters: make one with `openssl rand -hex 16`")]
pub struct WeakSecret {
    place: usize,
}

impl WeakSecret {
    const LEAST: usize = 16;
}

/// The secrets that a receiver accepts, as digests: equally long, whatever the secrets are.
#[derive(Clone)]
pub struct ForwarderSecrets {
    digests: Vec<[u8; 32]>,
}

impl ForwarderSecrets {
    pub fn new(config: &ForwarderConfig) -> Result<Self, WeakSecret> {
        config.validate()?;
        let digests = config.secrets.iter().map(|secret| digest(secret.expose_secret().as_bytes())).collect();
        Ok(Self { digests })
    }

    /// Whether nothing is accepted.
    pub fn is_empty(&self) -> bool {
        self.digests.is_empty()
    }

    /// Takes as long for every secret that is shown.
    pub(crate) fn accept(&self, shown: &[u8]) -> bool {
        let shown = digest(shown);
        self.digests.iter().fold(Choice::from(0), |accepted, digest| accepted | digest.ct_eq(&shown)).into()
    }
}

impl fmt::Debug for ForwarderSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ForwarderSecrets {{ {} hidden }}", self.digests.len())
    }
}

fn digest(secret: &[u8]) -> [u8; 32] {
    Sha256::digest(secret).into()
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
        ForwarderConfig { secrets: secrets.iter().map(|secret| SecretString::from(*secret)).collect() }
    }

    #[test]
    fn every_secret_of_the_list_is_accepted_and_nothing_else() {
        let secrets = ForwarderSecrets::new(&config(&[OLD, NEW])).unwrap();
        assert!(secrets.accept(OLD.as_bytes()) && secrets.accept(NEW.as_bytes()));
        for wrong in ["", "the-old-secret", "the-old-secret-of-all ", "***"] {
            assert!(!secrets.accept(wrong.as_bytes()), "{wrong:?}");
        }
    }

    #[test]
    fn without_a_secret_nothing_is_accepted() {
        let secrets = ForwarderSecrets::new(&ForwarderConfig::default()).unwrap();
        assert!(secrets.is_empty());
        assert!(!secrets.accept(b""));
        assert!(!secrets.accept(OLD.as_bytes()));
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
            "ForwarderConfig { secrets: 2 hidden } ForwarderSecrets { 2 hidden }"
        );
        assert_eq!(serde_json::to_string(&config).unwrap(), r#"{"secrets":["***","***"]}"#);
    }
}
