//! Messages to people.

use std::time::Duration;

use greencheck_core::ports::Source;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

const PATIENCE: Duration = Duration::from_secs(20);

/// Sends mail through the operator's own server.
pub struct Mailer {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why a mail was not sent, or never can be.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("the address of the mail server is none such as smtps://user:password@mail.example.org")]
    Server(#[source] Source),
    #[error("{address:?} is no address of mail: {why}")]
    Address { address: String, why: String },
    #[error("the mail cannot be written")]
    Message(#[source] Source),
    #[error("the mail server did not take it")]
    Refused(#[source] Source),
}

impl Mailer {
    /// `url` is `smtps://…` (TLS from the first byte), `smtp://…?tls=required` (STARTTLS) or `smtp://…` (in clear text, for a
    /// server on the same machine).
    pub fn new(url: &str, from: &str) -> Result<Self, MailError> {
        // Another part of the process may have installed it: that is the same provider.
        drop(rustls::crypto::ring::default_provider().install_default());
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|error| MailError::Server(error.into()))?
            .timeout(Some(PATIENCE))
            .build();
        Ok(Self { server, from: mailbox(from)? })
    }

    /// Sends a text. `id` is the same for the same message, and stands in the header `X-Greencheck-Notice`.
    pub async fn send(&self, to: &str, id: &str, subject: &str, text: &str) -> Result<(), MailError> {
        let notice = HeaderValue::new(HeaderName::new_from_ascii_str("X-Greencheck-Notice"), id.to_owned());
        let message = Message::builder()
            .from(self.from.clone())
            .to(mailbox(to)?)
            .subject(subject)
            .raw_header(notice)
            .header(ContentType::TEXT_PLAIN)
            .body(text.to_owned())
            .map_err(|error| MailError::Message(error.into()))?;
        self.server.send(message).await.map(drop).map_err(|error| MailError::Refused(error.into()))
    }
}

/// Whether `text` can be an address of mail.
pub fn is_mail_address(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok()
}

fn mailbox(address: &str) -> Result<Mailbox, MailError> {
    address.parse().map_err(|error: lettre::address::AddressError| MailError::Address {
        address: address.to_owned(),
        why: error.to_string(),
    })
}
