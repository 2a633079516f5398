use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use greencheck_core::{Clock, SystemClock};
use greencheck_net::{GetError, GetLimits, GuardedWeb};
use url::Url;

use super::published::addresses;
use crate::cli::ImportNetworksArgs;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::wiring;

/// The longest list has some megabytes.
const LIMITS: GetLimits = GetLimits { max_bytes: 64 << 20, timeout: Duration::from_secs(60) };

/// Where a part of a list comes from.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Source {
    Stdin,
    File(PathBuf),
    /// Addresses to try one after the other, of which the first that has something counts.
    Web(Vec<Url>),
}

/// What the command names, or where the publisher has its list.
pub(super) fn sources(args: &ImportNetworksArgs) -> Result<Vec<Source>, Failure> {
    if !args.sources.is_empty() {
        return args.sources.iter().map(|source| parse(source)).collect();
    }
    let published = addresses(args.publisher, SystemClock.now().date_naive());
    if published.is_empty() {
        return Err(Failure::input("this list has no address of its own: name a FILE or an https URL"));
    }
    let url = |url: &String| Url::parse(url).map_err(Failure::input);
    published.iter().map(|part| Ok(Source::Web(part.iter().map(url).collect::<Result<_, _>>()?))).collect()
}

fn parse(source: &str) -> Result<Source, Failure> {
    if source == "-" {
        return Ok(Source::Stdin);
    }
    if !source.contains("://") {
        return Ok(Source::File(source.into()));
    }
    let url = Url::parse(source)
        .map_err(|error| Failure::input(error).context(format!("`{source}` is not a URL")))?;
    Ok(Source::Web(vec![url]))
}

impl Source {
    /// All of it, and what to call it.
    pub(super) async fn read(&self, settings: &Settings) -> Result<(String, Vec<u8>), Failure> {
        match self {
            Self::Stdin => {
                let mut bytes = Vec::new();
                std::io::stdin().lock().read_to_end(&mut bytes)?;
                Ok(("standard input".to_owned(), bytes))
            }
            Self::File(path) => {
                let shown = path.display().to_string();
                let bytes = std::fs::read(path)
                    .map_err(|error| Failure::input(error).context(format!("cannot read `{shown}`")))?;
                Ok((shown, bytes))
            }
            Self::Web(urls) => first_of(&wiring::open_web(settings)?, urls).await,
        }
    }
}

/// What the first address has that has something. A server that does not answer ends it: the next address would fare no
/// better.
async fn first_of(web: &GuardedWeb, urls: &[Url]) -> Result<(String, Vec<u8>), Failure> {
    let mut last = None;
    for url in urls {
        tracing::info!(%url, "fetching the list");
        match web.get(url, LIMITS).await {
            Ok(bytes) => return Ok((url.to_string(), bytes)),
            Err(error @ (GetError::Status(404) | GetError::Redirect { .. })) => last = Some((url, error)),
            Err(error) => return Err(failed(url, error)),
        }
    }
    let (url, error) = last.expect("a part of a list has an address");
    Err(failed(url, error))
}

fn failed(url: &Url, error: GetError) -> Failure {
    let doing = format!("nothing was changed: cannot fetch `{url}`");
    let failure = match error {
        GetError::Web(greencheck_core::ports::WebError::Refused(_)) => Failure::Input(error.into()),
        _ => Failure::Work(error.into()),
    };
    failure.context(doing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_a_file_unless_it_looks_like_a_url() {
        assert_eq!(parse("-").unwrap(), Source::Stdin);
        assert_eq!(parse("ranges.csv").unwrap(), Source::File("ranges.csv".into()));
        assert_eq!(parse("C:\\ranges.csv").unwrap(), Source::File("C:\\ranges.csv".into()));
        let url = "https://example.com/ranges.csv";
        assert_eq!(parse(url).unwrap(), Source::Web(vec![url.parse().unwrap()]));
        assert!(parse("https://").is_err());
    }
}
