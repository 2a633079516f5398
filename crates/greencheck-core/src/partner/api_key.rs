use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha512};
use subtle::ConstantTimeEq;

use super::UserId;

const PREFIX: usize = 8;
const SECRET: usize = 32;
/// Longer words than this are no key's, and are not hashed.
const LONGEST_WORD: usize = 32;

/// What is known of a caller's key. The key itself is kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    pub id: i64,
    pub user: UserId,
    pub username: String,
    /// The 8 characters that name the key.
    pub prefix: String,
    /// What the key is for.
    pub service: String,
    pub privilege_level: Option<String>,
    pub note: String,
    pub created: DateTime<Utc>,
    /// From then on it does not count any more.
    pub expires: Option<DateTime<Utc>>,
    pub revoked: Option<DateTime<Utc>>,
}

impl ApiKey {
    pub fn is_usable(&self, now: DateTime<Utc>) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|expires| now < expires)
    }
}

/// A key to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    pub username: String,
    /// The word before the underscore, as in `gwf_…`: lower-case letters and digits.
    pub word: String,
    pub service: String,
    pub privilege_level: Option<String>,
    pub note: String,
    pub created: DateTime<Utc>,
    pub expires: Option<DateTime<Utc>>,
}

/// What a key `word_prefix.secret` shows: its name, and the SHA-512 of the whole text, in lower-case hexadecimal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyProof {
    prefix: String,
    hash: String,
}

impl KeyProof {
    /// Reads a key. `None` for what has another form than a key: nobody need be asked about it.
    pub fn of(key: &str) -> Option<Self> {
        let (name, secret) = key.split_once('.')?;
        let (word, prefix) = name.rsplit_once('_')?;
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let fits =
            (1..=LONGEST_WORD).contains(&word.len()) && prefix.len() == PREFIX && secret.len() == SECRET;
        (fits && plain(word) && plain(prefix) && plain(secret)).then(|| Self::hash(prefix, key))
    }

    /// A new key of `word` from randomness, and its text.
    ///
    /// `random` gives uniform characters of `0-9A-Za-z`.
    pub fn generate(word: &str, mut random: impl FnMut() -> char) -> (Self, String) {
        let mut text = |length| -> String { (0..length).map(|_| random()).collect() };
        let (prefix, secret) = (text(PREFIX), text(SECRET));
        let key = format!("{word}_{prefix}.{secret}");
        (Self::hash(&prefix, &key), key)
    }

    fn hash(prefix: &str, key: &str) -> Self {
        Self { prefix: prefix.to_owned(), hash: format!("{:x}", Sha512::digest(key.as_bytes())) }
    }

    /// The 8 characters that name the key.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// What is stored of a key.
    pub fn stored(&self) -> &str {
        &self.hash
    }

    /// Whether `stored` is the hash of this key. Takes the same time for every hash.
    pub fn matches(&self, stored: &str) -> bool {
        self.hash.as_bytes().ct_eq(stored.as_bytes()).into()
    }
}

impl fmt::Debug for KeyProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyProof").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const KEY: &str = "gwf_aB3dE6gH.abcdefghijklmnopqrstuvwxyz012345";

    #[test]
    fn a_key_is_named_by_its_prefix_and_proved_by_all_of_it() {
        let proof = KeyProof::of(KEY).unwrap();
        assert_eq!((proof.prefix(), proof.stored().len()), ("aB3dE6gH", 128));
        assert!(proof.matches(proof.stored()));
        assert!(!proof.matches(KeyProof::of(&KEY.replace("gwf", "abc")).unwrap().stored()));
        assert!(!proof.matches(""));
        assert_eq!(format!("{proof:?}"), "KeyProof { prefix: \"aB3dE6gH\", .. }");
    }

    #[rstest]
    fn what_has_another_form_is_no_key(
        #[values(
            "",
            "gwf",
            "gwf_",
            "gwf_aB3dE6gH",
            "gwf_aB3dE6gH.",
            "_aB3dE6gH.abcdefghijklmnopqrstuvwxyz012345",
            "gwf_aB3dE6g.abcdefghijklmnopqrstuvwxyz012345",
            "gwf_aB3dE6gH.abcdefghijklmnopqrstuvwxyz01234",
            "gwf_aB3dE6gH.abcdefghijklmnopqrstuvwxyz01234.",
            "gwf_aB3dE6gH.abcdefghijklmnopqrstuvwxyz01234ä",
            "g f_aB3dE6gH.abcdefghijklmnopqrstuvwxyz012345"
        )]
        key: &str,
    ) {
        assert_eq!(KeyProof::of(key), None);
    }

    #[test]
    fn a_generated_key_is_read_again() {
        let mut letters = ('a'..='z').cycle();
        let (proof, key) = KeyProof::generate("gwf", || letters.next().unwrap());
        assert_eq!(key, "gwf_abcdefgh.ijklmnopqrstuvwxyzabcdefghijklmn");
        assert_eq!(KeyProof::of(&key), Some(proof));
    }

    #[test]
    fn a_key_is_usable_until_it_expires_or_is_revoked() {
        let time = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let end = time("2026-12-01T00:00:00Z");
        let key = ApiKey {
            id: 1,
            user: UserId(1),
            username: "ada".to_owned(),
            prefix: "aB3dE6gH".to_owned(),
            service: "greencheck".to_owned(),
            privilege_level: None,
            note: String::new(),
            created: time("2026-01-01T00:00:00Z"),
            expires: Some(end),
            revoked: None,
        };
        assert!(key.is_usable(time("2026-11-30T23:59:59Z")) && !key.is_usable(end));
        assert!(ApiKey { expires: None, ..key.clone() }.is_usable(end));
        let revoked = Some(time("2026-02-01T00:00:00Z"));
        assert!(!ApiKey { revoked, ..key }.is_usable(time("2026-01-15T00:00:00Z")));
    }
}
