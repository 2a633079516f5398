use ::redis::{ErrorKind, RedisError};

/// What can go wrong with Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Timeout,
    Connection,
    Authentication,
    /// Redis answered with an error.
    Server,
    /// Redis answered with something that is none of its answers.
    Protocol,
}

impl Fault {
    pub(crate) const ALL: [Self; 5] =
        [Self::Timeout, Self::Connection, Self::Authentication, Self::Server, Self::Protocol];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Connection => "connection",
            Self::Authentication => "authentication",
            Self::Server => "server",
            Self::Protocol => "protocol",
        }
    }

    pub(super) fn of(error: &RedisError) -> Self {
        match error.kind() {
            _ if error.is_timeout() => Self::Timeout,
            ErrorKind::Io => Self::Connection,
            ErrorKind::AuthenticationFailed => Self::Authentication,
            ErrorKind::Server(_) | ErrorKind::Extension => Self::Server,
            _ => Self::Protocol,
        }
    }
}
