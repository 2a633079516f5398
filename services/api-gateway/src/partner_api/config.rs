use greencheck_runtime::config::Secret;
use serde::{Deserialize, Serialize};

/// Section `partners`: the keys of callers, and who may ask about them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PartnersConfig {
    /// What other services show in `X-GWF-Shared-Secret` to ask about a key; empty answers nobody.
    pub introspection_secret: Secret,
    /// The word that new keys begin with, as in `gwf_…`: 1 to 32 lower-case letters and digits.
    pub key_prefix: String,
    /// Keys that a user may have at once, expired and revoked ones not counted.
    pub keys_per_user: usize,
}

/// A setting that would make keys that nobody accepts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("partners.key_prefix {0:?} cannot begin a key: use 1 to 32 lower-case letters and digits")]
pub struct InvalidPartnersConfig(String);

impl Default for PartnersConfig {
    fn default() -> Self {
        Self { introspection_secret: Secret::default(), key_prefix: "gwf".to_owned(), keys_per_user: 3 }
    }
}

impl PartnersConfig {
    /// The word for a new key.
    pub fn key_word(&self) -> Result<&str, InvalidPartnersConfig> {
        let word = &*self.key_prefix;
        let plain = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if plain && (1..=32).contains(&word.len()) {
            Ok(word)
        } else {
            Err(InvalidPartnersConfig(word.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_keys_cannot_begin_with_is_refused() {
        let with = |word: &str| PartnersConfig { key_prefix: word.to_owned(), ..PartnersConfig::default() };
        assert_eq!(with("abc9").key_word(), Ok("abc9"));
        for word in ["", "GWF", "a_b", "ä", &"a".repeat(33)] {
            assert!(with(word).key_word().is_err(), "{word:?}");
        }
    }
}
