use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

const HIDDEN: &str = "***";

/// A text that nothing prints: neither `Debug` nor the effective configuration. Wiped from memory when dropped.
#[derive(Clone, Default, Deserialize)]
#[serde(from = "String")]
pub struct Secret(SecretString);

impl Secret {
    /// Hides `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    fn shown(&self) -> &'static str {
        if self.expose().is_empty() { "" } else { HIDDEN }
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shown())
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.shown())
    }
}

/// A URL that shows itself without its password, or without anything that may be one.
#[derive(Clone, Default, Deserialize)]
#[serde(from = "String")]
pub struct RedactedUrl(Secret);

impl RedactedUrl {
    /// Hides the password in `url`.
    pub fn new(url: impl Into<String>) -> Self {
        Self(Secret::new(url))
    }

    /// The whole URL.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl From<String> for RedactedUrl {
    fn from(url: String) -> Self {
        Self::new(url)
    }
}

impl fmt::Display for RedactedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = match self.expose().split_once("://") {
            Some((scheme, rest)) => (Some(scheme), rest),
            None => (None, self.expose()),
        };
        if let Some(scheme) = scheme {
            write!(f, "{scheme}://")?;
        }
        // A password may hold unescaped signs of every kind, so only the last `@` of the whole text ends it.
        let visible = match rest.rsplit_once('@') {
            Some((login, rest)) => {
                match login.split_once(':') {
                    Some((user, _)) if scheme.is_some() => write!(f, "{user}:{HIDDEN}@")?,
                    None if scheme.is_some() => write!(f, "{login}@")?,
                    _ => write!(f, "{HIDDEN}@")?,
                }
                rest
            }
            None => rest,
        };
        write_parameters(f, visible)
    }
}

/// Drivers take passwords as parameters too.
fn write_parameters(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let Some((path, parameters)) = text.split_once('?') else { return f.write_str(text) };
    write!(f, "{path}")?;
    for (place, parameter) in parameters.split('&').enumerate() {
        f.write_str(if place == 0 { "?" } else { "&" })?;
        match parameter.split_once('=') {
            Some((name, _)) if is_sensitive(name) => write!(f, "{name}={HIDDEN}")?,
            _ => f.write_str(parameter)?,
        }
    }
    Ok(())
}

fn is_sensitive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["pass", "secret", "token", "key"].iter().any(|word| name.contains(word))
}

impl fmt::Debug for RedactedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl Serialize for RedactedUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_secret_is_shown_to_nobody_who_does_not_ask_for_it() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret:?} {}", serde_json::to_string(&secret).unwrap()), "*** \"***\"");
        assert_eq!(secret.expose(), "hunter2");
        assert_eq!(serde_json::to_string(&Secret::default()).unwrap(), "\"\"");
    }

    #[rstest]
    #[case("postgres://green:hunter2@db:5432/green", "postgres://green:***@db:5432/green")]
    #[case("amqp://green:a/b@c?d@mq:5672/%2f", "amqp://green:***@mq:5672/%2f")]
    #[case("redis://:hunter2@cache:6379/0", "redis://:***@cache:6379/0")]
    #[case("postgres://green@db/green?sslmode=require", "postgres://green@db/green?sslmode=require")]
    #[case("postgres://db/green?user=a&Password=hunter2&x=1", "postgres://db/green?user=a&Password=***&x=1")]
    #[case("green:hunter2@db/green", "***@db/green")]
    #[case("sqlite:data/green.db", "sqlite:data/green.db")]
    #[case("memory:", "memory:")]
    fn a_url_is_shown_without_its_password(#[case] url: &str, #[case] shown: &str) {
        let redacted = RedactedUrl::new(url);
        assert_eq!(redacted.to_string(), shown);
        assert_eq!(format!("{redacted:?}"), format!("\"{shown}\""));
        assert_eq!(serde_json::to_string(&redacted).unwrap(), format!("\"{shown}\""));
        assert_eq!(redacted.expose(), url);
    }
}
