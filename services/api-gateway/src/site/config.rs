use std::time::Duration;

use actix_web::http::header::HeaderValue;
use serde::{Deserialize, Serialize};
use url::Url;

/// Section `site`: the pages for people.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteConfig {
    /// Where this server is for everybody, as in `https://green.example.org`; empty: the name by which each caller asks for it.
    pub public_url: String,
    /// Sites that may show the form for embedding in a frame: origins, `*` for all, `'self'`. An empty list lets none.
    pub embed_ancestors: Vec<String>,
    /// For how long a page shows what the last check found before it looks the name up again.
    #[serde(with = "greencheck_core::serde_duration")]
    pub result_max_age: Duration,
}

impl Default for SiteConfig {
    fn default() -> Self {
        Self {
            public_url: String::new(),
            embed_ancestors: vec!["*".to_owned()],
            result_max_age: Duration::from_secs(60),
        }
    }
}

/// A setting that no page can go by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSiteConfig {
    #[error("site.public_url {0:?} is no origin: write it like https://green.example.org")]
    PublicUrl(String),
    #[error(
        "site.embed_ancestors {0:?} is no origin: write https://example.org, https://*.example.org, 'self' or *"
    )]
    Ancestor(String),
}

impl SiteConfig {
    pub(super) fn origin(&self) -> Result<Option<String>, InvalidSiteConfig> {
        if self.public_url.is_empty() {
            return Ok(None);
        }
        let url = Url::parse(&self.public_url).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.path() == "/"
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
        });
        let url = url.ok_or_else(|| InvalidSiteConfig::PublicUrl(self.public_url.clone()))?;
        Ok(Some(url.origin().ascii_serialization()))
    }

    pub(super) fn embeds_itself(&self) -> bool {
        self.embed_ancestors.iter().any(|ancestor| matches!(&**ancestor, "*" | "'self'"))
    }

    /// Who may embed the form. It keeps no session and changes nothing, so that a page around it can win nothing by it.
    pub(super) fn embed_policy(&self) -> Result<HeaderValue, InvalidSiteConfig> {
        if let Some(bad) = self.embed_ancestors.iter().find(|ancestor| !is_ancestor(ancestor)) {
            return Err(InvalidSiteConfig::Ancestor(bad.clone()));
        }
        let ancestors = match self.embed_ancestors.join(" ") {
            none if none.is_empty() => "'none'".to_owned(),
            some => some,
        };
        let policy = format!(
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
        );
        Ok(HeaderValue::try_from(policy).expect("ancestors are ASCII without controls"))
    }
}

fn is_ancestor(text: &str) -> bool {
    if matches!(text, "*" | "'self'") {
        return true;
    }
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return false;
    };
    let host = rest.strip_prefix("*.").unwrap_or(rest);
    !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:_[]".contains(&byte))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&[], "frame-ancestors 'none'")]
    #[case(&["*"], "frame-ancestors *")]
    #[case(&["'self'", "https://*.example.org", "http://localhost:3000"],
        "frame-ancestors 'self' https://*.example.org http://localhost:3000")]
    fn ancestors_are_in_the_policy(#[case] ancestors: &[&str], #[case] expected: &str) {
        let embed_ancestors = ancestors.iter().map(|one| (*one).to_owned()).collect();
        let policy = SiteConfig { embed_ancestors, ..SiteConfig::default() }.embed_policy().unwrap();
        assert!(policy.to_str().unwrap().ends_with(expected), "{policy:?}");
    }

    #[rstest]
    #[case("example.org")]
    #[case("https://")]
    #[case("https://example.org; script-src *")]
    #[case("https://example.org/path")]
    #[case("'none'\r\nX: y")]
    fn an_ancestor_that_would_change_the_policy_is_refused(#[case] ancestor: &str) {
        let config = SiteConfig { embed_ancestors: vec![ancestor.to_owned()], ..SiteConfig::default() };
        assert_eq!(config.embed_policy(), Err(InvalidSiteConfig::Ancestor(ancestor.to_owned())));
    }

    #[rstest]
    #[case("", Ok(None))]
    #[case("https://green.example.org/", Ok(Some("https://green.example.org")))]
    #[case("http://localhost:8080", Ok(Some("http://localhost:8080")))]
    #[case("green.example.org", Err(()))]
    #[case("https://green.example.org/checks", Err(()))]
    #[case("ftp://green.example.org", Err(()))]
    fn the_public_address_is_an_origin(#[case] text: &str, #[case] expected: Result<Option<&str>, ()>) {
        let origin = SiteConfig { public_url: text.to_owned(), ..SiteConfig::default() }.origin();
        assert_eq!(origin.as_ref().map(Option::as_deref).map_err(|_| ()), expected);
    }
}
