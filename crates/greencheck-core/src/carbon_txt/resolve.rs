use futures_util::future::{BoxFuture, FutureExt, join, join4};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{DOMAIN_HASH_HEADER, DOMAIN_HASH_TXT};
use crate::Host;
use crate::ports::{Dns, DnsError, Head, Web, WebError};

const LOCATION_TXT: &str = "carbon-txt-location=";
const LOCATION_HEADER: &str = "carbontxt-location";
/// How many names a delegation may pass through. The platform follows without end.
const MAX_DELEGATIONS: u8 = 3;
/// More claims than this on one name are noise.
const MAX_CLAIMS: usize = 16;

/// Where the carbon.txt of a name is, and the domain hashes that the name carries: what is worth keeping for a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// The URL of the carbon.txt; `None` when the name has none.
    pub location: Option<String>,
    /// The name whose record, file or header gave the location: the name itself, or its `www.` alternate.
    pub found_at: Option<Host>,
    /// Domain hashes claimed by TXT record or header of the name, unchecked.
    pub hashes: Vec<String>,
}

/// The outcome of looking for a carbon.txt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resolution {
    pub resolved: Resolved,
    /// What did not answer, if nothing was found: such a result is not worth keeping.
    pub problem: Option<String>,
}

/// Looks for the carbon.txt of `host`: TXT record, `/carbon.txt`, `/.well-known/carbon.txt`, header of `/`, in this order,
/// then the same on the `www.` alternate. All are asked at once; the first in order counts.
pub async fn resolve(host: &Host, dns: &dyn Dns, web: &dyn Web) -> Resolution {
    let alternate = host.www_alternate();
    let (own, other) = match &alternate {
        Some(other) => join(probe(host, dns, web, 0), probe(other, dns, web, 0)).await,
        None => (probe(host, dns, web, 0).await, Probe::default()),
    };
    let (location, found_at) = match (own.location, other.location) {
        (Some(location), _) => (Some(location), Some(host.clone())),
        (None, Some(location)) => (Some(location), alternate),
        (None, None) => (None, None),
    };
    let problem = if location.is_some() { None } else { own.problem.or(other.problem) };
    Resolution { resolved: Resolved { location, found_at, hashes: own.hashes }, problem }
}

/// What one name shows.
#[derive(Default)]
struct Probe {
    location: Option<String>,
    hashes: Vec<String>,
    problem: Option<String>,
}

fn probe<'a>(host: &'a Host, dns: &'a dyn Dns, web: &'a dyn Web, depth: u8) -> BoxFuture<'a, Probe> {
    async move {
        let (txt, file, well_known, root) = join4(
            texts(host, dns),
            head(host, "/carbon.txt", web),
            head(host, "/.well-known/carbon.txt", web),
            head(host, "/", web),
        )
        .await;
        let hashes = hashes(txt.as_deref().unwrap_or_default(), [&file, &well_known, &root]);
        let problem = problem(&txt, [&file, &well_known, &root]);
        let pointer = txt.ok().and_then(|texts| value_of(&texts, LOCATION_TXT));
        let location = match pointer {
            Some(pointer) => follow(&pointer, dns, web, depth).await,
            None => None,
        };
        let location = location
            .or_else(|| found(file, host, "/carbon.txt"))
            .or_else(|| found(well_known, host, "/.well-known/carbon.txt"));
        let location = match (location, root) {
            (None, Ok(Head { headers, .. })) => match headers.get(LOCATION_HEADER) {
                Some(pointer) => follow(pointer, dns, web, depth).await,
                None => None,
            },
            (location, _) => location,
        };
        Probe { location, hashes, problem }
    }
    .boxed()
}

/// A pointer is the URL of a carbon.txt, or a domain whose carbon.txt counts.
async fn follow(pointer: &str, dns: &dyn Dns, web: &dyn Web, depth: u8) -> Option<String> {
    let pointer = pointer.trim();
    if pointer.starts_with("http") {
        return Url::parse(pointer).ok().map(|_| pointer.to_owned());
    }
    let host = Host::parse(pointer).ok()?;
    if depth >= MAX_DELEGATIONS {
        return None;
    }
    probe(&host, dns, web, depth + 1).await.location
}

async fn texts(host: &Host, dns: &dyn Dns) -> Result<Vec<String>, DnsError> {
    if host.ip().is_some() { Ok(Vec::new()) } else { dns.txt(host).await }
}

async fn head(host: &Host, path: &str, web: &dyn Web) -> Result<Head, WebError> {
    let url = address_of(host, path).ok_or_else(|| WebError::Refused(format!("no URL for {host}")))?;
    web.head(&url, &[LOCATION_HEADER, DOMAIN_HASH_HEADER]).await
}

fn address_of(host: &Host, path: &str) -> Option<Url> {
    let authority = match host.ip() {
        Some(std::net::IpAddr::V6(address)) => format!("[{address}]"),
        _ => host.as_str().to_owned(),
    };
    Url::parse(&format!("https://{authority}{path}")).ok()
}

/// Only 2xx counts: redirects are not followed, because they may lead anywhere.
fn found(head: Result<Head, WebError>, host: &Host, path: &str) -> Option<String> {
    let head = head.ok()?;
    (200..300).contains(&head.status).then(|| address_of(host, path).map(String::from))?
}

fn value_of(texts: &[String], prefix: &str) -> Option<String> {
    texts.iter().find_map(|text| text.trim().strip_prefix(prefix)).map(|value| value.trim().to_owned())
}

fn hashes(texts: &[String], heads: [&Result<Head, WebError>; 3]) -> Vec<String> {
    let from_texts = texts.iter().filter_map(|text| text.trim().strip_prefix(DOMAIN_HASH_TXT));
    let from_heads = heads.into_iter().flatten().filter_map(|head| head.headers.get(DOMAIN_HASH_HEADER));
    let mut hashes: Vec<String> =
        from_texts.chain(from_heads.map(String::as_str)).map(|hash| hash.trim().to_owned()).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes.truncate(MAX_CLAIMS);
    hashes
}

/// A refusal says something lasting of the name; silence does not.
fn problem(texts: &Result<Vec<String>, DnsError>, heads: [&Result<Head, WebError>; 3]) -> Option<String> {
    if let Err(error @ (DnsError::ServFail(_) | DnsError::Timeout)) = texts {
        return Some(format!("TXT: {error}"));
    }
    heads.into_iter().find_map(|head| match head {
        Err(error @ WebError::Timeout) => Some(format!("HTTPS: {error}")),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
