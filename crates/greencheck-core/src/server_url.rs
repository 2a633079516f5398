use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

/// The URL of a server that may ask for a password. It shows itself without one.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub struct ServerUrl(SecretString);

impl ServerUrl {
    pub fn new(url: impl Into<String>) -> Self {
        Self(SecretString::from(url.into()))
    }

    /// The whole URL, for whoever connects.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What stands before the first colon.
    pub fn scheme(&self) -> &str {
        self.expose().split_once(':').map_or("", |(scheme, _)| scheme)
    }
}

impl From<String> for ServerUrl {
    fn from(url: String) -> Self {
        Self::new(url)
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((scheme, rest)) = self.expose().split_once("://") else {
            // Without an authority there is no place for a password; anything but the scheme stays hidden all the same.
            return write!(f, "{}:", self.scheme());
        };
        // A password may hold an unescaped slash, so the last `@` of the whole text ends it.
        match rest.rfind('@') {
            Some(at) => {
                let user = rest[..at].split(':').next().unwrap_or_default();
                write!(f, "{scheme}://{user}:***@{}", without_query(&rest[at + 1..]))
            }
            None => write!(f, "{scheme}://{}", without_query(rest)),
        }
    }
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

impl Serialize for ServerUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn without_query(rest: &str) -> &str {
    rest.split(['?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("amqp://guest:secret@broker:5672/%2f", "amqp://guest:***@broker:5672/%2f")]
    #[case("amqps://guest:se/cr@et@broker", "amqps://guest:***@broker")]
    #[case("amqp://broker/%2f?password=secret", "amqp://broker/%2f")]
    #[case("memory:", "memory:")]
    #[case("secret", ":")]
    fn a_url_shows_itself_without_the_password(#[case] url: &str, #[case] shown: &str) {
        let url = ServerUrl::new(url);
        assert_eq!(url.to_string(), shown);
        assert!(!format!("{url:?}").contains("secret"));
        assert_eq!(serde_json::to_string(&url).unwrap(), format!("{shown:?}"));
    }
}
