/// A URL as it may be shown: without its password, wherever it stands.
pub(crate) fn redacted(url: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, None), |(base, query)| (base, Some(query)));
    let mut shown =
        match base.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?))) {
            Some((scheme, (user, host))) => {
                let user = user.split_once(':').map_or(user.to_owned(), |(name, _)| format!("{name}:***"));
                format!("{scheme}://{user}@{host}")
            }
            None => base.to_owned(),
        };
    if let Some(query) = query {
        let pairs: Vec<_> = query
            .split('&')
            .map(|pair| match pair.split_once('=') {
                Some((key, _)) if key.contains("password") => format!("{key}=***"),
                _ => pair.to_owned(),
            })
            .collect();
        shown = format!("{shown}?{}", pairs.join("&"));
    }
    shown
}

/// Serialises a URL as it may be shown.
pub(crate) fn serialize<S: serde::Serializer>(url: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&redacted(url))
}
