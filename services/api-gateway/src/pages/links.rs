use url::Url;

/// Where a link may lead: `link` if it is HTTP, with `https://` before it if it has no scheme. `None` for anything that a
/// browser might run.
pub(crate) fn href(link: &str) -> Option<String> {
    let link = link.trim();
    let url = if link.contains("://") { Url::parse(link) } else { Url::parse(&format!("https://{link}")) };
    let url = url.ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())?;
    Some(url.into())
}

/// The website without its scheme and path, as old scripts need it; without a scheme as it was entered.
pub(super) fn without_scheme(website: &str) -> &str {
    match website.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
        _ => website,
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// A text as it stands in a URL: `Shared hosting` is `shared-hosting`.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://leaf.example/a?b#c", Some("https://leaf.example/a?b#c"))]
    #[case("HTTP://leaf.example", Some("http://leaf.example/"))]
    #[case(" leaf.example/energy ", Some("https://leaf.example/energy"))]
    #[case("leaf.example:8080", Some("https://leaf.example:8080/"))]
    #[case("javascript:alert(1)", None)]
    #[case("javascript://leaf.example/%0aalert(1)", None)]
    #[case("data:text/html,<script>", None)]
    #[case("ftp://leaf.example", None)]
    #[case("https://leaf.example/\"onclick=\"x", Some("https://leaf.example/%22onclick=%22x"))]
    #[case("", None)]
    fn only_http_is_linked(#[case] link: &str, #[case] expected: Option<&str>) {
        assert_eq!(href(link).as_deref(), expected);
    }

    #[rstest]
    #[case("https://green-host.example", "green-host.example")]
    #[case("http://green-host.example/nl/?x=1#y", "green-host.example")]
    #[case("green-host.example", "green-host.example")]
    #[case("green-host.example/nl", "green-host.example/nl")]
    #[case("", "")]
    #[case("https://", "")]
    fn the_scheme_is_stripped_if_there_is_one(#[case] website: &str, #[case] expected: &str) {
        assert_eq!(without_scheme(website), expected);
    }

    #[rstest]
    #[case("Shared hosting", "shared-hosting")]
    #[case("shared-hosting", "shared-hosting")]
    #[case(" Other / none. ", "other-none")]
    #[case("…", "")]
    fn a_slug_is_lower_case_with_dashes(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(slug(text), expected);
    }
}
