use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use greencheck_core::serde_duration;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

/// Section `snapshots`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SnapshotsConfig {
    /// Where snapshots are published: `file:FOLDER`, `s3:BUCKET` or `s3:BUCKET/FOLDER`.
    pub url: String,
    /// Where everybody may download them, if not from a gateway; the name is put behind it.
    pub public_url: String,
    /// Who speaks S3, such as `https://s3.fr-par.scw.cloud`; empty means Amazon.
    pub s3_endpoint: String,
    pub s3_region: String,
    /// Empty: the machine's own role, as Amazon gives it.
    pub s3_access_key_id: String,
    #[serde(serialize_with = "hidden")]
    pub s3_secret_access_key: SecretString,
    /// How long the storage may take to begin an answer.
    #[serde(with = "serde_duration")]
    pub timeout: Duration,
}

impl Default for SnapshotsConfig {
    fn default() -> Self {
        Self {
            url: "file:data/snapshots".to_owned(),
            public_url: String::new(),
            s3_endpoint: String::new(),
            s3_region: "us-east-1".to_owned(),
            s3_access_key_id: String::new(),
            s3_secret_access_key: SecretString::default(),
            timeout: Duration::from_secs(5),
        }
    }
}

impl fmt::Debug for SnapshotsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnapshotsConfig")
            .field("url", &self.url)
            .field("public_url", &self.public_url)
            .field("s3_endpoint", &self.s3_endpoint)
            .field("s3_region", &self.s3_region)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

fn hidden<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if secret.expose_secret().is_empty() { "" } else { "***" })
}

/// A setting of the section that names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPlace {
    #[error(
        "snapshots.url: `{0}` is no place for snapshots, expected `file:FOLDER`, `s3:BUCKET` or `s3:BUCKET/FOLDER`"
    )]
    Url(String),
    #[error("snapshots.public_url: `{0}` does not begin with http:// or https://")]
    PublicUrl(String),
    #[error("snapshots: the bucket cannot be set up: {0}")]
    Bucket(String),
}

/// What `snapshots.url` names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    Folder(PathBuf),
    Bucket { name: &'a str, folder: &'a str },
}

impl SnapshotsConfig {
    pub(crate) fn place(&self) -> Result<Place<'_>, InvalidPlace> {
        let (scheme, rest) = self.url.split_once(':').unwrap_or_default();
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        match scheme {
            "file" if !rest.is_empty() => Ok(Place::Folder(rest.into())),
            "s3" => {
                let (name, folder) = rest.split_once('/').unwrap_or((rest, ""));
                if name.is_empty() {
                    return Err(InvalidPlace::Url(self.url.clone()));
                }
                Ok(Place::Bucket { name, folder: folder.trim_end_matches('/') })
            }
            _ => Err(InvalidPlace::Url(self.url.clone())),
        }
    }

    /// The start of every link; `None` if there is none.
    pub(crate) fn link_base(&self) -> Result<Option<String>, InvalidPlace> {
        let base = self.public_url.trim_end_matches('/');
        if base.is_empty() {
            Ok(None)
        } else if base.starts_with("https://") || base.starts_with("http://") {
            Ok(Some(base.to_owned()))
        } else {
            Err(InvalidPlace::PublicUrl(self.public_url.clone()))
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn with_url(url: &str) -> SnapshotsConfig {
        SnapshotsConfig { url: url.to_owned(), ..SnapshotsConfig::default() }
    }

    #[rstest]
    #[case("file:data/snapshots", Place::Folder("data/snapshots".into()))]
    #[case("file:///var/lib/snapshots", Place::Folder("/var/lib/snapshots".into()))]
    #[case("s3:green", Place::Bucket { name: "green", folder: "" })]
    #[case("s3://green/live/daily/", Place::Bucket { name: "green", folder: "live/daily" })]
    fn a_url_names_a_place(#[case] url: &str, #[case] place: Place<'_>) {
        assert_eq!(with_url(url).place().unwrap(), place);
    }

    #[rstest]
    fn anything_else_is_an_error_that_says_what_is_expected(
        #[values("", "snapshots", "file:", "s3:", "s3:///x", "gs:green", "https://example.com/")] url: &str,
    ) {
        let error = with_url(url).place().unwrap_err().to_string();
        assert!(error.contains(url) && error.contains("expected `file:FOLDER`"), "{error}");
    }

    #[test]
    fn a_link_is_a_web_address_and_nothing_else() {
        let base =
            |url: &str| SnapshotsConfig { public_url: url.to_owned(), ..with_url("file:x") }.link_base();
        assert_eq!(base(""), Ok(None));
        assert_eq!(
            base("https://green.s3.example.com/"),
            Ok(Some("https://green.s3.example.com".to_owned()))
        );
        assert_eq!(
            base("javascript:alert(1)"),
            Err(InvalidPlace::PublicUrl("javascript:alert(1)".to_owned()))
        );
    }

    #[test]
    fn the_secret_never_shows() {
        let config = SnapshotsConfig {
            s3_access_key_id: "AKIA".to_owned(),
            s3_secret_access_key: SecretString::from("hunter2"),
            ..SnapshotsConfig::default()
        };
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
