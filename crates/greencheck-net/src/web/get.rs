use std::time::Duration;

use greencheck_core::ports::WebError;
use reqwest::Response;
use reqwest::header::LOCATION;
use url::Url;

use super::{GuardedWeb, LONGEST_VALUE, classify};

/// What a GET may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetLimits {
    /// A longer body is refused, as soon as that is known.
    pub max_bytes: usize,
    /// For all of it: name, connection, answer and body.
    pub timeout: Duration,
}

/// Why a GET has no body to show.
#[derive(Debug, thiserror::Error)]
pub enum GetError {
    #[error(transparent)]
    Web(#[from] WebError),
    #[error("the server answers {0}")]
    Status(u16),
    #[error("the server answers {status} and points to {location}: redirects are not followed, ask for that")]
    Redirect { status: u16, location: String },
    #[error("the answer has more than {0} bytes")]
    TooLarge(usize),
}

impl GuardedWeb {
    /// The body of a URL, whole; anything but 200 is an error. Nothing is unpacked on the way.
    pub async fn get(&self, url: &Url, limits: GetLimits) -> Result<Vec<u8>, GetError> {
        let url = self.judge(url)?;
        let response = self.client.get(url).timeout(limits.timeout).send().await.map_err(classify)?;
        let status = response.status();
        if status.is_redirection() {
            return Err(GetError::Redirect { status: status.as_u16(), location: location(&response) });
        }
        if status.as_u16() != 200 {
            return Err(GetError::Status(status.as_u16()));
        }
        body(response, limits.max_bytes).await
    }
}

async fn body(mut response: Response, max: usize) -> Result<Vec<u8>, GetError> {
    let announced = response.content_length().unwrap_or_default();
    if announced > max as u64 {
        return Err(GetError::TooLarge(max));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(classify)? {
        if body.len() + chunk.len() > max {
            return Err(GetError::TooLarge(max));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Where a redirect points, for people.
fn location(response: &Response) -> String {
    let value = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    value.filter(|value| value.len() <= LONGEST_VALUE).unwrap_or("nowhere").to_owned()
}
