//! Messages to programs of others, signed so that they can tell who sent them.

use std::fmt::Write as _;
use std::time::Duration;

use chrono::{DateTime, Utc};
use greencheck_core::ports::WebError;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use url::Url;

use crate::GuardedWeb;

const PATIENCE: Duration = Duration::from_secs(10);

/// Sends JSON by HTTPS to addresses that the [guard](crate::Guard) allows.
///
/// `X-Greencheck-Timestamp` has the seconds since 1970, `X-Greencheck-Signature` is `sha256=` and in hexadecimal the
/// HMAC-SHA256 (RFC 2104) of the time stamp, a full stop and the body. Receivers refuse old time stamps, so that nobody can
/// send what was overheard again.
pub struct Webhook {
    web: GuardedWeb,
    secret: Vec<u8>,
}

/// Why a message did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    #[error(transparent)]
    Web(#[from] WebError),
    #[error("the server answers {0}: anything but 2xx means that the message was not taken")]
    Status(u16),
}

impl Webhook {
    /// Signs with `secret`.
    pub fn new(web: GuardedWeb, secret: &str) -> Self {
        Self { web, secret: secret.as_bytes().to_vec() }
    }

    /// Sends `body` to `url`. `id` is the same for the same message, for receivers that get it twice.
    pub async fn send(
        &self,
        url: &Url,
        id: &str,
        body: Vec<u8>,
        now: DateTime<Utc>,
    ) -> Result<(), WebhookError> {
        let timestamp = now.timestamp().to_string();
        let signature = format!("sha256={}", self.signature(&timestamp, &body));
        let headers = [
            ("x-greencheck-timestamp", timestamp),
            ("x-greencheck-signature", signature),
            ("x-greencheck-notice", id.to_owned()),
        ];
        match self.web.post_json(url, &headers, body, PATIENCE).await? {
            200..=299 => Ok(()),
            status => Err(WebhookError::Status(status)),
        }
    }

    fn signature(&self, timestamp: &str, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("a key may have any length");
        mac.update(timestamp.as_bytes());
        mac.update(b".");
        mac.update(body);
        mac.finalize().into_bytes().iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a String takes every write");
            text
        })
    }
}
