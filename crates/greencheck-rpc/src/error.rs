use greencheck_core::ports::{BadgeError, DirectoryError, HistoryError, LookupError, PartnersError, Source};

use crate::wire::{Code, Failure};

/// Why another service gave no answer. It is the source of the ports' `Unavailable`.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("no answer within {0:?}")]
    Timeout(std::time::Duration),
    #[error("the connection failed: {0}")]
    Connection(String),
    /// The other side understood the question and does not answer it.
    #[error("refused with status {status}: {message}")]
    Refused { status: u16, message: String },
    #[error("the answer cannot be read: {0}")]
    Unreadable(String),
}

/// An attempt that gave no answer.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The other side is busy.
    Overloaded,
    /// The connection broke or was never made: the other side may not have seen the question.
    Connection(String),
    Other(ClientError),
}

impl Failed {
    pub(crate) fn refused(status: u16, body: &[u8]) -> Self {
        match serde_json::from_slice::<Failure>(body) {
            Ok(failure) => Self::told(status, failure),
            Err(_) => Self::Other(ClientError::Refused { status, message: "no reason given".to_owned() }),
        }
    }

    pub(crate) fn told(status: u16, Failure { code, message }: Failure) -> Self {
        match code {
            Code::Overloaded => Self::Overloaded,
            _ => Self::Other(ClientError::Refused { status, message }),
        }
    }

    pub(crate) fn unreadable(what: &dyn std::fmt::Display) -> Self {
        Self::Other(ClientError::Unreadable(what.to_string()))
    }

    pub(crate) fn timeout(limit: std::time::Duration) -> Self {
        Self::Other(ClientError::Timeout(limit))
    }
}

impl From<reqwest::Error> for Failed {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let mut text = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        Self::Connection(text)
    }
}

impl Failed {
    /// What to tell the caller of a port; `None` when the other side is busy.
    fn cause(self) -> Option<Source> {
        match self {
            Self::Overloaded => None,
            Self::Connection(text) => Some(Box::new(ClientError::Connection(text))),
            Self::Other(error) => Some(Box::new(error)),
        }
    }
}

impl From<Failed> for ClientError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Overloaded => Self::Connection("it is overloaded".to_owned()),
            Failed::Connection(text) => Self::Connection(text),
            Failed::Other(error) => error,
        }
    }
}

impl From<Failed> for LookupError {
    fn from(failed: Failed) -> Self {
        failed.cause().map_or(Self::Overloaded, Self::Unavailable)
    }
}

impl From<Failed> for DirectoryError {
    fn from(failed: Failed) -> Self {
        Self::Unavailable(failed.cause().unwrap_or_else(|| "it is overloaded".into()))
    }
}

impl From<Failed> for HistoryError {
    fn from(failed: Failed) -> Self {
        Self::Unavailable(failed.cause().unwrap_or_else(|| "it is overloaded".into()))
    }
}

impl From<Failed> for BadgeError {
    fn from(failed: Failed) -> Self {
        failed.cause().map_or(Self::Overloaded, Self::Unavailable)
    }
}

impl From<Failed> for PartnersError {
    fn from(failed: Failed) -> Self {
        failed.cause().map_or(Self::Overloaded, Self::Unavailable)
    }
}
